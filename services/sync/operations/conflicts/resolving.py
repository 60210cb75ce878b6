"""Resolving conflicts, one or many with the same few statements: the decision is written like a load."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.sync.domain.conflicts import decided
from services.sync.domain.storing import storable
from services.sync.errors import ConflictResolved, TargetChanged, TargetElsewhere
from services.sync.loaders.deciding import write
from services.sync.loaders.targets import TARGETS, TargetTable
from services.sync.models import AuditEvent, SyncConflict
from services.sync.operations.catalogue import model_of
from services.sync.operations.conflicts.withdrawing import withdraw
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.errors import DomainError, NotFound
from shared.locking import lock_by_id
from shared.tenancy import context_of, tenant_of


@dataclass(frozen=True, slots=True)
class Decision:
    """`values` are of a merge. `seen` is the version of the target's row that the decider saw, None the one that the
    conflict shows. One that an approval has brought keeps the target whatever it has become by now."""

    resolution: str
    values: Mapping[str, Any] = field(default_factory=dict)
    seen: int | None = None
    by_approval: bool = False

    @property
    def is_blind(self) -> bool:
        return self.by_approval and self.resolution == "target"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one: `refusal` says why nothing did; a repeat changes nothing."""

    conflict: SyncConflict | None
    changed: bool = False
    refusal: DomainError | None = None


def resolve(session: Session, conflict_id: int, decision: Decision) -> SyncConflict:
    """Raises NotFound, ConflictResolved, TargetChanged, TargetElsewhere, Busy."""
    verdict = resolve_many(session, [conflict_id], decision)[conflict_id]
    if verdict.refusal is not None:
        raise verdict.refusal
    assert verdict.conflict is not None  # else it was refused
    return verdict.conflict


def resolve_many(
    session: Session, ids: Sequence[int], decision: Decision, *, actor: str | None = None
) -> dict[int, Verdict]:
    """Each for itself, by id; those that are resolved are written together."""
    found = {conflict.id: conflict for conflict in lock_by_id(session, SyncConflict, ids)}
    verdicts = {one: Verdict(None, refusal=NotFound("There is no such sync conflict.")) for one in ids}
    open_ones = []
    for conflict in found.values():
        if conflict.status == "open":
            open_ones.append(conflict)
        else:
            verdicts[conflict.id] = _repeated(conflict, decision)
    by_table = groupby(sorted(open_ones, key=lambda one: one.table_name), key=lambda one: one.table_name)
    changed = [one for table, ones in by_table for one in _write(session, table, list(ones), decision, verdicts, actor)]
    _audit(session, changed, decision)
    if not decision.by_approval:
        withdraw(session, changed)
    _read_again(session, changed)
    return verdicts


def _repeated(conflict: SyncConflict, decision: Decision) -> Verdict:
    if conflict.resolution == decision.resolution and (conflict.resolved_values or {}) == _wanted(conflict, decision):
        return Verdict(conflict)
    said = f"This conflict is {conflict.status} already."
    refusal = ConflictResolved(said, status_of_conflict=conflict.status, resolution=conflict.resolution)
    return Verdict(conflict, refusal=refusal)


def _wanted(conflict: SyncConflict, decision: Decision) -> dict[str, Any]:
    return decided(decision.resolution, conflict.source_values, decision.values)


def _write(
    session: Session,
    table: str,
    conflicts: Sequence[SyncConflict],
    decision: Decision,
    verdicts: dict[int, Verdict],
    actor: str | None,
) -> Iterator[SyncConflict]:
    """Those of one table whose row is as it was seen."""
    TARGETS.refresh(session)
    target = TARGETS.get(table)
    if target is None:
        refusal = TargetElsewhere(f"Rows of {table} cannot be written from here.")
        verdicts.update((one.id, Verdict(one, refusal=refusal)) for one in conflicts)
        return
    present = {row.id: row for row in lock_by_id(session, model_of(table), [one.row_id for one in conflicts])}
    rows = []
    for conflict in conflicts:
        row = present.get(conflict.row_id)
        if row is None or not (decision.is_blind or row.version == (decision.seen or conflict.target_version)):
            verdicts[conflict.id] = Verdict(conflict, refusal=_target_changed(target, row))
            continue
        rows.append(_row(target, conflict, row, decision))
        verdicts[conflict.id] = Verdict(conflict, changed=True)
        yield conflict
    if rows:
        write(session, target, rows, actor=actor or context_of(session).actor)
        for row in present.values():
            session.expire(row)


def _row(target: TargetTable, conflict: SyncConflict, row: Any, decision: Decision) -> dict[str, Any]:
    values = {name: value for name, value in _wanted(conflict, decision).items() if name in target.columns}
    old = present_values(row, values)
    return {
        "conflict": conflict.id,
        "row_id": row.id,
        "run_id": str(conflict.run_id),
        "pipeline": conflict.pipeline,
        "resolution": decision.resolution,
        "values": values,
        "fields": {name: [old[name], value] for name, value in values.items() if value != old[name]},
        "hash": str(conflict.source_hash),
        "changed_at": conflict.source_changed_at and conflict.source_changed_at.isoformat(),
    }


def present_values(row: Any, names: Any) -> dict[str, Any]:
    """As conflicts hold them: decimals and times are texts."""
    return {name: storable(getattr(row, name)) for name in names}


def _target_changed(target: TargetTable, row: Any) -> TargetChanged:
    if row is None:
        return TargetChanged("The row is gone.", target_values=None, target_version=None)
    values = present_values(row, target.columns)
    return TargetChanged(
        "The row was changed after this conflict was shown; look at it again.",
        target_values=values,
        target_version=row.version,
    )


def _audit(session: Session, conflicts: Sequence[SyncConflict], decision: Decision) -> None:
    entries = [
        Entry(
            action="conflict.resolved",
            entity_type="conflict",
            entity_id=conflict.id,
            event_type=EventType.STATE_CHANGED,
            metadata={"pipeline": conflict.pipeline, "table": conflict.table_name, "resolution": decision.resolution},
        )
        for conflict in conflicts
    ]
    record_many(session, AuditEvent, entries)


def _read_again(session: Session, conflicts: Sequence[SyncConflict]) -> None:
    """The statement that wrote them went past the session."""
    if conflicts:
        ids = [one.id for one in conflicts]
        written = select(SyncConflict).where(SyncConflict.tenant_id == tenant_of(session), SyncConflict.id.in_(ids))
        session.scalars(written.execution_options(populate_existing=True)).all()
