"""A request meets no Redis or no PostgreSQL; two runs meet each other."""

import pytest

from tests.faults.conftest import LoadTree
from tests.faults.ledger import Ledger
from tests.faults.runs import MIDDLE, STRINGS, change_brand, check_agreement, check_completed, check_idle
from tests.faults.servers import Postgres, Valkey, is_long
from tests.propagation.changing import batch
from tests.propagation.naming import answered

pytestmark = pytest.mark.faults


def test_without_redis_a_run_is_accepted_and_done_when_it_is_back(
    load_tree: LoadTree, ledger: Ledger, valkey: Valkey
) -> None:
    naming = load_tree(STRINGS)
    valkey.kill()
    job_id = change_brand(naming, "PUMA")
    valkey.start()
    check_completed(ledger, job_id)
    check_idle(ledger, valkey)


def test_without_postgresql_the_answer_says_try_again(
    load_tree: LoadTree, ledger: Ledger, valkey: Valkey, postgres: Postgres
) -> None:
    naming = load_tree(STRINGS)
    job_id = change_brand(naming, "PUMA")
    postgres.kill()
    refused = naming.person.get(f"jobs/{job_id}")
    postgres.start()
    assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
    check_completed(ledger, job_id)
    assert answered(naming.person.get(f"jobs/{job_id}"))["status"] == "completed"


@pytest.mark.skipif(not is_long(), reason="both workers wait half a minute before the gate: CONCORD_FAULTS=long")
def test_two_runs_over_one_tree_both_take_effect(load_tree: LoadTree, ledger: Ledger, valkey: Valkey) -> None:
    naming = load_tree(STRINGS)
    seasons = ledger.details_of("campaign", "Season")
    body = [{"string_detail_id": detail_id, "dimension_value": naming.values["FW26"]} for detail_id in seasons]
    with ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as first:
        second = answered(batch(naming, *body), 202)["job_id"]
        ledger.wait_for(lambda: ledger.waiting_chunks(second), "the chunks of the second run")
        ledger.hand_over_by_place()
        valkey.client().flushall()
    for job_id in (first, second):
        ledger.ended(job_id)
    assert ledger.counters(first) == ("completed", STRINGS, STRINGS, 0, 0)
    assert ledger.counters(second) == ("completed", STRINGS - 1, STRINGS - 1, 0, 0)
    assert ledger.written(first) == (STRINGS, STRINGS)
    assert ledger.written(second) == (STRINGS - 1, STRINGS - 1)
    assert ledger.tree() == {"strings": STRINGS, "oldest": 2, "newest": 3, "stale": 0}
    assert ledger.called("PUMA-FW26") + ledger.called("PUMA_FW26") == STRINGS - 1
    assert ledger.unlike_their_source() == 0
    check_agreement(ledger)
    check_idle(ledger, valkey)
