"""The end of a step: fence, counters, events and completion, in a constant number of statements.

Order of locks everywhere: a chunk, then its parent, then the lock under which events are numbered.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, Row, Text, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import INTERVAL, JSONB
from sqlalchemy.orm import Session

from shared.jobs.doorbell import ring
from shared.jobs.errors import Cancelled, LeaseLost
from shared.jobs.events import record_event, state_of
from shared.jobs.lease import after, cancel_wanted, clock, held
from shared.jobs.models import ACTIVE, EndStatus, JobMixin
from shared.jobs.registry import JobRegistry, status_of_children


@dataclass
class Step:
    """What a step has told about itself; written when it ends."""

    closing: bool = False
    processed: int = 0
    failed: int = 0
    skipped: int = 0
    total: int | None = None
    children: int = 0
    hands_over: bool = False
    status: EndStatus | None = None
    error: dict[str, Any] | None = None
    data: dict[str, Any] = field(default_factory=dict)
    told: bool = False

    def count(self, *, processed: int, failed: int, skipped: int) -> None:
        self.processed += processed
        self.failed += failed
        self.skipped += skipped
        self.told = True


def close_step(session: Session, registry: JobRegistry, job: JobMixin, work: Step, *, lease_seconds: float) -> None:
    """Raises LeaseLost or Cancelled, upon which the step rolls back."""
    row = _write(session, job, work, lease_seconds)
    if row is None:
        raise LeaseLost("Another worker has this job, or it was ended.")
    if row.cancel_wanted and not work.closing:
        raise Cancelled("The job was cancelled.")
    if job.parent_id is not None:
        _close_step_of_chunk(session, registry, job, work)
    elif work.told or work.status:
        tell(session, job, row, "state" if work.status else "progress", work.data)


def tell(session: Session, job: JobMixin, row: Any, type: str, data: Mapping[str, Any] | None = None) -> None:
    """Records an event with the counters of `row`, which is a job or a row with its columns."""
    record_event(
        session,
        job.event_model,
        tenant_id=job.tenant_id,
        job_id=row.id,
        requested_by=job.requested_by,
        type=type,
        data={**state_of(row), **(data or {})},
    )


def complete(session: Session, registry: JobRegistry, job: JobMixin, counts: Mapping[str, int]) -> EndStatus:
    """Asks the kind's hook how a job whose chunks have all ended ends; `job` is locked by this session."""
    kind = registry.find(job.kind)
    status = kind.on_children_done(session, job, counts) if kind and kind.on_children_done else None
    session.flush()
    return status or status_of_children(job, counts)


def count_children(
    session: Session, model: type[JobMixin], tenant_id: uuid.UUID, parent_id: uuid.UUID
) -> dict[str, int]:
    found = session.execute(
        select(model.status, func.count())
        .where(model.tenant_id == tenant_id, model.parent_id == parent_id)
        .group_by(model.status)
    )
    return {status: count for status, count in found}


def insert_chunks(
    session: Session,
    job: JobMixin,
    parent_id: uuid.UUID,
    payloads: Sequence[Mapping[str, Any]],
    *,
    kind: str,
    queue: str,
    totals: Sequence[int] | None,
) -> None:
    """One statement for all chunks; they are handed over in the order given."""
    model = type(job)
    rows = [
        {"payload": dict(payload), "total": total}
        for payload, total in zip(payloads, totals or [0] * len(payloads), strict=True)
    ]
    chunk = (
        func.jsonb_array_elements(literal(rows, JSONB)).table_valued("value", with_ordinality="number").render_derived()
    )
    value = cast(chunk.c.value, JSONB)
    same = {
        "tenant_id": job.tenant_id,
        "parent_id": parent_id,
        "kind": kind,
        "queue": queue,
        "max_attempts": job.max_attempts,
        "requested_by": job.requested_by,
        "requested_by_name": job.requested_by_name,
        "correlation_id": job.correlation_id,
        "origin_correlation_id": job.origin_correlation_id,
        "statement_timeout_seconds": job.statement_timeout_seconds,
        "run_timeout_seconds": job.run_timeout_seconds,
        "deadline_at": job.deadline_at,
    }
    columns = model.__table__.c  # type: ignore[attr-defined]
    session.execute(
        insert(model).from_select(
            [*same, "payload", "total", "run_at"],
            select(
                *(literal(content, columns[name].type) for name, content in same.items()),
                value["payload"],
                cast(cast(value["total"], Text), Integer),
                func.now() + chunk.c.number * cast(literal("1 microsecond"), INTERVAL),
            ),
            include_defaults=False,
        )
    )
    ring(session)


def _write(session: Session, job: JobMixin, work: Step, lease_seconds: float) -> Row[Any] | None:
    model = type(job)
    values = _counted(model, work)
    if work.total is not None:
        values["total"] = func.greatest(work.total, values["processed"] + values["failed"])
    if work.status is not None:
        values |= {"status": work.status, "error": work.error, "completed_at": func.clock_timestamp()}
    keeps = work.status is None and not work.hands_over
    values["lease_until"] = after(lease_seconds) if keeps else None
    if job.parent_id is None:
        values["children"] = model.children + work.children
    return session.execute(
        update(model)
        .where(held(job))
        .values(values)
        .returning(*_told_columns(model), cancel_wanted(model).label("cancel_wanted")),
        execution_options={"synchronize_session": False},
    ).one_or_none()


def _close_step_of_chunk(session: Session, registry: JobRegistry, job: JobMixin, work: Step) -> None:
    if not (work.told or work.status or work.children):
        return
    model = type(job)
    parent_row = session.execute(
        update(model)
        .where(model.tenant_id == job.tenant_id, model.id == job.parent_id)
        .values({**_counted(model, work), "children": model.children + work.children})
        .returning(*_told_columns(model)),
        execution_options={"synchronize_session": False},
    ).one()
    completed = work.status is not None and _complete_parent(session, registry, job)
    if work.told and not completed:
        tell(session, job, parent_row, "progress", work.data)


def _complete_parent(session: Session, registry: JobRegistry, job: JobMixin) -> bool:
    """Ends the parent if this was its last chunk. The parent is locked, so only one chunk can find that it was."""
    assert job.parent_id is not None
    model = type(job)
    counts = count_children(session, model, job.tenant_id, job.parent_id)
    if any(counts.get(status) for status in ACTIVE):
        return False
    parent = session.get_one(model, (job.tenant_id, job.parent_id), populate_existing=True)
    if parent.status != "running" or parent.lease_until is not None:
        return False
    parent.status = complete(session, registry, parent, counts)
    parent.completed_at = clock(session)
    session.flush()
    tell(session, parent, parent, "state")
    return True


def _counted(model: type[JobMixin], work: Step) -> dict[str, Any]:
    processed, failed = model.processed + work.processed, model.failed + work.failed
    return {
        "processed": processed,
        "failed": failed,
        "skipped": model.skipped + work.skipped,
        "total": func.greatest(model.total, processed + failed),
    }


def _told_columns(model: type[JobMixin]) -> tuple[Any, ...]:
    return (model.id, model.status, model.total, model.processed, model.failed, model.skipped, model.started_at)
