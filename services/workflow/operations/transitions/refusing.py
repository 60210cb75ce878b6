"""A refused attempt of one item becomes an answer; its rows are written after the rollback."""

from typing import NoReturn

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.results import Result
from services.workflow.errors import Denied, TransitionRefused
from services.workflow.operations.denials import Attempt
from services.workflow.operations.transitions import recording
from services.workflow.operations.transitions.checked import Checked
from services.workflow.operations.transitions.lifecycle import Lifecycle
from services.workflow.operations.transitions.recording import Timing
from shared.db import keep_on_rollback
from shared.errors import FieldError


def refuse(
    session: Session, lifecycle: Lifecycle, item: Checked, result: Result, ask: Ask, *, timing: Timing
) -> NoReturn:
    """Raises what the result says: VersionConflict, Denied or TransitionRefused."""
    if item.conflict is not None:
        _keep(session, lifecycle, item, ask, timing)
        raise item.conflict
    if result.missing_permissions:
        _deny(lifecycle, item, result, ask, timing)
    _keep(session, lifecycle, item, ask, timing)
    first = next(found for found in result.errors if found.status == result.status)
    members = {name: value for found in result.errors for name, value in found.members.items()}
    raise TransitionRefused(
        result.error_message or "",
        code=first.code,
        status=result.status,
        errors=[FieldError(found.pointer, found.code, found.detail) for found in result.errors],
        **_told(result),
        **members,
    )


def _deny(lifecycle: Lifecycle, item: Checked, result: Result, ask: Ask, timing: Timing) -> NoReturn:
    """The denial's audit row is also that of the attempt."""
    assert item.verdict is not None
    assert item.verdict.edge is not None
    attempt = Attempt(
        action=f"{lifecycle.entity}.{item.verdict.edge.verb}",
        required=result.required_permissions,
        detail=result.error_message or "",
        entity=lifecycle.entity,
        entity_id=item.row.id,
        beside=lambda kept, audit_id: recording.record_refusal(
            kept, lifecycle, item, ask, audit_id=audit_id, timing=timing
        ),
    )
    raise Denied(result.missing_permissions, result.error_message, attempt=attempt, **_told(result))


def _keep(session: Session, lifecycle: Lifecycle, item: Checked, ask: Ask, timing: Timing) -> None:
    keep_on_rollback(
        session,
        lambda kept: recording.record_refusal(kept, lifecycle, item, ask, audit_id=None, timing=timing),
    )


def _told(result: Result) -> dict[str, object]:
    told = result.as_dict()
    names = ("from_state", "to_state", "allowed_targets", "required_permissions", "missing_permissions", "warnings")
    return {name: told[name] for name in names}
