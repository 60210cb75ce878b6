"""Runs that wait for an approval: workflow is asked through the outbox, and its callback starts or drops the run.

Such a run is a pending job that no worker takes before it is approved; what was shown is applied then, or nothing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy.orm import Session

from services.propagation.clients import ask_for_approval, withdraw_approval
from services.propagation.errors import AlreadyDecided, ApprovalMismatch
from services.propagation.models import AuditEvent, Job, Outbox
from services.propagation.operations.runs import impact, job_rows
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.tally import Tally
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.errors import NotFound
from shared.jobs import operations
from shared.jobs.doorbell import ring
from shared.jobs.errors import JobFinished
from shared.jobs.lease import clock
from shared.jobs.step import tell
from shared.outbox.writing import post
from shared.tenancy import context_of

# The job that is told how the asking went.
ASKED = "propagation.approval_asked"
ROWS_SHOWN, PAYLOAD_BYTES = 50, 60_000
# The callback may be late; after that a worker takes the run and drops it.
GRACE = timedelta(hours=1)
ENDS = {
    "rejected": "The run was rejected.",
    "expired": "Nobody decided in time.",
    "cancelled": "The request for approval was withdrawn.",
    "unanswered": "No decision came.",
    "not_asked": "The approval could not be asked for.",
}


def ask(session: Session, prepared: Prepared, tally: Tally, environment: Environment) -> Job:
    """A pending run of exactly this plan, and the letter that asks for its approval."""
    shown = impact.analysis(session, prepared, tally, environment)
    expires_at: datetime = shown["expires_at"]
    prepared.request = replace(prepared.request, confirmed=tally.seen)
    job = job_rows.submit(session, prepared, environment, total=tally.total, run_at=expires_at + GRACE)
    _note(job, approval_id=None, decision=None, expires_at=expires_at.isoformat())
    reply = {"kind": ASKED, "queue": "propagation_light", "payload": {"run": str(job.id)}}
    post(session, Outbox, ask_for_approval(_approval(job, shown, environment), reply=reply))
    _audit(session, job, "job.approval_requested")
    return job


def asked(session: Session, job_id: uuid.UUID, told: Mapping[str, Any]) -> None:
    """What came of the asking: the approval's number, or a run that will never be approved."""
    job = operations.find(session, Job, job_id, lock=True)
    if told["status"] != "delivered":
        if not job.is_ended and _approval_of(job)["decision"] is None:
            _end(session, job, "not_asked", reason=told["reason"])
        return
    _note(job, approval_id=(told["answer"]["body"] or {}).get("id"))
    if job.is_ended:
        withdraw(session, job)


def decide(session: Session, job_id: uuid.UUID, decision: Mapping[str, Any]) -> Job:
    """Starts an approved run, drops it otherwise; the same decision again changes nothing.

    Raises NotFound for a run that waits for no approval, AlreadyDecided, ApprovalMismatch, JobFinished.
    """
    job = operations.find(session, Job, job_id, lock=True)
    approval = _approval_of(job)
    known, word = approval["approval_id"], decision["decision"]
    if known not in (None, decision["approval_id"]):
        raise ApprovalMismatch("This run waits for another approval.", approval_id=known)
    if approval["decision"] == word:
        return job
    if approval["decision"] is not None:
        raise AlreadyDecided("This run was decided already.", decision=approval["decision"])
    if job.is_ended:
        raise JobFinished("The run has ended already.", status_of_job=job.status)
    # The decision has an id of its own, and tells which story it continues.
    session.info["context"] = replace(context_of(session), origin_correlation_id=job.correlation_id)
    said = {name: decision.get(name) for name in ("person", "comments")}
    _note(job, approval_id=decision["approval_id"], decision=word, **said)
    if word == "approved":
        job.run_at = clock(session)
        session.flush()
        ring(session)
        _audit(session, job, "job.approved", **said)
    else:
        _end(session, job, word, **said)
    return job


def is_unanswered(job: Job) -> bool:
    """Whether the run waited for an approval that never came."""
    approval = job.metadata_.get("approval")
    return approval is not None and approval["decision"] != "approved"


def drop_unanswered(session: Session, job: Job) -> dict[str, str]:
    """The error with which such a run ends."""
    _audit(session, job, "job.dropped", decision="unanswered")
    return {"code": "approval_unanswered", "detail": ENDS["unanswered"]}


def withdraw(session: Session, job: Job) -> None:
    """Nobody needs to decide on a run that was cancelled here."""
    approval = job.metadata_.get("approval") or {}
    if job.status == "cancelled" and approval.get("approval_id") and approval["decision"] is None:
        post(session, Outbox, withdraw_approval(approval["approval_id"], external_ref=str(job.id)))


def _end(session: Session, job: Job, word: str, **said: Any) -> None:
    job.status, job.completed_at = "cancelled", clock(session)
    job.error = {"code": f"approval_{word}", "detail": ENDS[word]}
    session.flush()
    tell(session, job, job, "state")
    _audit(session, job, "job.dropped", decision=word, **said)


def _approval_of(job: Job) -> dict[str, Any]:
    found: dict[str, Any] | None = job.metadata_.get("approval")
    if found is None:
        raise NotFound("This run waits for no approval.")
    return found


def _note(job: Job, **what: Any) -> None:
    job.metadata_ = job.metadata_ | {"approval": (job.metadata_.get("approval") or {}) | what}


def _approval(job: Job, shown: Mapping[str, Any], environment: Environment) -> dict[str, Any]:
    count, levels = shown["summary"]["total_affected"], len(shown["summary"]["by_level"])
    address = f"{environment.public_url}/api/propagation/v1/jobs/{job.id}"
    names = f"{count} name{'s' if count != 1 else ''}"
    return {
        "kind": job_rows.KIND,
        "title": f"{names} would change",
        "summary": f"{job.triggered_by_name} asks for a run ({job.trigger_type}) over {names} on {levels} levels.",
        "payload": _payload(shown, address),
        "payload_classes": {"rows": "internal", "summary": "internal", "link": "internal"},
        "external_ref": str(job.id),
        "expires_at": shown["expires_at"].isoformat(),
        "on_expiry": "expire",
        "callback_url": f"{address}/decision",
    }


def _payload(shown: Mapping[str, Any], link: str) -> dict[str, Any]:
    """The first rows of the preview, as many as an approval takes."""
    rows = [
        {"string_id": row["string_id"], "level": row["level"], "before": row["string_value"], "after": row["new_value"]}
        for row in shown["affected_strings"][:ROWS_SHOWN]
    ]
    payload = {"summary": shown["summary"], "rows": rows, "link": link}
    while rows and len(orjson.dumps(payload)) > PAYLOAD_BYTES:
        del rows[-5:]
    return payload


def _audit(session: Session, job: Job, action: str, **metadata: Any) -> None:
    record(
        session,
        AuditEvent,
        action=action,
        entity_type="job",
        entity_id=str(job.id),
        event_type=EventType.STATE_CHANGED,
        metadata={name: value for name, value in metadata.items() if value is not None} or None,
    )
