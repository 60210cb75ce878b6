"""The bulk works that write values: updates, priorities, assignments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import DateTime, Numeric
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Finding
from services.workflow.errors import FieldNotPermitted, WouldBeDenied
from services.workflow.operations import items
from services.workflow.operations.bulk.works import NOWHERE, Done, deny, failed
from services.workflow.operations.entities import Entity, is_ended
from services.workflow.operations.transitions.checked import NOT_FOUND
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.seeing import seen_rows
from shared.errors import DomainError
from shared.rows import noun
from shared.tenancy import context_of


@dataclass(frozen=True, slots=True)
class Changing:
    """Writes the same values to all items; names that no field has fail every item."""

    kind: ClassVar = "change"
    operation_type: ClassVar = "bulk_update"
    values: Mapping[str, Any]
    unknown: Sequence[str] = ()
    permission: str = "update"

    def demand(self, session: Session, entity: Entity, *, count: int, dry_run: bool) -> None:
        """Raises Denied, FieldNotPermitted (of a dry run WouldBeDenied for both), UnknownReference."""
        _demand_held(session, entity, self.permission, count=count, dry_run=dry_run)
        try:
            items.demand_permitted(session, entity, self.values)
        except FieldNotPermitted as refused:
            if not dry_run:
                raise
            raise WouldBeDenied(refused.detail, code=refused.code, **refused.members) from None
        items.demand_references(session, entity, self.values, folder="/update_data")

    def do(
        self, session: Session, entity: Entity, wanted: Sequence[Wanted], *, write: bool, all_or_nothing: bool
    ) -> list[Done]:
        return _changed(session, entity, wanted, self, write=write, all_or_nothing=all_or_nothing)

    def refusal(self) -> Finding | None:
        if not self.unknown:
            return None
        names = ", ".join(self.unknown)
        return Finding("unknown_field", f"There is no field {names}.", f"/update_data/{self.unknown[0]}", 422)

    def store(self, session: Session, entity: Entity, prepared: Sequence[tuple[Any, Mapping[str, Any]]]) -> list[Any]:
        return items.store(session, entity, prepared, "updated")

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "values": dict(self.values), "unknown": list(self.unknown)}


@dataclass(frozen=True, slots=True)
class Assigning:
    """Assigns all items to a person, a team or both."""

    kind: ClassVar = "assign"
    operation_type: ClassVar = "bulk_update"
    user: str | None
    team: str | None

    @property
    def values(self) -> Mapping[str, Any]:
        return {"assigned_to_user": self.user, "assigned_to_team": self.team}

    def demand(self, session: Session, entity: Entity, *, count: int, dry_run: bool) -> None:
        """Raises Denied."""
        _demand_held(session, entity, "assign", count=count, dry_run=dry_run)

    def do(
        self, session: Session, entity: Entity, wanted: Sequence[Wanted], *, write: bool, all_or_nothing: bool
    ) -> list[Done]:
        return _changed(session, entity, wanted, self, write=write, all_or_nothing=all_or_nothing)

    def refusal(self) -> Finding | None:
        return None

    def store(self, session: Session, entity: Entity, prepared: Sequence[tuple[Any, Mapping[str, Any]]]) -> list[Any]:
        locked = [row for row, _values in prepared]
        return items.assign_all(session, entity, locked, user=self.user, team=self.team)

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "user": self.user, "team": self.team}


def _demand_held(session: Session, entity: Entity, verb: str, *, count: int, dry_run: bool) -> None:
    permission = f"{entity.area}.{verb}"
    if permission not in context_of(session).permissions:
        deny(entity, verb, [permission], count=count, dry_run=dry_run)


@dataclass(slots=True)
class _Item:
    """One item that is to be changed: its row, and the values to store or why it is refused."""

    wanted: Wanted
    row: Any
    values: Mapping[str, Any] = field(default_factory=dict)
    refusal: Finding | None = None


def _changed(
    session: Session,
    entity: Entity,
    wanted: Sequence[Wanted],
    work: Changing | Assigning,
    *,
    write: bool,
    all_or_nothing: bool,
) -> list[Done]:
    found = {row.id: row for row in seen_rows(session, entity.lifecycle, [item.id for item in wanted], lock=write)}
    looked_at = [_look(session, entity, work, _Item(item, found.get(item.id))) for item in wanted]
    passing = [item for item in looked_at if item.refusal is None]
    is_kept = write and not (all_or_nothing and len(passing) < len(wanted))
    differing = {item.row.id for item in passing if _differs(item)}
    if is_kept:
        work.store(session, entity, [(item.row, item.values) for item in passing])
    return [
        _told(item, is_kept=is_kept, differs=item.row is not None and item.row.id in differing) for item in looked_at
    ]


def _look(session: Session, entity: Entity, work: Changing | Assigning, item: _Item) -> _Item:
    row = item.row
    if row is None:
        item.refusal = NOT_FOUND
    elif item.wanted.version not in (None, row.version):
        item.refusal = Finding("version_conflict", "This was changed after you read it; read it again.", "/version")
    elif (refusal := work.refusal()) is not None:
        item.refusal = refusal
    elif is_ended(entity, row):
        detail = f"The {noun(entity.model)} is {row.state}; it takes no more changes."
        item.refusal = Finding("terminal_state", detail)
    else:
        _prepare(session, entity, work, item)
    return item


def _prepare(session: Session, entity: Entity, work: Changing | Assigning, item: _Item) -> None:
    try:
        item.values = entity.prepare(session, item.row, dict(work.values))
    except DomainError as refused:
        item.refusal = Finding(refused.code, refused.detail)


def _differs(item: _Item) -> bool:
    return any(value != getattr(item.row, name) for name, value in item.values.items())


def _told(item: _Item, *, is_kept: bool, differs: bool) -> Done:
    row = item.row
    if row is None:
        return NOWHERE
    state = {"from_state": row.state, "to_state": row.state}
    if item.refusal is not None:
        return failed([item.refusal], row.version, item.wanted, **state)
    status = ("done" if is_kept else "would_succeed") if differs else "unchanged"
    return Done(status=status, version=row.version, **state)


def typed(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values that went through JSON, as their columns hold them."""
    columns = entity.lifecycle.table.c
    return {name: _read(columns[name].type, value) for name, value in values.items()}


def _read(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(value)
    return Decimal(value) if isinstance(kind, Numeric) else value
