"""The service's own code path: accept the request, then the handlers that a worker calls, in this process."""

import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks import web
from benchmarks.propagation.trees import Tree, install
from services.propagation.config import Settings
from services.propagation.jobs import registry
from services.propagation.models import Detail, Dimension, DimensionValue, Field, Job, String
from services.propagation.operations.entry import enter
from services.propagation.operations.runs import impact, running
from services.propagation.operations.runs.preparing import prepare
from services.propagation.operations.runs.request import Environment, Item, RunRequest
from shared.db import Database
from shared.jobs import performing
from shared.tenancy import Context, context_of


def migrate(admin_url: str, redis_url: str, jwks: Path) -> Settings:
    """A database of the service on this server, and the settings of its processes."""
    # Handlers read their settings from the environment.
    os.environ |= {
        "CONCORD_PROPAGATION_DATABASE_URL": web.migrate(admin_url, "propagation"),
        "CONCORD_PROPAGATION_REDIS_URL": redis_url,
        "CONCORD_PROPAGATION_SECRET_KEY": "only-for-benchmarks-" * 3,
        "CONCORD_PROPAGATION_JWKS": str(jwks),
        # A machine that does other things beside may take long for a million strings.
        "CONCORD_PROPAGATION_PROPAGATION_TIMEOUT": "7200",
        "CONCORD_PROPAGATION_RATE_LIMIT_PER_MINUTE": "0",
        "CONCORD_PROPAGATION_LOG_LEVEL": "ERROR",
    }
    return Settings()  # type: ignore[call-arg]  # set above


@dataclass
class Service:
    """A tree in the service's database, and calls for it."""

    settings: Settings
    context: Context
    dimensions: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def with_tree(cls, settings: Settings, tree: Tree) -> "Service":
        performing.prepare(registry, settings)
        db = Database(settings.database_url.get_secret_value(), pooled=False)
        return cls(settings, install(db, tree))

    @cached_property
    def db(self) -> Database:
        return Database(
            self.settings.database_url.get_secret_value(),
            statement_timeout_seconds=self.settings.statement_timeout_seconds,
            pool_size=performing.CONNECTIONS,
        )

    def root_at(self, level: int) -> int:
        """A string of this level (1 = top) that has a full subtree below it."""
        with self.db.transaction(self.context) as session:
            found = select(String.id).join(Field, (Field.tenant_id == String.tenant_id) & (Field.id == String.field_id))
            first = found.where(String.tenant_id == self.context.tenant_id, Field.field_level == level)
            return int(session.scalars(first.order_by(String.id).limit(1)).one())

    def request(self, root: int, *, dimension: int, value: str, depth: int = 10) -> RunRequest:
        """As PATCH string-details makes it."""
        with self.db.transaction(self.context) as session:
            named = select(Dimension.id).where(
                Dimension.tenant_id == self.context.tenant_id, Dimension.name == f"D{dimension}"
            )
            dimension_id = session.scalars(named).one()
            detail = select(Detail.id).where(
                Detail.tenant_id == self.context.tenant_id,
                Detail.string_id == root,
                Detail.dimension_id == dimension_id,
            )
            chosen = select(DimensionValue.id).where(
                DimensionValue.tenant_id == self.context.tenant_id,
                DimensionValue.dimension_id == dimension_id,
                DimensionValue.value == value,
            )
            item = Item(0, session.scalars(detail).one(), value_id=session.scalars(chosen).one())
        return RunRequest("detail_update", (item,), {"max_depth": depth}, is_single=True)

    def apply(self, request: RunRequest) -> int:
        """Strings changed. Accepts the request and does all jobs that come of it, one after the other."""
        environment = Environment.of(self.settings)
        with self.db.transaction(self.context) as session:
            enter(session, context_of(session), is_write=True)
            result = running.execute(session, request, environment)
            assert result.job is not None
            job_id, done = result.job.id, not result.is_pending
        if not done:
            self._work(job_id)
            for chunk_id in self._chunks(job_id):
                self._work(chunk_id)
        with self.db.transaction(self.context) as session:
            job = session.get_one(Job, (self.context.tenant_id, job_id))
            assert job.status == "completed", (job.status, job.error)
            return job.processed

    def preview(self, request: RunRequest) -> dict[str, Any]:
        """The summary of what POST analyze_impact answers."""
        environment = Environment.of(self.settings)
        with self.db.transaction(self.context) as session:
            enter(session, context_of(session), is_write=False)
            prepared = prepare(session, request, environment)
            tally = running.preview(session, prepared, environment)
            answer: dict[str, Any] = impact.analysis(session, prepared, tally, environment)["summary"]
        return answer

    def _work(self, job_id: uuid.UUID) -> None:
        assert self.context.tenant_id is not None
        # A worker does each job in a process of its own, with connections of its own.
        self.db.dispose()
        performing.work(
            self.db,
            registry,
            tenant_id=self.context.tenant_id,
            job_id=job_id,
            lease_seconds=self.settings.job_lease_seconds,
            statement_timeout_seconds=self.settings.statement_timeout_seconds,
        )

    def _chunks(self, job_id: uuid.UUID) -> list[uuid.UUID]:
        with self.db.transaction(self.context) as session:
            below = select(Job.id).where(Job.tenant_id == self.context.tenant_id, Job.parent_id == job_id)
            return list(session.scalars(below.order_by(Job.run_at)))
