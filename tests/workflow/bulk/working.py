"""A worker in this process: does the bulk jobs of one tenant through the door that RQ calls."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from services.workflow import jobs
from services.workflow.config import Settings
from services.workflow.models import Job
from services.workflow.operations.bulk import background, submitting
from shared.app import ServiceApp
from shared.jobs.performing import AttemptFailed
from shared.tenancy import Context
from tests.fixtures.people import Person

CHUNK = 4


@dataclass
class Worker:
    app: ServiceApp
    tenant_id: uuid.UUID

    def run(self) -> None:
        """Does what is pending; an attempt that fails waits for its next one."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            mine = (Job.tenant_id == self.tenant_id, Job.status == "pending", Job.kind == submitting.KIND)
            waiting = session.scalars(select(Job.id).where(*mine).order_by(Job.created_at)).all()
        for job_id in waiting:
            jobs.perform(str(self.tenant_id), str(job_id))

    def try_again(self, job_id: str) -> None:
        """What the relay does with a job whose worker was lost, without the wait."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            job = session.get_one(Job, (self.tenant_id, uuid.UUID(job_id)))
            job.status, job.run_at, job.lease_until = "pending", job.created_at, None
        jobs.perform(str(self.tenant_id), job_id)

    def fail(self) -> None:
        with pytest.raises(AttemptFailed):
            self.run()


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
        monkeypatch.setenv(f"CONCORD_WORKFLOW_{name.upper()}", secret.get_secret_value())
    monkeypatch.setenv("CONCORD_WORKFLOW_JWKS", settings.jwks)
    monkeypatch.setattr(background, "COMMITTED", CHUNK)
    monkeypatch.setattr(background, "LOOKED_AT", CHUNK)
    monkeypatch.setattr(app.runtime.settings, "bulk_sync_max_ids", 2)
    jobs._settings.cache_clear()
    yield Worker(app, tenant_id)
    jobs._settings.cache_clear()


def job_of(person: Person, job_id: str) -> dict[str, Any]:
    answer = person.get(f"jobs/{job_id}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    job: dict[str, Any] = answer.get_json()
    return job


def items_of(person: Person, job_id: str) -> list[tuple[Any, str, str | None]]:
    rows = person.get(f"jobs/{job_id}/items?limit=200").get_json()["results"]
    return [(row["id"], row["status"], row["code"]) for row in rows]
