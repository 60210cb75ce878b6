"""Another attempt at one error: the string that failed and what is below it, planned from the data as they are now."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.propagation.domain.failures import ErrorType
from services.propagation.domain.settings import run_options
from services.propagation.domain.values import Key
from services.propagation.errors import NotRetryable, RegenerationDisabled, RetryLimitReached
from services.propagation.models import Detail, Job, RunError, String, StringVersion
from services.propagation.operations.runs.codec import detail_key
from services.propagation.operations.runs.preparing import prepare, settings_for
from services.propagation.operations.runs.request import Environment, Item, ItemKind, RunRequest
from services.propagation.operations.runs.running import Result, execute
from services.propagation.operations.runs.settling import LIMIT, resolve
from shared.tenancy import context_of, tenant_of

RETRIED, SUPERSEDED, OBSOLETE = "retried", "superseded", "obsolete"


@dataclass
class Retried:
    """`result` is None where the error was closed without a run."""

    message: str
    result: Result | None = None


def retry(session: Session, error: RunError, environment: Environment) -> Retried:
    """Raises NotRetryable, RetryLimitReached, RegenerationDisabled. Of two at once the second sees the first's work."""
    session.refresh(error, with_for_update=True)
    if not error.resolved and error.retry_count >= LIMIT:
        raise RetryLimitReached(f"This error was tried again {LIMIT} times.", retry_count=error.retry_count)
    if error.resolved or not error.is_retryable:
        raise NotRetryable("This error cannot be tried again.", resolved=error.resolved)
    old = session.get_one(Job, (error.tenant_id, error.job_id))
    request = _request(session, error, old)
    if not run_options(settings_for(session, environment, request.options)).regenerate:
        raise RegenerationDisabled("Regeneration is switched off.")
    closing = _closing(session, error, request, environment)
    if closing is not None:
        resolve(session, error, closing, actor=context_of(session).actor, name=context_of(session).actor_name)
        return Retried(f"There is nothing to try again: {closing}.")
    error.retry_count += 1
    error.is_retryable = error.retry_count < LIMIT
    session.flush()
    result = execute(session, request, environment)
    session.refresh(error)
    return Retried(f"attempt {error.retry_count} of {LIMIT}", result)


def _request(session: Session, error: RunError, old: Job) -> RunRequest:
    """The failed part of the run, for the same options: what was asked of the string, or what comes from above."""
    packed = old.metadata_.get("request")
    asked = RunRequest.from_json(packed) if packed else RunRequest("retry", ())
    if asked.undo_of is not None:
        raise NotRetryable("Take the run back again instead.", resolved=False)
    level = error.context_data.get("level") or 0
    items = own = _own_items(session, error, asked)
    is_late = error.error_type == ErrorType.TIMEOUT
    if is_late or not own:
        named = set(_keys(session, own))
        items = [*own, *(item for item in _from_above(session, error, asked) if item.key not in named)]
    return replace(
        asked,
        trigger="retry",
        items=tuple(replace(item, index=index, update=_first_of(item)) for index, item in enumerate(items)),
        options=_options(asked.options, level, old),
        is_single=False,
        is_forced=is_late or not own,
        edit=None,
        retry_of=str(old.id),
        error_id=error.id,
        confirmed=None,
    )


def _first_of(item: Item) -> int | None:
    """All that was asked of one string comes first, and together."""
    return None if item.update is None else 0


def _options(options: Mapping[str, Any], level: int, old: Job) -> dict[str, Any]:
    """The depth counts from the string that was named; what is left of it starts here. A person has seen this run."""
    kept = {name: value for name, value in options.items() if name not in ("propagation_depth", "confirm_token")}
    return kept | {"max_depth": max(1, old.max_depth - level)}


def _own_items(session: Session, error: RunError, asked: RunRequest) -> list[Item]:
    details = {item.detail_id for item in asked.items if item.detail_id}
    of_string = select(Detail.id).where(
        Detail.tenant_id == tenant_of(session), Detail.string_id == error.string_id, Detail.id.in_(details)
    )
    here = set(session.scalars(of_string)) if details and error.string_id else set()
    return [
        item
        for item in asked.items
        if item.detail_id in here
        or (item.detail_id and item.detail_id == error.string_detail_id)
        or (item.string_id and item.string_id == error.string_id)
    ]


def _from_above(session: Session, error: RunError, asked: RunRequest) -> list[Item]:
    """What would have arrived; a subtree that was not reached in time gets what its top holds already."""
    if error.string_id is None:
        return []
    if asked.edit is not None:
        return [Item(0, kind=ItemKind.REGENERATE, string_id=error.string_id)]
    held = {
        dimension_id: is_inherited
        for dimension_id, is_inherited in session.execute(
            select(Detail.dimension_id, Detail.is_inherited).where(
                Detail.tenant_id == tenant_of(session), Detail.string_id == error.string_id
            )
        )
    }
    is_moved = any(item.kind == ItemKind.MOVE for item in asked.items)
    keys = (not is_moved and _keys(session, asked.items)) or [key for key, is_inherited in held.items() if is_inherited]
    is_late = error.error_type == ErrorType.TIMEOUT
    kinds = {key: ItemKind.RESEND if is_late and key in held else ItemKind.ENTER for key in keys}
    return [Item(0, kind=kind, string_id=error.string_id, key=key) for key, kind in kinds.items()]


def _keys(session: Session, items: Iterable[Item]) -> list[Key]:
    """The keys that these items move, as far as they can still be said."""
    items = list(items)
    details = [item.detail_id for item in items if item.detail_id]
    named: list[Key] = [item.key for item in items if item.key is not None]
    rows = select(Detail.dimension_id).where(Detail.tenant_id == tenant_of(session), Detail.id.in_(details)).distinct()
    return [*named, *(session.scalars(rows) if details else ())]


def _closing(session: Session, error: RunError, request: RunRequest, environment: Environment) -> str | None:
    """The resolution of an error that another attempt is not for."""
    if not request.items or not _exists(session, error):
        return OBSOLETE
    prepared = prepare(session, request, environment)
    codes = {failure.code for failure in prepared.refused.values()}
    if "changed_since" in codes or _is_changed(session, error, [key for key in prepared.keys if key]):
        return SUPERSEDED
    return OBSOLETE if "not_found" in codes else None


def _exists(session: Session, error: RunError) -> bool:
    tenant = tenant_of(session)
    if error.string_id is not None:
        string = select(String.id).where(String.tenant_id == tenant, String.id == error.string_id)
        if session.scalar(string) is None:
            return False
    if error.string_detail_id is None:
        return True
    detail = select(Detail.id).where(Detail.tenant_id == tenant, Detail.id == error.string_detail_id)
    return session.scalar(detail) is not None


def _is_changed(session: Session, error: RunError, keys: Iterable[Key]) -> bool:
    """Whether one of the details has another value than when the string failed."""
    seen = error.context_data.get("version")
    if error.string_id is None or not isinstance(seen, int) or error.error_type == ErrorType.TIMEOUT:
        return False
    later = select(func.count()).where(
        StringVersion.tenant_id == tenant_of(session),
        StringVersion.string_id == error.string_id,
        StringVersion.version > seen,
        StringVersion.details.has_any(cast([detail_key(key) for key in keys], ARRAY(Text))),
    )
    return bool(session.scalar(later))


def job_of(retried: Retried) -> uuid.UUID | None:
    job = retried.result.job if retried.result else None
    return job.id if job is not None else None
