"""Starting a run over the whole tree, and what must hold when it has ended."""

from typing import Any

from tests.faults.crew import QUEUES
from tests.faults.ledger import Ledger
from tests.faults.servers import Valkey, is_long
from tests.fixtures.people import Person
from tests.propagation.naming import Naming, answered, detail_of

STRINGS = 10_000 if is_long() else 3_000
# Neither the first chunk nor the last, whichever way round they go.
MIDDLE = (STRINGS // 4, STRINGS // 2)


def change_brand(naming: Naming, brand: str, **options: Any) -> str:
    """Another brand for the account, and so for every string; the id of the run."""
    account = answered(naming.person.get("strings?limit=1&ordering=id"))["results"][0]
    body = {"dimension_value": naming.values[brand], **options}
    answer = naming.person.patch(f"string-details/{detail_of(account, 'Brand')['id']}", body)
    answered(answer, 202)
    return answer.headers["Location"].rsplit("/", 1)[1]


def act(person: Person, job_id: str, action: str) -> str:
    """`retry` or `undo` of a run, left to a worker; the id of the new one."""
    job: str = answered(person.post(f"jobs/{job_id}/{action}"), 202)["id"]
    return job


def check_completed(ledger: Ledger, job_id: str, *, strings: int = STRINGS) -> None:
    """Everything was changed, exactly once."""
    ledger.ended(job_id)
    assert ledger.counters(job_id) == ("completed", strings, strings, 0, 0)
    assert ledger.tree() == {"strings": strings, "oldest": 2, "newest": 2, "stale": 0}
    assert ledger.written(job_id) == (strings, strings)
    assert ledger.audited("string.regenerated") == (strings, strings)
    assert ledger.called("PUMA") == strings
    check_agreement(ledger)
    assert ledger.unlike_their_source() == 0


def check_agreement(ledger: Ledger) -> None:
    assert ledger.misnamed() == []


def check_idle(ledger: Ledger, valkey: Valkey) -> None:
    """Nobody has anything left to do."""
    assert ledger.active_jobs() == 0
    client = valkey.client()
    ledger.wait_for(lambda: not any(client.llen(f"rq:queue:{name}") for name in set(QUEUES)), "empty queues")
