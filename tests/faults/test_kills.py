"""kill -9 in the middle of a run of thousands of strings: it ends as if nothing had happened."""

import time
from collections.abc import Callable

import pytest

from tests.faults.conftest import LoadTree
from tests.faults.crew import QUEUES, Crew
from tests.faults.ledger import Ledger
from tests.faults.runs import STRINGS, change_brand, check_completed
from tests.faults.servers import Postgres, Valkey

Fault = Callable[[Crew, Valkey, Postgres, Ledger], None]


def kill_workers(crew: Crew, _valkey: Valkey, _postgres: Postgres, _ledger: Ledger) -> None:
    crew.kill_workers()


def kill_horses(crew: Crew, _valkey: Valkey, _postgres: Postgres, _ledger: Ledger) -> None:
    crew.kill_horses()


def kill_relay(crew: Crew, _valkey: Valkey, _postgres: Postgres, _ledger: Ledger) -> None:
    crew.kill_relay()


def kill_redis(_crew: Crew, valkey: Valkey, _postgres: Postgres, _ledger: Ledger) -> None:
    valkey.kill()
    valkey.start()


def kill_postgres(_crew: Crew, _valkey: Valkey, postgres: Postgres, _ledger: Ledger) -> None:
    postgres.kill()
    postgres.start()


@pytest.mark.faults
@pytest.mark.parametrize("fault", [kill_workers, kill_horses, kill_relay, kill_redis, kill_postgres])
def test_a_run_survives(
    fault: Fault, load_tree: LoadTree, crew: Crew, valkey: Valkey, postgres: Postgres, ledger: Ledger
) -> None:
    naming = load_tree(STRINGS)
    with ledger.gate(lambda: change_brand(naming, "PUMA"), behind=STRINGS // 2, waiting=2) as job_id:
        before = ledger.job(job_id)
        assert before["status"] == "running"
        assert 0 < before["processed"] < STRINGS
        fault(crew, valkey, postgres, ledger)
    check_completed(ledger, job_id, valkey)
