"""A worker in this process: does the pending jobs of one tenant through the door that RQ calls."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from services.propagation import jobs
from services.propagation.config import Settings
from services.propagation.models import Job
from shared.app import ServiceApp
from shared.jobs.performing import AttemptFailed
from shared.tenancy import Context

CHUNK_SIZE = 4


@dataclass
class Worker:
    app: ServiceApp
    tenant_id: uuid.UUID

    def pending(self) -> list[uuid.UUID]:
        """Jobs that somebody could take now, oldest first."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            waiting = select(Job.id).where(
                Job.tenant_id == self.tenant_id, Job.status == "pending", Job.run_at <= func.clock_timestamp()
            )
            return list(session.scalars(waiting.order_by(Job.created_at, Job.id)))

    def step(self) -> bool:
        """Does the oldest pending job; False where there is none."""
        for job_id in self.pending()[:1]:
            jobs.perform(str(self.tenant_id), str(job_id))
            return True
        return False

    def run(self) -> int:
        """Does everything, chunks included; the number of hand-overs."""
        done = 0
        while self.step():
            done += 1
        return done

    def queue(self, job_id: str) -> str:
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            return session.get_one(Job, (self.tenant_id, uuid.UUID(job_id))).queue

    def skip_pause(self, job_id: str) -> None:
        """Lets the pause before the next attempt be over."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            row = session.get_one(Job, (self.tenant_id, uuid.UUID(job_id)))
            row.run_at = row.created_at

    def exhaust(self, job_id: str) -> None:
        """Lets the next attempt at this job be its last."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            session.get_one(Job, (self.tenant_id, uuid.UUID(job_id))).max_attempts = 1
        with pytest.raises(AttemptFailed):
            jobs.perform(str(self.tenant_id), job_id)

    def children(self, job_id: str) -> int:
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            chunks = select(Job.id).where(Job.tenant_id == self.tenant_id, Job.parent_id == uuid.UUID(job_id))
            return len(session.scalars(chunks).all())


@pytest.fixture
def worker(
    app: ServiceApp, settings: Settings, tenant_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Worker]:
    """Its settings come from the environment, like those of any worker; its chunks are small."""
    secrets = {
        "database_url": settings.database_url,
        "redis_url": settings.redis_url,
        "secret_key": settings.secret_key,
    }
    for name, secret in secrets.items():
        assert secret is not None
        monkeypatch.setenv(f"CONCORD_PROPAGATION_{name.upper()}", secret.get_secret_value())
    monkeypatch.setenv("CONCORD_PROPAGATION_JWKS", settings.jwks)
    monkeypatch.setenv("CONCORD_PROPAGATION_PROPAGATION_CHUNK_SIZE", str(CHUNK_SIZE))
    jobs._settings.cache_clear()
    yield Worker(app, tenant_id)
    jobs._settings.cache_clear()
