"""Changes of one string: a detail more or less, a value given up, another parent, custom fields, values sent down."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.settings import run_options
from services.propagation.errors import RegenerationDisabled
from services.propagation.models import AuditEvent, Detail, Dimension, String, StringVersion, Submission
from services.propagation.operations.choices import refusal
from services.propagation.operations.details import TEXT, VALUE, confirm, demand_success
from services.propagation.operations.references import demand_reference
from services.propagation.operations.runs import impact
from services.propagation.operations.runs.preparing import Prepared, prepare, settings_for
from services.propagation.operations.runs.request import Environment, Item, ItemKind, RunRequest
from services.propagation.operations.runs.running import Result, execute, preview
from services.propagation.queries.strings import find_parent
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.errors import Invalid
from shared.tenancy import context_of, tenant_of

POINTERS = {ItemKind.MOVE: "/parent", ItemKind.SET: "/custom_fields", ItemKind.RESEND: "/dimensions"}


def run(session: Session, request: RunRequest, environment: Environment) -> Result:
    """Carries out a request for one string.

    Raises RunFailed if the string itself cannot change, RolledBack if one below cannot and the request asked for all
    or nothing, ConfirmationRequired in prompt mode.
    """
    request = confirm(session, request, request.options.get("confirm_token"), environment)
    result = execute(session, request, environment)
    _demand_possible(result.prepared)
    demand_success(session, result, {})
    return result


def dry_run(session: Session, request: RunRequest, environment: Environment) -> dict[str, Any]:
    """What the request would do. Refused for the same faults; what fails in the plan is shown instead."""
    prepared = prepare(session, request, environment)
    _demand_possible(prepared)
    return impact.analysis(session, prepared, preview(session, prepared, environment), environment)


def new_detail(session: Session, body: Mapping[str, Any], options: dict[str, Any]) -> RunRequest:
    """Raises Invalid for an unknown string or dimension."""
    demand_reference(session, String, body["string"], "/string")
    demand_reference(session, Dimension, body["dimension"], "/dimension")
    item = Item(
        0,
        value_id=body.get(VALUE),
        text=body.get(TEXT),
        own=bool(body.get("own")),
        kind=ItemKind.ADD,
        string_id=body["string"],
        key=body["dimension"],
    )
    return RunRequest("detail_create", (item,), options, is_single=True)


def removal(detail: Detail, options: dict[str, Any], *, is_bound: bool) -> RunRequest:
    """With `is_bound` only as long as the detail has the version that it has now."""
    item = Item(0, detail.id, kind=ItemKind.REMOVE, version=detail.version if is_bound else None)
    return RunRequest("detail_delete", (item,), options, is_single=True)


def reset(detail: Detail, options: dict[str, Any], *, is_bound: bool) -> RunRequest:
    """With `is_bound` only as long as the detail has the version that it has now."""
    item = Item(0, detail.id, kind=ItemKind.RESET, version=detail.version if is_bound else None)
    return RunRequest("detail_update", (item,), options, is_single=True)


def bound(request: RunRequest, string: String) -> RunRequest:
    """The same request, only as long as the string has the version that it has now."""
    seen = Item(len(request.items), kind=ItemKind.SEEN, string_id=string.id, version=string.version)
    return replace(request, items=(*request.items, seen)) if request.items else request


def string_change(
    session: Session, string: String, body: Mapping[str, Any], options: dict[str, Any], *, version: int | None = None
) -> RunRequest:
    """A new parent and custom fields; what the string has already is not asked for. With `version` only as long as
    the string has that one. Raises Invalid."""
    demand_reference(session, Submission, body.get("submission_id"), "/submission")
    parent_id = _wanted_parent(session, string, body)
    is_moved = parent_id != string.parent_id
    items = [Item(0, kind=ItemKind.MOVE, string_id=string.id, parent_id=parent_id)] if is_moved else []
    for key, value in (body.get("custom_fields") or {}).items():
        items.append(Item(len(items), kind=ItemKind.SET, string_id=string.id, key=key, value=value))
    if items and version is not None:
        items.append(Item(len(items), kind=ItemKind.SEEN, string_id=string.id, version=version))
        items = [replace(item, update=0) for item in items]
    return RunRequest("parent_change" if is_moved else "string_update", tuple(items), options, is_single=True)


def _wanted_parent(session: Session, string: String, body: Mapping[str, Any]) -> int | None:
    if body.get("parent_uuid") is None:
        parent_id: int | None = body.get("parent_id", string.parent_id)
        return parent_id
    found = find_parent(session, body.get("parent_id"), body["parent_uuid"])
    if found is None:
        raise Invalid.field("/parent_uuid", "not_found", "There is no such parent.")
    return found.id


def file_under(session: Session, string: String, submission_id: int | None, result: Result) -> None:
    """Puts a string into a submission, beside whatever the run has done to it."""
    if submission_id == string.submission_id:
        return
    is_versioned = any(change.string_id == string.id for change in result.applied.changes)
    version = session.scalar(
        update(String)
        .where(String.tenant_id == string.tenant_id, String.id == string.id)
        .values(submission_id=submission_id, version=String.version + int(not is_versioned))
        .returning(String.version)
        .execution_options(synchronize_session=False)
    )
    before, after = {"submission": string.submission_id}, {"submission": submission_id}
    if not is_versioned:
        _write_version(session, string, version, before, after)
    record(
        session,
        AuditEvent,
        action="string.updated",
        entity_type="string",
        entity_id=string.id,
        event_type=EventType.UPDATED,
        changes={"submission": [string.submission_id, submission_id]},
    )


def propagation(
    session: Session, string: String, body: Mapping[str, Any], options: dict[str, Any], environment: Environment
) -> RunRequest:
    """Makes the name of the string again and sends chosen details down. Raises RegenerationDisabled, Invalid."""
    if not run_options(settings_for(session, environment, options)).regenerate:
        raise RegenerationDisabled("Regeneration is switched off.")
    again = Item(0, kind=ItemKind.REGENERATE, string_id=string.id)
    dimensions = _dimensions(session, string, body)
    sent = [
        Item(index, kind=ItemKind.RESEND, string_id=string.id, key=dimension_id)
        for index, dimension_id in enumerate(dimensions, start=1)
    ]
    return RunRequest(
        "manual_propagation",
        (again, *sent),
        options,
        is_single=True,
        direct_type="regeneration",
        is_forced=True,
    )


def _dimensions(session: Session, string: String, body: Mapping[str, Any]) -> Sequence[int]:
    """Those asked for, all, or those that have not reached everyone."""
    own = select(Detail.dimension_id).where(Detail.tenant_id == string.tenant_id, Detail.string_id == string.id)
    asked = body.get("dimensions")
    if asked is None:
        rows = own if body["all"] else own.where(Detail.pending_since.is_not(None))
        return session.scalars(rows.order_by(Detail.dimension_id)).all()
    held = set(session.scalars(own))
    for place, dimension_id in enumerate(asked):
        if dimension_id not in held:
            raise Invalid.field(f"/dimensions/{place}", "not_found", "The string has no detail for this dimension.")
    return list(dict.fromkeys(asked))


def _demand_possible(prepared: Prepared) -> None:
    kinds = {item.index: item.kind for item in prepared.request.items}
    for index, failure in sorted(prepared.refused.items()):
        raise refusal(failure, _pointer(kinds[index], failure, prepared.request))


def _pointer(kind: str, failure: Failure, request: RunRequest) -> str | None:
    if request.direct_type == "rollback":
        return "/version"
    if kind == ItemKind.ADD:
        if failure.code == "already_exists":
            return "/dimension"
        return f"/{TEXT if request.items[0].text is not None else VALUE}"
    return POINTERS.get(ItemKind(kind))


def _write_version(
    session: Session, string: String, version: int | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    session.execute(
        insert(StringVersion).values(
            tenant_id=tenant_of(session),
            string_id=string.id,
            version=version,
            value_before=string.value,
            value=string.value,
            details_before=dict(before),
            details=dict(after),
            change_type="direct_edit",
            modified_by=context_of(session).actor,
        )
    )
