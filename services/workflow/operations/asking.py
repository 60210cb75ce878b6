"""Who asks for a transition, and what he may claim about it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import SYSTEM_REASONS, Ask
from services.workflow.errors import Denied, WouldBeDenied
from shared.errors import Invalid
from shared.tenancy import context_of

ACT_AS_SYSTEM = "workflow.act_as_system"


def lent(session: Session) -> Mapping[str, str]:
    """Permissions that the caller has only because somebody lends them, and who does."""
    found: Mapping[str, str] = session.info.get("lent", {})
    return found


def ask_of(session: Session, body: Mapping[str, Any]) -> Ask:
    """The context of a transition that the caller asks for.

    Raises Denied (of a dry run WouldBeDenied) for a caller who may not act as the system, Invalid for a reason that
    only services may give.
    """
    context = context_of(session)
    as_system = bool(body.get("as_system"))
    if as_system and not (context.is_service and ACT_AS_SYSTEM in context.permissions):
        detail = "Only a service that was granted it acts as the system."
        if body.get("dry_run"):
            raise WouldBeDenied(detail, permission=ACT_AS_SYSTEM)
        raise Denied([ACT_AS_SYSTEM], detail)
    reason = body.get("reason") or "user_action"
    if reason in SYSTEM_REASONS and not context.is_service:
        raise Invalid.field("/reason", "reason_not_permitted", f"The reason {reason} belongs to the system.")
    return Ask(
        actor=context.actor,
        permissions=context.permissions,
        lent=lent(session),
        as_system=as_system,
        reason=reason,
        comments=body.get("comments") or "",
        metadata=body.get("metadata") or {},
        client=body.get("client") or "web",
        dry_run=bool(body.get("dry_run")),
    )
