"""A worker that is killed between two checks of a fix: nothing is half done, and the next attempt finishes."""

import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, text, update

from services.validation.config import Settings
from services.validation.jobs import registry
from services.validation.models import BeforeImage, Character, Job
from shared.app import ServiceApp
from shared.db import Database
from shared.jobs.dispatch import reconcile
from shared.jobs.performing import work
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.validation.integrity.world import characters, read

_DOOR = "import sys; from services.validation.jobs import perform; perform(*sys.argv[1:])"
_WAITS = text(
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    " and query like 'WITH mended%'"
)


@contextmanager
def worker(settings: Settings, tenant_id: uuid.UUID, job_id: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does the job as a worker's does, through the door that its queue names."""
    given = {
        "CONCORD_VALIDATION_DATABASE_URL": settings.database_url.get_secret_value(),
        "CONCORD_REDIS_URL": settings.redis_url.get_secret_value(),
        "CONCORD_JWKS": str(settings.jwks),
        "CONCORD_SECRET_KEY": "only-for-tests-" * 4,
        "CONCORD_LOCK_WAIT_SECONDS": "60",
        "CONCORD_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen([sys.executable, "-c", _DOOR, str(tenant_id), job_id], env=given)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def waits(unit: Unit) -> bool:
    """Whether the fix has come to the row; asked anew each time, as one transaction sees one picture."""
    with unit() as session:
        return bool(session.scalar(_WAITS))


def test_a_killed_fix_is_finished_by_the_next_attempt(
    ada: Person, unit: Unit, app: ServiceApp, settings: Settings, tenant_id: uuid.UUID
) -> None:
    with unit() as session:
        weak, unlearned = characters(session, {"strength": 11}, {"science": -1})
    job_id: str = ada.post("integrity-runs", {"mode": "fix", "fix_rules": ["all"]}).get_json()["id"]
    with unit() as holder, worker(settings, tenant_id, job_id) as process:
        # The check of abilities waits for this row, once that of attributes is committed.
        holder.execute(select(Character.id).where(Character.id == unlearned).with_for_update())
        until = time.monotonic() + 60
        while not waits(unit):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        process.kill()
        process.wait()
    with unit() as session:
        assert read(session, weak, "strength") == (10,)
        assert read(session, unlearned, "science") == (-1,)
        assert ada.get(f"integrity-runs/{job_id}").get_json()["state"] == "running"
        session.execute(update(Job).values(lease_until=text("now() - interval '1 second'")))
    assert settings.relay_url is not None
    relay = Database(settings.relay_url.get_secret_value(), pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        reconcile(session, Job, ends_in_worker=registry.ends_in_worker)
    with unit() as session:
        session.execute(update(Job).values(run_at=text("now()")))
    work(app.runtime.db, registry, tenant_id=tenant_id, job_id=uuid.UUID(job_id))
    found = ada.get(f"integrity-runs/{job_id}").get_json()
    assert (found["state"], found["exit_code"], found["totals"]["fixed"]) == ("completed", 0, 2)
    with unit() as session:
        assert read(session, unlearned, "science") == (0,)
        images = select(BeforeImage.rule, BeforeImage.row_id).order_by(BeforeImage.rule)
        assert session.execute(images).all() == [("science_range", unlearned), ("strength_range", weak)]
        assert session.scalars(select(Job.attempt)).all() == [2]
