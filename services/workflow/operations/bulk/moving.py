"""The bulk work that moves items to a state."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.operations.bulk.works import NOWHERE, Done, deny, failed
from services.workflow.operations.entities import Entity
from services.workflow.operations.transitions.checked import Checked
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import take
from shared.errors import Invalid
from shared.tenancy import context_of


@dataclass(frozen=True, slots=True)
class Moving:
    """Moves items to a state."""

    kind: ClassVar = "move"
    target: str
    ask: Ask

    @property
    def operation_type(self) -> str:
        return f"transition_to_{self.target}"

    def demand(self, session: Session, entity: Entity, *, count: int, dry_run: bool) -> None:
        """Raises Denied where the caller could take no edge into the target, whatever the items."""
        held = context_of(session).permissions
        edges = entity.lifecycle.newest.edges_into(self.target, as_system=self.ask.as_system)
        missing = {edge: [name for name in edge.permissions if name not in held] for edge in edges}
        if self.ask.as_system or not edges or not all(missing.values()):
            return
        nearest = min(edges, key=lambda edge: len(missing[edge]))
        deny(entity, nearest.verb, missing[nearest], count=count, dry_run=dry_run)

    def do(
        self, session: Session, entity: Entity, wanted: Sequence[Wanted], *, write: bool, all_or_nothing: bool
    ) -> list[Done]:
        held = context_of(session).permissions
        ask = replace(self.ask, permissions=held, dry_run=not write, timestamp=datetime.now(UTC))
        items, _ids = take(session, entity.lifecycle, wanted, self.target, ask, all_or_nothing=all_or_nothing)
        is_kept = write and not (all_or_nothing and any(item.findings for item in items))
        return [told(item, is_kept=is_kept) for item in items]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "target": self.target, "ask": packed(self.ask)}


def moving(entity: Entity, target: str, ask: Ask) -> Moving:
    """Raises Invalid for a state that the machine does not have."""
    machine = entity.lifecycle.newest
    name = machine.state_named(target)
    if name is None:
        detail = f"target_state: the machine {machine.name} has no state {target.strip()[:50]!r}."
        raise Invalid.field("/target_state", "unknown_state", detail)
    return Moving(name, ask)


def packed(ask: Ask) -> dict[str, Any]:
    """What was said, as a job remembers it; who said it stands in its row."""
    told = {name: getattr(ask, name) for name in ("as_system", "reason", "comments", "client")}
    return told | {"metadata": dict(ask.metadata), "lent": dict(ask.lent)}


def told(item: Checked, *, is_kept: bool) -> Done:
    verdict = item.verdict
    if verdict is None:
        return NOWHERE
    origin, target, version = verdict.from_state, item.to_state, item.row.version
    if verdict.passes:
        status = "unchanged" if verdict.unchanged else "done" if is_kept else "would_succeed"
        return Done(status=status, from_state=origin, to_state=target, version=version, warnings=verdict.warnings)
    state: dict[str, Any] = {"from_state": origin, "to_state": target, "warnings": verdict.warnings}
    return failed(verdict.findings, version, item.wanted, missing=verdict.missing, **state)
