"""The resources with a lifecycle, all alike: list, create, read, PATCH, DELETE, assign, transitions, history."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from services.workflow.models.person_keys import reader
from services.workflow.operations import items
from services.workflow.operations.asking import ask_of
from services.workflow.operations.entities import Entity, find
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import Outcome, move_one
from services.workflow.operations.transitions.options import Option, options
from services.workflow.queries import history
from services.workflow.queries.seeing import seen_by_caller
from services.workflow.routes import clocks
from services.workflow.routes.access import sees
from services.workflow.schemas.transitions import (
    AssignSchema,
    HistoryEntrySchema,
    OptionsSchema,
    ResultSchema,
    TransitionSchema,
    VerbSchema,
)
from shared import listing
from shared.access import requires
from shared.current import current_session
from shared.errors import Invalid
from shared.listing import Expression, Filter, ListArgs, Listing
from shared.resources import Answer, check_picture, check_version, fresh, listed, tag_of, with_tag
from shared.tenancy import tenant_of

Rows = Select[*tuple[Any, ...]]
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


def no_entries(_session: Session, _item_id: int) -> Sequence[Rows]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Items:
    """One resource. `changes` is the schema of a PATCH; without one, items are neither edited nor deleted, and move
    only by routes of their own. `creating` is the permission for a new one; `entries` adds to the history.
    """

    entity: Entity
    schema: type[ma.Schema]
    args: type[ListArgs]
    changes: type[ma.Schema] | None = None
    creating: str | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    orderings: Mapping[str, Expression] = field(default_factory=dict)
    entries: Callable[[Session, int], Sequence[Rows]] = no_entries

    @property
    def listing(self) -> Listing:
        model = self.entity.model
        orderings: dict[str, Expression] = {
            name: getattr(model, name) for name in ("id", "created_at", "updated_at", "state_changed_at")
        }
        filters = time_filters(model, "created", "updated") | {"state": any_case(model.state)}
        return Listing(
            key=model.id,
            orderings=orderings | dict(self.orderings),
            default="-created_at",
            filters=filters | dict(self.filters),
        )

    @property
    def result_schema(self) -> type[ma.Schema]:
        return _result_schema(self.schema)


@cache
def _result_schema(schema: type[ma.Schema]) -> type[ma.Schema]:
    """The result of a transition with the item as it is now."""
    name = schema.__name__.removesuffix("Schema") + "Result"
    return type(name, (ResultSchema,), {"entity": ma.fields.Nested(schema, required=True)})


def any_case(column: Expression) -> Filter:
    """Words in upper case, asked for in any."""
    return lambda wanted: column.in_([word.strip().upper() for word in wanted])


def time_filters(model: Any, *names: str) -> dict[str, Filter]:
    """`created` gives `created_after` and `created_before` over `created_at`."""
    after = {f"{name}_after": listing.since(getattr(model, f"{name}_at")) for name in names}
    return after | {f"{name}_before": listing.until(getattr(model, f"{name}_at")) for name in names}


def work_filters(entity: Entity) -> dict[str, Filter]:
    """Filters of items that people are assigned to and that are due at a time."""
    model = entity.model

    def overdue(wanted: bool) -> ColumnElement[bool]:
        late: ColumnElement[bool] = (model.due_at < datetime.now(UTC)) & model.state.not_in(
            entity.lifecycle.newest.terminal
        )
        return late if wanted else late.is_not(True)

    own: dict[str, Filter] = {
        "priority": any_case(model.priority),
        "assignee": listing.one_of(model.assigned_to_user),
        "team": listing.one_of(model.assigned_to_team),
        # Who makes what has no requester has asked for it.
        "requester": listing.one_of(getattr(model, "requester", model.created_by)),
        "overdue": overdue,
    }
    return own | time_filters(model, "due")


def register(blueprint: Blueprint, resource: Items) -> None:
    """Adds all routes of a resource to its blueprint."""
    _add_list(blueprint, resource)
    _add_single(blueprint, resource)
    _add_story(blueprint, resource)
    if resource.changes is not None:
        _add_changes(blueprint, resource, resource.changes)
        _add_transitions(blueprint, resource)
    if resource.entity.lifecycle.newest.clocks:
        clocks.register(blueprint, resource.entity)
    if resource.entity.assignable:
        _add_assignment(blueprint, resource)


def _add_list(blueprint: Blueprint, resource: Items) -> None:
    entity, schema = resource.entity, resource.schema

    @blueprint.route(f"/{entity.path}", methods=["GET"], endpoint="list")
    @blueprint.arguments(resource.args, location="query")
    @blueprint.response(200, listing.envelope(schema))
    @sees(entity, one=False)
    def list_items(args: dict[str, Any]) -> Any:
        session, model = current_session(), entity.model
        rows = select(model).where(model.tenant_id == tenant_of(session), seen_by_caller(session, model, entity.area))
        return listed(rows, resource.listing, args).as_dict()

    @blueprint.route(f"/{entity.path}", methods=["POST"], endpoint="create")
    @blueprint.arguments(schema)
    @blueprint.response(201, schema)
    @requires(resource.creating or f"{entity.area}.create")
    def create_item(body: dict[str, Any]) -> Any:
        """An item that was asked for before under the same reference is answered as it is now, with 200."""
        body.pop("version", None)
        known = entity.known(current_session(), body)
        row = known or items.create(current_session(), entity, body)
        return with_tag(row, 200 if known else 201, Location=f"{flask.request.path.rstrip('/')}/{row.id}")


def _add_single(blueprint: Blueprint, resource: Items) -> None:
    entity = resource.entity

    @blueprint.route(f"/{entity.path}/<key:item_id>", methods=["GET"], endpoint="read")
    @blueprint.response(200, resource.schema)
    @sees(entity)
    def read_item(item_id: int) -> Answer:
        return fresh(find(current_session(), entity, item_id))


def _add_changes(blueprint: Blueprint, resource: Items, changes: type[ma.Schema]) -> None:
    entity = resource.entity

    @blueprint.route(f"/{entity.path}/<key:item_id>", methods=["DELETE"], endpoint="delete")
    @blueprint.response(204)
    @sees(entity, f"{entity.area}.delete")
    def delete_item(item_id: int) -> None:
        row = find(current_session(), entity, item_id, lock=True)
        check_picture(row, None)
        items.delete(current_session(), entity, row)

    @blueprint.route(f"/{entity.path}/<key:item_id>", methods=["PATCH"], endpoint="change")
    @blueprint.arguments(changes)
    @blueprint.response(200, resource.schema)
    @sees(entity, f"{entity.area}.update")
    def change_item(body: dict[str, Any], item_id: int) -> Any:
        row = find(current_session(), entity, item_id, lock=True)
        items.edit(current_session(), entity, row, check_version(row, body))
        return with_tag(row)


def _add_assignment(blueprint: Blueprint, resource: Items) -> None:
    entity = resource.entity

    @blueprint.route(f"/{entity.path}/<key:item_id>/assign", methods=["POST"], endpoint="assign")
    @blueprint.arguments(AssignSchema)
    @blueprint.response(200, resource.schema)
    @sees(entity, f"{entity.area}.assign")
    def assign_item(body: dict[str, Any], item_id: int) -> Any:
        row = find(current_session(), entity, item_id, lock=True)
        check_picture(row, body.get("version"))
        items.assign(current_session(), entity, row, user=body["assigned_to_user"], team=body["assigned_to_team"])
        return with_tag(row)


def _add_transitions(blueprint: Blueprint, resource: Items) -> None:
    entity = resource.entity

    @blueprint.route(f"/{entity.path}/<key:item_id>/transition", methods=["POST"], endpoint="transition")
    @blueprint.arguments(TransitionSchema)
    @blueprint.response(200, resource.result_schema)
    @sees(entity)
    def move_item(body: dict[str, Any], item_id: int) -> Any:
        return answer(_moved(entity, item_id, body["target_state"], body))

    for verb, target in entity.lifecycle.newest.verbs.items():
        _add_verb(blueprint, resource, verb, target)


def _add_verb(blueprint: Blueprint, resource: Items, verb: str, target: str) -> None:
    entity, address = resource.entity, verb.replace("_", "-")

    @blueprint.route(f"/{entity.path}/<key:item_id>/{address}", methods=["POST"], endpoint=verb)
    @blueprint.arguments(VerbSchema)
    @blueprint.response(200, resource.result_schema)
    @blueprint.doc(summary=f"Moves it to {target}.")
    @sees(entity)
    def move_by_verb(body: dict[str, Any], item_id: int) -> Any:
        demand_agreement(body, target)
        return answer(_moved(entity, item_id, target, body))


def demand_agreement(body: Mapping[str, Any], target: str) -> None:
    """Raises Invalid for a `target_state` that is not the one of the address."""
    sent = body.get("target_state")
    if sent is not None and sent.strip().upper() != target:
        detail = f"This address leads to {target}, target_state says {sent}."
        raise Invalid.field("/target_state", "target_state_differs", detail)


def _moved(entity: Entity, item_id: int, target: str, body: Mapping[str, Any]) -> Outcome:
    wanted = Wanted(item_id, picture=lambda row: check_picture(row, body.get("version")))
    return move_one(current_session(), entity.lifecycle, wanted, target, ask_of(current_session(), body))


def answer(outcome: Outcome) -> Any:
    """The result with the item as it is now, and its new tag."""
    return outcome.result.as_dict() | {"entity": outcome.row}, 200, {"ETag": tag_of(outcome.row)}


def _add_story(blueprint: Blueprint, resource: Items) -> None:
    entity = resource.entity

    @blueprint.route(f"/{entity.path}/<key:item_id>/transitions", methods=["GET"], endpoint="transitions")
    @blueprint.response(200, OptionsSchema)
    @sees(entity)
    def list_options(item_id: int) -> Any:
        """What could be asked next, and what stands in the way of the rest."""
        row = find(current_session(), entity, item_id)
        return _split(row.state, options(current_session(), entity.lifecycle, row, ask_of(current_session(), {})))

    @blueprint.route(f"/{entity.path}/<key:item_id>/history", methods=["GET"], endpoint="history")
    @blueprint.arguments(ListArgs, location="query")
    @blueprint.response(200, listing.envelope(HistoryEntrySchema))
    @sees(entity)
    def list_history(args: dict[str, Any], item_id: int) -> Any:
        """The story of the item, newest first."""
        session = current_session()
        story = history.entries(session, entity.name, item_id, resource.entries(session, item_id))
        how = Listing(key=story.c.key, orderings={"created_at": story.c.created_at}, default="-created_at")
        found = listed(select(*story.c), how, args).as_dict()
        names = [column.name for column in story.c]
        rows = [dict(zip(names, row, strict=True)) for row in found["results"]]
        reader(session, [row["text"] for row in rows])
        return found | {"results": rows}


def _split(state: str, found: Sequence[Option]) -> dict[str, Any]:
    return {
        "state": state,
        "available": [
            {
                "target": option.edge.target,
                "verb": option.edge.verb,
                "permissions": option.edge.permissions,
                "required_fields": option.required_fields,
                "warnings": option.warnings,
            }
            for option in found
            if not option.reasons
        ],
        "blocked": [
            {
                "target": option.edge.target,
                "verb": option.edge.verb,
                "reasons": [finding.as_dict() for finding in option.reasons],
            }
            for option in found
            if option.reasons
        ],
    }
