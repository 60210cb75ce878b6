"""A tiny service for the tests: one job table, kinds that leave one effect row per unit of work."""

import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Identity, func, insert
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from shared.config import Settings
from shared.db import TYPES, new_metadata
from shared.errors import Invalid
from shared.jobs import performing
from shared.jobs.models import EndStatus, JobEventMixin, JobMixin
from shared.jobs.registry import JobRegistry
from shared.jobs.run import Run
from shared.schedules import ScheduleMixin
from shared.tenancy import TenantOwned

DOOR = "tests.shared.jobs.sample.perform"
PRIVILEGES = {
    "jobs": ("select, insert, update, delete", "select, insert, update"),
    "job_events": ("select, insert", "select, insert, delete"),
    "schedules": ("select, insert, update, delete", "select, update"),
}


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class JobEvent(JobEventMixin, Base):
    __tablename__ = "job_events"


class Job(JobMixin, Base):
    __tablename__ = "jobs"
    event_model = JobEvent
    note: Mapped[str | None]


class Schedule(ScheduleMixin, Base):
    __tablename__ = "schedules"


class Effect(TenantOwned, Base):
    """Without any unique key: an effect that happens twice shows as two rows."""

    __tablename__ = "effects"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    job_id: Mapped[uuid.UUID] = mapped_column(UUID)
    item: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


registry = JobRegistry("sample", Job)


def make_effect(session: Session, run: Run, item: int = 0) -> None:
    session.execute(insert(Effect).values(tenant_id=run.job.tenant_id, job_id=run.job.id, item=item))


@registry.handler("once")
def once(run: Run) -> None:
    """One effect, after a little time in which the process may be killed."""
    time.sleep(run.payload.get("seconds", 0))
    with run.step() as session:
        make_effect(session, run)
        run.finish(session)


@registry.handler("items")
def items(run: Run) -> None:
    """Effects in several steps; goes on where a former attempt was stopped."""
    done = run.job.processed
    with run.step() as session:
        run.progress(session, total=run.payload["items"])
    for item in range(done, run.payload["items"]):
        with run.step() as session:
            make_effect(session, run, item)
            run.progress(session, processed=1, data={"current_item": item})
        time.sleep(run.payload.get("seconds", 0))


@registry.handler("broken")
def broken(run: Run) -> None:
    raise RuntimeError("the text of this error must not be stored")


def note_death(session: Session, job: Any) -> None:
    job.note = f"buried after {job.attempt}"


@registry.handler("mourned", on_dead=note_death)
def mourned(run: Run) -> None:
    with run.step() as session:
        make_effect(session, run)


@registry.handler("refused")
def refused(run: Run) -> None:
    raise Invalid("This will never work.", code="never", hint="do not")


def note_outcome(session: Session, job: Any, counts: Mapping[str, int]) -> EndStatus | None:
    job.note = ",".join(f"{status}={count}" for status, count in sorted(counts.items()))
    return None


@registry.handler("fan_out", on_children_done=note_outcome)
def fan_out(run: Run) -> None:
    chunks = run.payload["chunks"]
    with run.step() as session:
        run.progress(session, total=len(chunks))
        run.spawn(session, chunks, kind=run.payload.get("child", "chunk"), totals=[1] * len(chunks))


@registry.handler("chunk")
def chunk(run: Run) -> None:
    time.sleep(run.payload.get("seconds", 0))
    with run.step() as session:
        make_effect(session, run, run.payload["item"])
        run.progress(session, processed=1)
        run.finish(session)


class SampleSettings(Settings):
    service: ClassVar[str] = "propagation"  # any name that has migrations


def make_settings(**values: Any) -> SampleSettings:
    needed = {"jwks": "nowhere", "secret_key": "only-for-tests-" * 4, "job_lease_seconds": 2.0, "log_level": "WARNING"}
    return SampleSettings.model_validate(needed | values)


def perform(tenant_id: str, job_id: str) -> None:
    """The RQ door; `process.py` has set the settings before RQ forked."""
    assert settings is not None
    performing.perform(registry, settings, tenant_id, job_id)


settings: SampleSettings | None = None
