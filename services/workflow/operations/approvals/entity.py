"""Approvals as an entity: made once for a reference of who asks, with an address that may be called."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.workflow.config import CALLS, KNOWN_PERMISSIONS
from services.workflow.models import Approval
from services.workflow.operations.approvals.lifecycle import APPROVAL, callee_of
from services.workflow.operations.entities import Entity, Values
from services.workflow.operations.entry import settings_of
from shared.errors import Invalid
from shared.locking import named_lock
from shared.tenancy import context_of, tenant_of

MAX_PAYLOAD_BYTES = 64 * 1024


def prepare(session: Session, _row: Any, values: Values) -> Values:
    """Raises Invalid for what the schema cannot know."""
    if len(orjson.dumps(values.get("payload") or {})) > MAX_PAYLOAD_BYTES:
        raise Invalid.field("/payload", "payload_too_large", "A payload has at most 64 KiB.")
    permission = values.get("required_permission")
    if permission is not None and permission not in KNOWN_PERMISSIONS:
        raise Invalid.field("/required_permission", "unknown_permission", f"Nobody can hold {permission!r}.")
    expires_at = values.get("expires_at")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Invalid.field("/expires_at", "in_the_past", "An approval expires in the future.")
    if values.get("callback_url"):
        _demand_callable(session, values["callback_url"])
    candidates = values.pop("candidates", None) or {}
    context = context_of(session)
    return values | {
        "requester": context.actor,
        "candidate_users": candidates.get("persons", []),
        "candidate_teams": candidates.get("teams", []),
        "origin_correlation_id": context.origin_correlation_id or context.correlation_id,
    }


def _demand_callable(session: Session, url: str) -> None:
    """Decisions go to configured services only, and to their own address, whatever host the address names."""
    parts = urlsplit(url)
    callee = callee_of(parts.path)
    configured = settings_of(session).siblings
    if parts.scheme not in ("http", "https") or callee not in CALLS or callee not in configured or parts.query:
        known = ", ".join(sorted(CALLS.keys() & configured.keys())) or "none here"
        detail = f"A decision is sent to /api/<service>/v1/... of a configured service ({known})."
        raise Invalid.field("/callback_url", "callback_refused", detail)


def known(session: Session, values: Values) -> Any:
    """The approval that the requester asked for under this reference before."""
    reference = values.get("external_ref")
    if reference is None:
        return None
    requester = context_of(session).actor
    named_lock(session, "approval", tenant_of(session), requester, reference)
    return session.scalar(
        select(Approval).where(
            Approval.tenant_id == tenant_of(session),
            Approval.requester == requester,
            Approval.external_ref == reference,
        )
    )


APPROVALS = Entity(
    lifecycle=APPROVAL,
    path="approvals",
    editable=frozenset(),
    editable_by_all=frozenset(),
    assignable=False,
    known=known,
    prepare=prepare,
)
