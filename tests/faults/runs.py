"""Starting a run over the whole tree, and what must hold when it has ended."""

from tests.faults.crew import QUEUES
from tests.faults.ledger import Ledger
from tests.faults.servers import Valkey, is_long
from tests.propagation.naming import Naming, answered, detail_of

STRINGS = 10_000


def change_brand(naming: Naming, brand: str) -> str:
    """Another brand for the account, and so for every string; the id of the run."""
    account = answered(naming.person.get("strings?limit=1&ordering=id"))["results"][0]
    detail = detail_of(account, "Brand")["id"]
    body = {"dimension_value": naming.values[brand]}
    answer = answered(naming.person.patch(f"string-details/{detail}", body), 202)
    job_id: str = answer["id"]
    return job_id


def check_completed(ledger: Ledger, job_id: str, valkey: Valkey, *, strings: int = STRINGS, brand: str = "PUMA") -> None:
    """Everything was changed, exactly once, and nobody has anything left to do."""
    ledger.ended(job_id)
    assert ledger.counters(job_id) == ("completed", strings, strings, 0, 0)
    assert ledger.tree() == {"strings": strings, "oldest": 2, "newest": 2, "stale": 0}
    assert ledger.written(job_id) == (strings, strings)
    assert ledger.audited("string.regenerated") == (strings, strings)
    assert ledger.called(brand) == strings
    assert ledger.misnamed() == []
    assert ledger.unlike_their_source() == 0
    check_idle(ledger, valkey)


def check_idle(ledger: Ledger, valkey: Valkey) -> None:
    assert ledger.active_jobs() == 0
    client = valkey.client()
    ledger.wait_for(lambda: not any(client.llen(f"rq:queue:{name}") for name in set(QUEUES)), "empty queues")
