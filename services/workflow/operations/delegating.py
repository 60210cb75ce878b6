"""Lends a permission to another person for a time, and takes it back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from services.workflow.domain.machines.shipped import machines
from services.workflow.errors import NotTheDelegator
from services.workflow.models import Delegation
from services.workflow.operations.asking import lent
from services.workflow.queries.delegations import MANAGE, seen_by
from shared import editing
from shared.errors import Invalid, NotFound, PermissionMissing
from shared.tenancy import context_of

LONGEST: Final = timedelta(days=92)
# Also open doors that leave no record of both persons.
_NOT_LENT: Final = frozenset({"workorder.update", "approval.request"})


def delegable() -> frozenset[str]:
    """Permissions of edges, and that of deciding: where they are used a record names both persons."""
    named = {name for machine in machines().values() for edge in machine.edges for name in edge.permissions}
    return frozenset(named | {"approval.decide"}) - _NOT_LENT


def lend(session: Session, values: Mapping[str, Any]) -> Delegation:
    """Raises Invalid for what cannot be lent, to whom or for how long; PermissionMissing for what is not one's own."""
    context = context_of(session)
    permission, now = values["permission"], datetime.now(UTC)
    starts_at = values.get("starts_at") or now
    if permission not in delegable():
        listed = ", ".join(sorted(delegable()))
        raise Invalid.field("/permission", "not_delegable", f"Only these can be lent: {listed}.")
    if values["delegate"] == context.actor:
        raise Invalid.field("/delegate", "own_delegate", "Lend it to somebody else.")
    if not max(starts_at, now) < values["ends_at"] <= starts_at + LONGEST:
        detail = f"It ends after it starts, in the future, and within {LONGEST.days} days."
        raise Invalid.field("/ends_at", "out_of_range", detail)
    if permission not in context.permissions or permission in lent(session):
        raise PermissionMissing(permission, "Only who holds a permission himself lends it.")
    return editing.create(session, Delegation, dict(values) | {"starts_at": starts_at, "delegator": context.actor})


def find(session: Session, delegation_id: int) -> Delegation:
    """Raises NotFound: missing, foreign and hidden look alike."""
    found = session.scalar(seen_by(session, context_of(session)).where(Delegation.id == delegation_id))
    if found is None:
        raise NotFound("There is no such delegation.")
    return found


def take_back(session: Session, delegation: Delegation) -> None:
    """Raises NotTheDelegator."""
    context = context_of(session)
    if context.actor != delegation.delegator and MANAGE not in context.permissions:
        raise NotTheDelegator("Who has lent it takes it back.")
    editing.delete(session, delegation)
