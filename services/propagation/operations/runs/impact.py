"""A plan as people see it: the strings that would change, what stands in the way, how long it takes, and a token that
says "exactly this"."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.propagation.domain.estimate import MeasuredRun, estimate
from services.propagation.domain.plan import Change, Move
from services.propagation.domain.values import Detail, Key, unpacked
from services.propagation.errors import ConfirmationMismatch, ConfirmationStale
from services.propagation.models import Dimension, Job
from services.propagation.operations.runs.job_rows import KIND
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Environment, Item, ItemKind
from services.propagation.operations.runs.tally import LISTED, Tally
from shared.tenancy import tenant_of

TOKEN_SECONDS = 24 * 3600
MEASURED_RUNS = 20


def analysis(session: Session, prepared: Prepared, tally: Tally, environment: Environment) -> dict[str, Any]:
    """The `impact_analysis` of a preview or dry run."""
    tally = tally.shown(regenerate=prepared.options.regenerate)
    names = _dimension_names(session, (move.key for change in tally.changes for move in change.moves))
    children = _affected_children(tally.changes)
    return {
        "affected_strings": [_affected(change, tally, names, children) for change in tally.changes],
        "affected_strings_truncated": tally.affected > len(tally.changes),
        "warnings": [*_refusals(prepared), *_left_out(tally), *_many_children(tally), *_disabled(prepared)],
        "conflicts": [
            {
                "string_id": conflict.string_id,
                "type": "duplicate_value",
                "message": conflict.message,
                "conflicting_string_id": conflict.conflicting_string_id,
                "value": conflict.value,
                "severity": "high",
            }
            for conflict in tally.conflicts
        ],
        "summary": summary(session, prepared, tally),
        "confirm_token": confirm_token(session, prepared, tally, environment),
        "expires_at": datetime.now(UTC) + timedelta(seconds=TOKEN_SECONDS),
    }


def summary(session: Session, prepared: Prepared, tally: Tally) -> dict[str, Any]:
    in_background = tally.total >= prepared.options.background_threshold
    method = "background" if in_background else "synchronous"
    guess = estimate(tally.affected, tally.max_depth, runs=measured_runs(session, method))
    return {
        "total_affected": tally.affected,
        "by_level": {str(level): count for level, count in sorted(tally.by_level.items())},
        "failed": tally.failed + len(prepared.refused),
        "skipped": tally.skipped,
        "max_depth": tally.max_depth,
        "requested_max_depth": prepared.options.max_depth,
        "truncated": tally.truncated,
        "estimated_duration": guess.text,
        "estimated_seconds": guess.seconds,
        "estimate_basis": guess.basis,
        "processing_method": method,
        "requires_background": in_background,
    }


def measured_runs(session: Session, method: str) -> list[MeasuredRun]:
    """The workspace's last finished runs of this method, oldest first."""
    methods = ["synchronous"] if method == "synchronous" else ["background", "chunked"]
    seconds = func.extract("epoch", Job.completed_at - Job.started_at)
    found = session.execute(
        select(Job.processed, seconds)
        .where(
            Job.tenant_id == tenant_of(session),
            Job.parent_id.is_(None),
            Job.kind == KIND,  # imports, analyses and name checks count other things
            Job.status.in_(["completed", "partial_failure"]),
            Job.processing_method.in_(methods),
            Job.processed > 0,
        )
        .order_by(Job.created_at.desc())
        .limit(MEASURED_RUNS)
    ).all()
    return [MeasuredRun(strings, max(float(taken), 0.001)) for strings, taken in reversed(found)]


def _dimension_names(session: Session, keys: Iterable[Key]) -> dict[Key, str]:
    wanted = {key for key in keys if isinstance(key, int)}
    found = select(Dimension.id, Dimension.name).where(
        Dimension.tenant_id == tenant_of(session), Dimension.id.in_(wanted)
    )
    return {dimension_id: name for dimension_id, name in session.execute(found)}


def _affected_children(changes: Iterable[Change]) -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for change in changes:
        if change.parent_id is not None:
            children.setdefault(change.parent_id, []).append(change.string_id)
    return children


def _affected(
    change: Change, tally: Tally, names: Mapping[Key, str], children: Mapping[int, list[int]]
) -> dict[str, Any]:
    fields = sorted({field_of(move) for move in change.moves} | ({"parent"} if _is_moved(change) else set()))
    return {
        "string_id": change.string_id,
        "string_value": change.value_before,
        "new_value": change.value,
        "value_changed": change.value != change.value_before,
        "field_level": change.node.level,
        "parent_id": change.parent_id,
        "level": change.level,
        "path": _path(change.string_id, tally.parents),
        "change_type": change.change_type,
        "changed_fields": fields,
        "changes": [shown_move(move, names) for move in change.moves],
        "children": children.get(change.string_id, []),
    }


def _is_moved(change: Change) -> bool:
    return change.parent_id != change.node.parent_id


def _path(string_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """From the topmost string of the walk down to this one."""
    path = [string_id]
    above = parents.get(string_id)
    while above is not None and above in parents and above not in path:
        path.append(above)
        above = parents.get(above)
    return path[::-1]


def field_of(move: Move) -> str:
    """`dimension_value`, `dimension_value_freetext` or `custom_fields`."""
    if isinstance(move.key, str):
        return "custom_fields"
    sides = [side for side in (move.after, move.before) if side is not None and not side.value.is_empty]
    return "dimension_value" if sides and sides[0].value.value_id is not None else "dimension_value_freetext"


def shown_move(move: Move, names: Mapping[Key, str]) -> dict[str, Any]:
    field = field_of(move)
    return {
        "dimension": move.key,
        "dimension_name": names.get(move.key, move.key),
        "field": field,
        "old": _stored(move.before, field),
        "new": _stored(move.after, field),
        "old_display": _displayed(move.before, field),
        "new_display": _displayed(move.after, field),
    }


def _displayed(detail: Detail | None, field: str) -> Any:
    return _stored(detail, field) if field == "custom_fields" or detail is None else detail.value.effective


def _stored(detail: Detail | None, field: str) -> Any:
    if detail is None:
        return None
    if field == "custom_fields":
        return unpacked(detail.value.text)
    return detail.value.value_id if field == "dimension_value" else detail.value.text


def _refusals(prepared: Prepared) -> list[dict[str, Any]]:
    return [
        {
            "type": str(failure.error_type) if index in prepared.targets else failure.code,
            "code": failure.code,
            "message": failure.message,
            "severity": "high",
            "string_id": prepared.targets[index].string_id if index in prepared.targets else None,
            "index": index,
        }
        for index, failure in sorted(prepared.refused.items())
    ]


def _left_out(tally: Tally) -> list[dict[str, Any]]:
    return [
        {
            "type": str(left.failure.error_type),
            "code": left.failure.code,
            "message": left.failure.message,
            "severity": "high",
            "string_id": left.node.id,
        }
        for left in tally.left_out[:LISTED]
        if left.failure.conflicting_string_id is None
    ]


def _many_children(tally: Tally) -> list[dict[str, Any]]:
    return [
        {
            "type": "many_children",
            "message": f"The string {warning.string_id} has {warning.children} children.",
            "severity": warning.severity,
            "string_id": warning.string_id,
        }
        for warning in tally.warnings
    ]


def _disabled(prepared: Prepared) -> list[dict[str, Any]]:
    if prepared.options.regenerate:
        return []
    message = "Regeneration is switched off: values are stored, names stay as they are and become stale."
    return [{"type": "regeneration_disabled", "message": message, "severity": "high"}]


def confirm_token(session: Session, prepared: Prepared, tally: Tally, environment: Environment) -> str:
    """Signed; bound to the workspace, the changes and options asked for, and the versions of all that the plan saw."""
    return _serializer(environment).dumps(
        {"tenant": str(tenant_of(session)), "asked": asked(prepared), "seen": tally.seen}
    )


def asked(prepared: Prepared) -> str:
    """Digest of what the request wants, the same for a preview and the call that carries it out."""
    items = (target.item for target in prepared.targets.values() if target.item.kind != ItemKind.SEEN)
    wanted = sorted(orjson.dumps(_asked(item)).decode() for item in items)
    options = {
        "depth": prepared.options.max_depth,
        "propagate": prepared.options.propagate,
        "error_handling": str(prepared.options.error_handling),
        "regenerate": prepared.options.regenerate,
        "rules": {str(key): str(rule) for key, rule in sorted(prepared.scope.rules.items(), key=str)},
    }
    return hashlib.sha256(orjson.dumps([wanted, options, prepared.request.edit])).hexdigest()


def _asked(item: Item) -> list[Any]:
    """Without the place in the request and what only guards it."""
    return [
        *(item.detail_id, item.value_id, item.text or None, item.own, item.is_new_value),
        *(item.kind, item.string_id, item.key, item.value, item.parent_id),
    ]


def read_token(session: Session, token: str, prepared: Prepared, environment: Environment) -> str:
    """Digest of what the preview saw. Raises ConfirmationMismatch for a token of other changes, options or tenants."""
    try:
        content = _serializer(environment).loads(token, max_age=TOKEN_SECONDS)
    except BadData as failure:
        raise ConfirmationMismatch("This confirm token is not one of ours, or has expired.") from failure
    if content["tenant"] != str(tenant_of(session)) or content["asked"] != asked(prepared):
        raise ConfirmationMismatch("This confirm token is for other changes or options.")
    return str(content["seen"])


def outdated(session: Session, prepared: Prepared, tally: Tally, environment: Environment) -> ConfirmationStale:
    """The refusal of a token for a picture that is not the present one, with the present one and its token."""
    shown = analysis(session, prepared, tally, environment)
    return ConfirmationStale(
        "What the preview showed has changed since; look again.",
        impact_analysis=shown,
        confirm_token=shown["confirm_token"],
        expires_at=shown["expires_at"],
    )


def _serializer(environment: Environment) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(environment.signing_key, salt="confirm")
