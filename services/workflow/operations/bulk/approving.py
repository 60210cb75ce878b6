"""The bulk work that approves approvals, or votes for those that need more votes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.operations.approvals.deciding import approve_all
from services.workflow.operations.bulk.moving import packed, told
from services.workflow.operations.bulk.works import Done
from services.workflow.operations.entities import Entity
from services.workflow.operations.transitions.lifecycle import Wanted
from shared.tenancy import context_of


@dataclass(frozen=True, slots=True)
class Approving:
    """Approves, all with the same words."""

    kind: ClassVar = "approve"
    operation_type: ClassVar = "transition_to_APPROVED"
    ask: Ask

    def demand(self, session: Session, entity: Entity, *, count: int, dry_run: bool) -> None:
        """Each approval says itself what deciding on it takes."""

    def do(
        self, session: Session, _entity: Entity, wanted: Sequence[Wanted], *, write: bool, all_or_nothing: bool
    ) -> list[Done]:
        held = context_of(session).permissions
        ask = replace(self.ask, permissions=held, dry_run=not write, timestamp=datetime.now(UTC))
        outcomes = approve_all(session, wanted, ask, all_or_nothing=all_or_nothing)
        is_kept = write and not (all_or_nothing and any(not outcome.result.success for outcome in outcomes))
        return [told(outcome, is_kept=is_kept) for outcome in outcomes]

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "ask": packed(self.ask)}
