"""kill -9 of the Redis that is the primary, in the middle of a run: Sentinels promote its replica, and work goes on."""

import pytest

from shared.app import ServiceApp
from tests.faults.conftest import LoadTree
from tests.faults.ledger import Ledger
from tests.faults.runs import MIDDLE, STRINGS, change_brand, check_completed, check_idle
from tests.faults.sentinels import Sentinels
from tests.faults.servers import Valkey

pytestmark = pytest.mark.faults


def test_a_run_goes_on_with_the_replica(
    app: ServiceApp, load_tree: LoadTree, ledger: Ledger, valkey: Valkey, sentinels: Sentinels
) -> None:
    naming, health, seen = load_tree(STRINGS), app.test_client(), set()

    def is_over() -> bool:
        """While the Sentinels decide, people are answered."""
        assert naming.person.get("strings?limit=1").status_code == 200
        answer = health.get("/readyz")
        seen.add((answer.status_code, answer.get_json()["status"]))
        return sentinels.have_promoted() and answer.get_json()["status"] == "ok"

    with sentinels.alert():
        with ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as job_id:
            assert 0 < ledger.job(job_id)["processed"] < STRINGS
            valkey.kill()
            ledger.wait_for(is_over, "the replica in the place of the primary")
        check_completed(ledger, job_id)
        check_idle(ledger, sentinels.replica)
    assert seen <= {(200, "ok"), (200, "degraded")}
