"""Conflicts that wait for a decision in workflow: asked for through the outbox, resolved by its signed callback."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.sync.clients.approvals import ask_for_approval
from services.sync.domain.conflicts import OPTIONS, resolution_of
from services.sync.errors import ApprovalMismatch
from services.sync.loaders.targets import TARGETS
from services.sync.models import Outbox, SyncConflict
from services.sync.operations.conflicts.resolving import Decision, resolve_many
from services.sync.operations.conflicts.withdrawing import withdraw
from shared.auditing.classification import classes_of
from shared.errors import Invalid, NotFound
from shared.locking import lock_by_id, lock_rows
from shared.outbox.writing import post_many
from shared.tenancy import context_of, tenant_of

KIND = "sync.conflict"
# Jobs: one asks about the conflicts that a run has opened, the other is told how an asking went.
ASK, ASKED = "sync.ask_about_conflicts", "sync.approval_asked"
AT_ONCE = 200
MOST_TEXT, MOST_TITLE = 1000, 200


def ask(session: Session, pipeline: str, *, public_url: str) -> int:
    """Asks about open conflicts that nobody was asked about yet; how many, call again while there are any."""
    waiting = select(SyncConflict).where(
        SyncConflict.tenant_id == tenant_of(session),
        SyncConflict.pipeline == pipeline,
        SyncConflict.status == "open",
        SyncConflict.approval_asked_at.is_(None),
    )
    found = lock_rows(session, waiting.limit(AT_ONCE), skip_locked=True)
    letters = [
        ask_for_approval(
            _approval(conflict, public_url),
            reply={"kind": ASKED, "queue": "sync", "payload": {"conflict": conflict.id}},
        )
        for conflict in found
    ]
    post_many(session, Outbox, letters)
    if found:
        # No change of the conflict itself: its version stays.
        mine = (SyncConflict.tenant_id == tenant_of(session), SyncConflict.id.in_([one.id for one in found]))
        marked = update(SyncConflict).where(*mine).values(approval_asked_at=func.now())
        session.execute(marked, execution_options={"synchronize_session": False})
    return len(found)


def asked(session: Session, conflict_id: int, told: Mapping[str, Any]) -> None:
    """Notes which approval a conflict waits for; it stays open where workflow took none."""
    found = lock_by_id(session, SyncConflict, [conflict_id])
    if not found or told["status"] != "delivered":
        return
    (conflict,) = found
    conflict.approval_id = (told["answer"]["body"] or {}).get("id")
    session.flush()
    if conflict.status != "open":
        withdraw(session, [conflict])


def decide(session: Session, conflict_id: int, decision: Mapping[str, Any]) -> SyncConflict:
    """What workflow has decided; the same again changes nothing.

    Raises NotFound, ApprovalMismatch, ConflictResolved, TargetChanged, Invalid.
    """
    found = lock_by_id(session, SyncConflict, [conflict_id])
    if not found:
        raise NotFound("There is no such sync conflict.")
    (conflict,) = found
    if conflict.approval_id not in (None, decision["approval_id"]):
        raise ApprovalMismatch("This conflict waits for another approval.", approval_id=conflict.approval_id)
    resolution = _resolution(decision)
    is_over = conflict.status != "open"
    if conflict.status == "obsolete" or (is_over and decision["decision"] != "approved"):
        return conflict  # also what comes of a withdrawal
    conflict.approval_id = decision["approval_id"]
    session.flush()
    actor = decision.get("person") or context_of(session).actor
    verdicts = resolve_many(session, [conflict_id], Decision(resolution, by_approval=True), actor=actor)
    refusal = verdicts[conflict_id].refusal
    if refusal is not None:
        raise refusal
    return conflict


def _resolution(decision: Mapping[str, Any]) -> str:
    try:
        return resolution_of(decision["decision"], decision.get("option"))
    except KeyError:
        text = f"An approval takes one of: {', '.join(OPTIONS)}."
        raise Invalid.field("/option", "unknown_option", text) from None


def _approval(conflict: SyncConflict, public_url: str) -> dict[str, Any]:
    address = f"{public_url.rstrip('/')}/api/sync/v1/conflicts/{conflict.id}"
    names = conflict.differing_fields
    fields = {
        name: {"source": _short(conflict.source_values.get(name)), "target": _short(conflict.target_values.get(name))}
        for name in names
    }
    return {
        "kind": KIND,
        "title": f"{conflict.pipeline}: {conflict.key} was changed on both sides"[:MOST_TITLE],
        "summary": f"The source and a person have changed {', '.join(names)} of the {conflict.table_name}.",
        "payload": {
            "pipeline": conflict.pipeline,
            "table": conflict.table_name,
            "key": conflict.key,
            "fields": fields,
            "link": address,
        },
        "payload_classes": {"fields": "personal" if _is_personal(conflict.table_name, names) else "internal"},
        "options": list(OPTIONS),
        "external_ref": str(conflict.id),
        "callback_url": f"{address}/decision",
    }


def _is_personal(table: str, names: list[str]) -> bool:
    target = TARGETS.get(table)
    classes = {} if target is None else classes_of(target.table)
    return target is None or any(classes.get(name) in ("personal", "secret") for name in names)


def _short(value: Any) -> Any:
    return value[:MOST_TEXT] if isinstance(value, str) else value
