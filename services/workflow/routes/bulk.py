"""Bulk operations of the resources with a lifecycle, all alike."""

from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, cast

import flask
from flask_smorest import Blueprint

from services.workflow.config import Settings
from services.workflow.domain.bulk import Pick, TwoVersions, picked, repeated_warning
from services.workflow.errors import FeatureDisabled
from services.workflow.operations.asking import ask_of
from services.workflow.operations.bulk.changing import Assigning, Changing
from services.workflow.operations.bulk.moving import moving
from services.workflow.operations.bulk.running import Call, run
from services.workflow.operations.bulk.works import Work
from services.workflow.operations.entities import Entity, Shortcut
from services.workflow.routes.access import sees
from services.workflow.routes.items import Items, demand_agreement
from services.workflow.schemas import bulk as schemas
from shared.current import current_context, current_session, runtime
from shared.errors import Invalid
from shared.limits import Quota, RateLimited

View = Callable[..., Any]
Body = dict[str, Any]
MakeWork = Callable[[Body], Work]


def register(blueprint: Blueprint, resource: Items) -> None:
    """Adds `<entity>/bulk/<operation>` for all that the entity allows."""
    entity, args = resource.entity, resource.args
    moved = schemas.bulk_schema(schemas.BulkShortcutSchema, args)
    _add(
        blueprint,
        entity,
        "transition",
        schemas.bulk_schema(schemas.BulkTransitionSchema, args),
        partial(_transition, entity),
    )
    for word, shortcut in entity.shortcuts.items():
        _add(blueprint, entity, word, moved, partial(_shortcut, entity, shortcut))
    if entity.assignable:
        _add(blueprint, entity, "assign", schemas.bulk_schema(schemas.BulkAssignSchema, args), _assign)
    if entity.bulk_priority:
        _add(blueprint, entity, "update-priority", schemas.bulk_schema(schemas.BulkPrioritySchema, args), _prioritise)
    if resource.changes is not None:
        fields = entity.editable | entity.editable_by_all
        _add(blueprint, entity, "update", schemas.update_schema(args, resource.changes, fields), _update)


def _transition(entity: Entity, body: Body) -> Work:
    return moving(entity, body["target_state"], ask_of(current_context(), body))


def _shortcut(entity: Entity, shortcut: Shortcut, body: Body) -> Work:
    demand_agreement(body, shortcut.target)
    if shortcut.comments and not (body["comments"] or "").strip():
        raise Invalid.field("/comments", "comments_required", "This needs comments.")
    return moving(entity, shortcut.target, ask_of(current_context(), body))


def _assign(body: Body) -> Work:
    return Assigning(body["assigned_to_user"], body["assigned_to_team"])


def _prioritise(body: Body) -> Work:
    return Changing({"priority": body["priority"]})


def _update(body: Body) -> Work:
    update: schemas.Update = body["update_data"]
    return Changing(update.values, update.unknown)


def _add(
    blueprint: Blueprint, entity: Entity, word: str, schema: type[schemas.BulkSchema], make_work: MakeWork
) -> None:
    @blueprint.route(f"/{entity.path}/bulk/{word}", methods=["POST"], endpoint=f"bulk_{word}")
    @admitted
    @blueprint.arguments(schema)
    @blueprint.response(200, schemas.BulkAnswerSchema)
    @blueprint.alt_response(207, schema=schemas.BulkAnswerSchema, description="Some items failed; the others are done.")
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
        return _answer(call, body)


def _answer(call: Call, body: Body) -> Any:
    picks, warnings = _picks(body)
    report = run(current_session(), call, picks, warnings=warnings)
    return report.as_dict(), report.status


def _picks(body: Mapping[str, Any]) -> tuple[list[Pick], list[str]]:
    """The items of `ids` or `items`, and the warning about repeated ones."""
    place = next(name for name in ("ids", "items", "where") if name in body)
    settings = _settings()
    if place == "where":
        raise too_many(place, settings.bulk_sync_max_ids)
    try:
        picks, repeated = picked(body[place])
    except TwoVersions as fault:
        raise Invalid.field(f"/{place}", "versions_differ", f"{fault}.") from fault
    if len(picks) > settings.bulk_sync_max_ids:
        raise too_many(place, settings.bulk_sync_max_ids)
    return picks, [repeated_warning(repeated)] if repeated else []


def too_many(place: str, limit: int) -> Invalid:
    return Invalid.field(f"/{place}", "too_many_ids", f"At most {limit} items can be changed by one call.")


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
