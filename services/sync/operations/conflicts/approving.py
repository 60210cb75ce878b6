"""Conflicts that wait for a decision in workflow: asked for through the outbox, resolved by its signed callback."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Update, func, update
from sqlalchemy.orm import Session

from services.sync.clients.approvals import ask_for_approval, withdraw_approval
from services.sync.domain.conflicts import OPTIONS, resolution_of
from services.sync.errors import ApprovalMismatch
from services.sync.loaders.targets import TARGETS
from services.sync.models import Outbox, SyncConflict
from services.sync.operations.conflicts.resolving import Decision, resolve_many
from services.sync.queries import conflicts as queries
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
    """Withdraws approvals of conflicts that went on without them, and asks about open conflicts that nobody was asked
    about yet; how many, call again while there are any."""
    TARGETS.refresh(session)
    found = lock_rows(session, queries.untold(session, pipeline).limit(AT_ONCE), skip_locked=True)
    letters = [
        withdraw_approval(conflict.former_approval_id, external_ref=str(conflict.id))
        for conflict in found
        if conflict.former_approval_id is not None
    ]
    asking = [one for one in found if one.status == "open" and one.approval_asked_at is None]
    letters += [ask_for_approval(_approval(one, public_url), reply=_reply(one)) for one in asking]
    post_many(session, Outbox, letters)
    # No change of the conflicts themselves: their versions stay.
    plain = {"synchronize_session": False}
    session.execute(_of(session, found).values(former_approval_id=None), execution_options=plain)
    session.execute(_of(session, asking).values(approval_asked_at=func.now()), execution_options=plain)
    return len(found)


def _of(session: Session, conflicts: Sequence[SyncConflict]) -> Update:
    ids = [one.id for one in conflicts]
    return update(SyncConflict).where(SyncConflict.tenant_id == tenant_of(session), SyncConflict.id.in_(ids))


def _reply(conflict: SyncConflict) -> dict[str, Any]:
    asked_in = {"conflict": conflict.id, "round": conflict.approval_round}
    return {"kind": ASKED, "queue": "sync", "payload": asked_in}


def asked(session: Session, conflict_id: int, told: Mapping[str, Any], *, approval_round: int) -> None:
    """Notes which approval a conflict waits for; it stays open where workflow took none. One that was asked for before
    the source went on is withdrawn."""
    found = lock_by_id(session, SyncConflict, [conflict_id])
    if not found or told["status"] != "delivered":
        return
    (conflict,) = found
    approval_id = (told["answer"]["body"] or {}).get("id")
    if conflict.approval_round == approval_round:
        conflict.approval_id = approval_id
        session.flush()
    if approval_id is not None and (conflict.status != "open" or conflict.approval_round != approval_round):
        post_many(session, Outbox, [withdraw_approval(approval_id, external_ref=str(conflict.id))])


def decide(session: Session, conflict_id: int, decision: Mapping[str, Any]) -> SyncConflict:
    """What workflow has decided; the same again changes nothing, nor does what was decided about a former version of
    the row.

    Raises NotFound, ApprovalMismatch, ConflictResolved, TargetChanged, Invalid.
    """
    found = lock_by_id(session, SyncConflict, [conflict_id])
    if not found:
        raise NotFound("There is no such sync conflict.")
    (conflict,) = found
    if decision.get("external_ref") not in (None, conflict.approval_ref):
        return conflict
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
        "external_ref": conflict.approval_ref,
        "callback_url": f"{address}/decision",
    }


def _is_personal(table: str, names: list[str]) -> bool:
    target = TARGETS.get(table)
    classes = {} if target is None else classes_of(target.table)
    return target is None or any(classes.get(name) in ("personal", "secret") for name in names)


def _short(value: Any) -> Any:
    return value[:MOST_TEXT] if isinstance(value, str) else value
