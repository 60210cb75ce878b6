"""Bulk operations of the resources with a lifecycle, all alike."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from typing import Any, cast

import flask
from flask_smorest import Blueprint
from sqlalchemy import Select, select

from services.workflow.config import Settings
from services.workflow.domain.bulk import Pick, TwoVersions, picked, repeated_warning
from services.workflow.errors import FeatureDisabled
from services.workflow.models import Job
from services.workflow.operations.asking import ask_of
from services.workflow.operations.bulk import submitting
from services.workflow.operations.bulk.changing import Assigning, Changing
from services.workflow.operations.bulk.moving import moving
from services.workflow.operations.bulk.running import Call, run
from services.workflow.operations.bulk.works import Work
from services.workflow.operations.entities import Entity, Shortcut
from services.workflow.queries.seeing import seen_by_caller
from services.workflow.routes.access import sees
from services.workflow.routes.contract import is_v1
from services.workflow.routes.items import Items, demand_agreement
from services.workflow.schemas import bulk as schemas
from services.workflow.schemas.jobs import WorkflowJobSchema
from shared.current import current_context, current_session, runtime
from shared.errors import Invalid
from shared.jobs.answers import accepted
from shared.limits import Quota, RateLimited
from shared.tenancy import tenant_of

View = Callable[..., Any]
Body = dict[str, Any]
MakeWork = Callable[[Body], Work]


def register(blueprint: Blueprint, resource: Items) -> None:
    """Adds `<entity>/bulk/<operation>` for all that the entity allows."""
    entity, args = resource.entity, resource.args
    moved = schemas.bulk_schema(schemas.BulkShortcutSchema, args)
    _add(
        blueprint,
        resource,
        "transition",
        schemas.bulk_schema(schemas.BulkTransitionSchema, args),
        partial(_transition, entity),
    )
    for word, shortcut in entity.shortcuts.items():
        _add(blueprint, resource, word, moved, partial(_shortcut, entity, shortcut))
    if entity.assignable:
        _add(blueprint, resource, "assign", schemas.bulk_schema(schemas.BulkAssignSchema, args), _assign)
    if entity.bulk_priority:
        _add(blueprint, resource, "update-priority", schemas.bulk_schema(schemas.BulkPrioritySchema, args), _prioritise)
    if resource.changes is not None:
        fields = entity.editable | entity.editable_by_all
        _add(blueprint, resource, "update", schemas.update_schema(args, resource.changes, fields), _update)


def register_decisions(blueprint: Blueprint, resource: Items) -> None:
    """Adds `approvals/bulk/approve` and `…/reject`: decisions with the option that they may take."""
    schema = schemas.bulk_schema(schemas.BulkDecideSchema, resource.args)
    for word, target in (("approve", "APPROVED"), ("reject", "REJECTED")):
        _add(blueprint, resource, word, schema, partial(_decide, resource.entity, target))


def _decide(entity: Entity, target: str, body: Body) -> Work:
    option = body["option"]
    ask = ask_of(current_session(), body | ({"metadata": {"option": option}} if option else {}))
    return moving(entity, target, ask)


def _transition(entity: Entity, body: Body) -> Work:
    return moving(entity, body["target_state"], ask_of(current_session(), body))


def _shortcut(entity: Entity, shortcut: Shortcut, body: Body) -> Work:
    demand_agreement(body, shortcut.target)
    if shortcut.comments and not (body["comments"] or "").strip():
        raise Invalid.field("/comments", "comments_required", "This needs comments.")
    return moving(entity, shortcut.target, ask_of(current_session(), body))


def _assign(body: Body) -> Work:
    return Assigning(body["assigned_to_user"], body["assigned_to_team"])


def _prioritise(body: Body) -> Work:
    return Changing({"priority": body["priority"]})


def _update(body: Body) -> Work:
    update: schemas.Update = body["update_data"]
    return Changing(update.values, update.unknown)


def _add(
    blueprint: Blueprint, resource: Items, word: str, schema: type[schemas.BulkSchema], make_work: MakeWork
) -> None:
    entity = resource.entity

    @blueprint.route(f"/{entity.path}/bulk/{word}", methods=["POST"], endpoint=f"bulk_{word}")
    @admitted
    @blueprint.arguments(schema)
    @blueprint.response(200, schemas.BulkAnswerSchema)
    @blueprint.alt_response(207, schema=schemas.BulkAnswerSchema, description="Some items failed; the others are done.")
    @blueprint.alt_response(202, schema=WorkflowJobSchema, description="A worker does it.")
    @sees(entity, one=False)
    def change_many(body: Body) -> Any:
        """All or nothing, unless `rollback_on_error` is false; then 409 becomes 207."""
        call = Call(
            entity=entity,
            operation=word,
            work=make_work(body),
            dry_run=body["dry_run"],
            rollback=body["rollback_on_error"],
        )
        return _answer(resource, call, body)


def _answer(resource: Items, call: Call, body: Body) -> Any:
    """At once for what one transaction carries; a job for more, and for every `where`."""
    session, settings = current_session(), _settings()
    if "where" in body:
        if is_v1():
            raise too_many("where", settings.bulk_sync_max_ids)
        found = _found(resource, body["where"])
        return _accepted(submitting.submit_found(session, call, found, at_most=settings.bulk_max_ids))
    place = "ids" if "ids" in body else "items"
    picks, warnings = _picks(place, body[place])
    limit = settings.bulk_sync_max_ids if is_v1() else settings.bulk_max_ids
    if len(picks) > limit:
        raise too_many(place, limit)
    if len(picks) > settings.bulk_sync_max_ids:
        return _accepted(submitting.submit(session, call, picks, warnings=warnings))
    report = run(session, call, picks, warnings=warnings)
    # Past the schema, which would look at each member of each item: the report has its form already.
    return flask.make_response(flask.jsonify(report.as_dict()), report.status)


def _picks(place: str, named: Iterable[tuple[Any, int | None]]) -> tuple[list[Pick], list[str]]:
    """The items, each once, and the warning about repeated ones."""
    try:
        picks, repeated = picked(named)
    except TwoVersions as fault:
        raise Invalid.field(f"/{place}", "versions_differ", f"{place}: {fault}.") from fault
    return picks, [repeated_warning(repeated)] if repeated else []


def _found(resource: Items, where: Mapping[str, Any]) -> Select[int]:
    """Ids of what the list would show with these filters."""
    session, entity = current_session(), resource.entity
    model, filters = entity.model, resource.listing.filters
    chosen = [filters[name](value) for name, value in where.items()]
    mine = (model.tenant_id == tenant_of(session), seen_by_caller(session, model, entity.area))
    return select(model.id).where(*mine, *chosen).order_by(model.id)


def _accepted(job: Job) -> flask.Response:
    _job, status, headers = accepted(job, WorkflowJobSchema)
    answer = flask.jsonify(WorkflowJobSchema().dump(job))
    answer.status_code = status
    answer.headers.extend(headers)
    return answer


def too_many(place: str, limit: int) -> Invalid:
    return Invalid.field(f"/{place}", "too_many_ids", f"{place}: at most {limit} items can be changed by one call.")


def _settings() -> Settings:
    return cast(Settings, runtime().settings)


def admitted(view: View) -> View:
    """Before the body is looked at: whether bulk operations are on at all, and whether the caller had too many."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        settings = _settings()
        if not settings.enable_bulk_operations:
            raise FeatureDisabled("Bulk operations are switched off here.")
        context = current_context()
        quota = Quota("bulk", settings.bulk_rate_limit_per_minute)
        flask.g.verdict = runtime().limiter.check(quota, tenant_id=context.tenant_id, actor=context.actor)
        if not flask.g.verdict.allowed:
            raise RateLimited(flask.g.verdict)
        return view(*args, **kwargs)

    return checked
