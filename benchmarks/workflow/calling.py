"""The service's own code path: a bulk call from its loaded body to its answer, or the job that a worker does."""

import os
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from benchmarks import web
from services.workflow.app import create_app
from services.workflow.config import ROLE_PERMISSIONS, Settings
from services.workflow.domain.bulk import Pick
from services.workflow.domain.machines.asking import Ask
from services.workflow.jobs import registry
from services.workflow.models import Job
from services.workflow.operations.bulk import submitting
from services.workflow.operations.bulk.moving import moving
from services.workflow.operations.bulk.running import Call, run
from services.workflow.operations.entry import enter
from services.workflow.operations.work_orders.entity import WORK_ORDERS
from shared.db import Database
from shared.jobs import performing
from shared.tenancy import Context
from tests.fixtures.people import Issuer, Person

STATES = ("DRAFT", "SUBMITTED")


def migrate(admin_url: str, redis_url: str) -> Settings:
    """A database of the service on this server, and the settings of its processes."""
    # Handlers read their settings from the environment.
    os.environ |= {
        "CONCORD_WORKFLOW_DATABASE_URL": web.migrate(admin_url, "workflow"),
        "CONCORD_WORKFLOW_REDIS_URL": redis_url,
        "CONCORD_WORKFLOW_SECRET_KEY": "only-for-benchmarks-" * 3,
        "CONCORD_WORKFLOW_JWKS": "none",
        "CONCORD_WORKFLOW_LOG_LEVEL": "ERROR",
    }
    return Settings()  # type: ignore[call-arg]  # set above


@dataclass
class Service:
    """Work orders of one tenant, moved there and back by everybody who may."""

    settings: Settings
    db: Database
    context: Context
    ids: list[int]

    @classmethod
    def with_items(cls, settings: Settings, items: int) -> "Service":
        performing.prepare(registry, settings)
        db = Database(
            settings.database_url.get_secret_value(), statement_timeout_seconds=600, pool_size=performing.CONNECTIONS
        )
        context = Context(tenant_id=uuid.uuid4(), actor="ada", permissions=ROLE_PERMISSIONS["admin"])
        with db.transaction(context) as session:
            enter(settings, session, context, is_write=True)
            stored = text(
                "insert into work_orders (tenant_id, number, title, state)"
                " select :tenant, 'B-' || n, 'Order ' || n, 'DRAFT' from generate_series(1, :items) as n returning id"
            )
            ids = session.scalars(stored, {"tenant": context.tenant_id, "items": items})
            return cls(settings, db, context, sorted(ids))

    def by_http(self, issuer: Issuer) -> "Caller":
        """Whoever moves the same items through the web application."""
        own = {"jwks": str(issuer.jwks), "bulk_rate_limit_per_minute": 0, "rate_limit_per_minute": 0}
        app = create_app(self.settings.model_copy(update=own))
        assert self.context.tenant_id is not None
        return Caller(web.admin(app, issuer, self.context.tenant_id), self.ids)

    def call(self, number: int, *, dry_run: bool = False, rollback: bool = True) -> Call:
        """The call of run `number`: even ones submit, odd ones reject."""
        ask = Ask(actor="ada", permissions=self.context.permissions, comments="As planned.")
        work = moving(WORK_ORDERS, STATES[(number + 1) % 2], ask)
        return Call(entity=WORK_ORDERS, operation="transition", work=work, dry_run=dry_run, rollback=rollback)

    def move(self, items: int, *, number: int, dry_run: bool = False) -> int:
        """At once; returns how many were moved."""
        picks = [Pick(item, item, number) for item in self.ids[:items]]
        with self.db.transaction(self.context) as session:
            enter(self.settings, session, self.context, is_write=True)
            report = run(session, self.call(number, dry_run=dry_run), picks)
            return len(report.as_dict()["successful_ids"])

    def move_by_job(self, items: int, *, number: int, rollback: bool) -> int:
        """From accepting the request to the end of the job."""
        picks = [Pick(item, item, number) for item in self.ids[:items]]
        with self.db.transaction(self.context) as session:
            enter(self.settings, session, self.context, is_write=True)
            job_id = submitting.submit(session, self.call(number, rollback=rollback), picks).id
        assert self.context.tenant_id is not None
        performing.work(self.db, registry, tenant_id=self.context.tenant_id, job_id=job_id)
        with self.db.transaction(self.context) as session:
            job: Any = session.get_one(Job, (self.context.tenant_id, job_id))
            assert job.status == "completed", (job.status, job.error)
            return int(job.processed)


@dataclass(frozen=True)
class Caller:
    """One who sends requests as JSON and reads the answers."""

    ada: Person
    ids: list[int]

    def move(self, items: int, *, number: int) -> int:
        body = {
            "items": [{"id": item, "version": number} for item in self.ids[:items]],
            "target_state": STATES[(number + 1) % 2],
            "comments": "As planned.",
        }
        answer = self.ada.post("work-orders/bulk/transition", body)
        assert answer.status_code == 200, answer.get_json()
        return len(answer.get_json()["successful_ids"])
