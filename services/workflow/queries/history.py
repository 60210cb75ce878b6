"""The story of one item, and the attempts of all."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, literal_column, select, tuple_, union_all
from sqlalchemy.orm import Session

from services.workflow.models import Step, TransitionRecord
from services.workflow.models.history import Recorded
from shared.tenancy import tenant_of

Rows = Select[*tuple[Any, ...]]


def entries(session: Session, entity: str, entity_id: int, others: Sequence[Rows] = ()) -> Any:
    """Transitions, steps and `others` of an item as one subquery: key, kind, id, created_at, actor, text, data.

    The key is unique among them. Refused attempts belong to the log, not to the story.
    """
    record, step = TransitionRecord, Step
    moves = select(
        entry_key("transition", record.id),
        case((record.machine == entity, "transition"), else_=record.machine).label("kind"),
        record.id,
        record.created_at,
        func.coalesce(record.on_behalf_of, record.actor).label("actor"),
        record.comments.label("text"),
        func.jsonb_build_object(
            "machine",
            record.machine,
            "from_state",
            record.from_state,
            "to_state",
            record.to_state,
            "reason",
            record.reason,
            "client",
            record.client,
            "metadata",
            record.metadata_,
        ).label("data"),
    ).where(_of(session, record, entity, entity_id), record.success)
    steps = select(
        entry_key("step", step.id), step.kind, step.id, step.created_at, step.actor, step.comments.label("text"),
        (func.jsonb_build_object("decision", step.decision).op("||")(step.data)).label("data"),
    ).where(_of(session, step, entity, entity_id))  # fmt: skip
    return union_all(moves, steps, *others).subquery("history")


def entry_key(kind: str, row_id: Any) -> Any:
    return func.concat(literal(f"{kind}-"), func.lpad(cast(row_id, String), 20, "0")).label("key")


def _of(session: Session, model: Any, entity: str, entity_id: int) -> Any:
    return (model.tenant_id == tenant_of(session)) & (model.entity == entity) & (model.entity_id == entity_id)


def records_beside(session: Session, model: type[Recorded], audit_ids: Sequence[int]) -> Sequence[Any]:
    """The records of a kind that stand beside these audit rows."""
    if not audit_ids:
        return []
    return session.scalars(
        select(model).where(model.tenant_id == tenant_of(session), model.audit_id.in_(audit_ids))
    ).all()


def attempts(session: Session) -> Select[TransitionRecord]:
    return select(TransitionRecord).where(TransitionRecord.tenant_id == tenant_of(session))


def statistics(session: Session, *, hours: int) -> dict[str, Any]:
    """Figures of the attempts of the last hours; two statements."""
    record = TransitionRecord
    recent = (record.tenant_id == tenant_of(session), record.created_at > datetime.now(UTC) - timedelta(hours=hours))
    day = func.to_char(func.timezone("UTC", record.created_at), "YYYY-MM-DD").label("day")
    recent_ones = select(record.machine, record.success, record.execution_ms, record.lock_wait_ms, day).where(*recent)
    attempt = recent_ones.subquery("attempt").c
    figures = (
        func.count(),
        func.count().filter(attempt.success),
        func.avg(attempt.execution_ms),
        func.percentile_cont(0.95).within_group(attempt.execution_ms),
        func.avg(attempt.lock_wait_ms),
        func.percentile_cont(0.95).within_group(attempt.lock_wait_ms),
    )
    grouped = select(func.grouping(attempt.machine, attempt.day), attempt.machine, attempt.day, *figures)
    sets = func.grouping_sets(literal_column("()"), tuple_(attempt.machine), tuple_(attempt.day))
    found = session.execute(grouped.group_by(sets)).all()
    code = func.unnest(record.error_codes).label("code")
    codes = select(code, func.count()).where(*recent, ~record.success).group_by(code)
    # The bits of GROUPING say which columns a row does not group by.
    overall = next(row for row in found if row[0] == 3)
    return _figures(overall[3:]) | {
        "hours": hours,
        "by_machine": {row[1]: _figures(row[3:]) for row in found if row[0] == 1},
        "by_day": {row[2]: _figures(row[3:]) for row in found if row[0] == 2},
        "failures_by_code": {name: number for name, number in session.execute(codes)},
    }


def _figures(row: Sequence[Any]) -> dict[str, Any]:
    total, success, *times = row
    names = ("average_execution_ms", "p95_execution_ms", "average_lock_wait_ms", "p95_lock_wait_ms")
    return {
        "total": total,
        "success": success,
        "failure": total - success,
        "success_rate": round(success * 100 / total, 2) if total else 0.0,
    } | {name: None if value is None else round(float(value), 3) for name, value in zip(names, times, strict=True)}
