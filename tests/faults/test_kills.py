"""kill -9 in the middle of a run of thousands of strings: it ends as if nothing had happened."""

import contextlib
from collections.abc import Callable

import pytest

from tests.faults.conftest import LoadTree
from tests.faults.crew import Crew
from tests.faults.ledger import Ledger
from tests.faults.runs import MIDDLE, STRINGS, change_brand, check_completed, check_idle
from tests.faults.servers import Postgres, Valkey, is_long

pytestmark = pytest.mark.faults
Fault = Callable[[Crew, Valkey, Postgres], None]


def kill_workers(crew: Crew, _valkey: Valkey, _postgres: Postgres) -> None:
    crew.kill_workers()


def kill_horses(crew: Crew, _valkey: Valkey, _postgres: Postgres) -> None:
    crew.kill_horses()


def kill_relay(crew: Crew, _valkey: Valkey, _postgres: Postgres) -> None:
    crew.kill_relay()


def kill_redis(_crew: Crew, valkey: Valkey, _postgres: Postgres) -> None:
    """It is back at once and empty; for one that stays away see test_failover.py."""
    valkey.kill()
    valkey.start()


def kill_postgres(_crew: Crew, _valkey: Valkey, postgres: Postgres) -> None:
    postgres.kill()
    postgres.start()


# Otherwise a pipeline is what meets an empty Redis: test_pipelines.py.
ONLY_LONG = pytest.mark.skipif(not is_long(), reason="the failover is the harder form of it: CONCORD_FAULTS=long")


@pytest.mark.parametrize(
    "fault", [kill_workers, kill_horses, kill_relay, pytest.param(kill_redis, marks=ONLY_LONG), kill_postgres]
)
def test_a_run_survives(
    fault: Fault, load_tree: LoadTree, crew: Crew, valkey: Valkey, postgres: Postgres, ledger: Ledger
) -> None:
    naming = load_tree(STRINGS)
    with ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as job_id:
        before = ledger.job(job_id)
        assert before["status"] == "running"
        assert 0 < before["processed"] < STRINGS
        fault(crew, valkey, postgres)
    check_completed(ledger, job_id)
    check_idle(ledger, valkey)


def test_a_worker_that_was_away_too_long_changes_nothing_any_more(
    load_tree: LoadTree, crew: Crew, valkey: Valkey, ledger: Ledger
) -> None:
    naming = load_tree(STRINGS)
    with (
        contextlib.ExitStack() as pause,  # it ends after the gate has opened
        ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as job_id,
    ):
        pause.enter_context(crew.paused_horses())
        crew.kill_workers()  # which only wait for them; new ones are free for the chunks
        ledger.wait_for(lambda: ledger.taken_over(job_id), "others to begin with their chunks")
    check_completed(ledger, job_id)
    check_idle(ledger, valkey)
