"""Requests for the experience of a week or a story: filed by players, decided by who decides about the character."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.errors import InvalidRequest
from services.validation.models import Character, StoryXpRequest, WeeklyXpRequest
from services.validation.operations.asking import deciding, filing
from services.validation.queries.seeing import sees
from services.validation.schemas import play as schemas
from services.validation.schemas.fields import ViewArgs
from shared import editing, listing
from shared.access import requires
from shared.current import current_context, current_session
from shared.listing import Expression, ListArgs, Listing
from shared.resources import check_picture, check_version, fresh, listed, tag_of, with_tag
from shared.tenancy import tenant_of

VIEW, ASK = "character.view", "xp.request"


@dataclass(frozen=True)
class Asking:
    """One kind of requests; `parent` is what has earned the points."""

    path: str
    model: Any
    parent: tuple[str, Expression]
    schema: type[ma.Schema]
    change: type[ma.Schema]
    approval: type[ma.Schema]
    decision: type[ma.Schema]
    args: type[ListArgs]
    file: Callable[..., Any]
    approve: Callable[..., deciding.Decision]

    @property
    def listing(self) -> Listing:
        model, (name, column) = self.model, self.parent
        filters = {
            "state": listing.one_of(model.state),
            "character": listing.one_of(model.character_id),
            "chronicle": listing.one_of(Character.chronicle_id),
            "created_after": listing.since(model.created_at),
            name: listing.one_of(column),
        }
        orderings = {"id": model.id, "created_at": model.created_at}
        return Listing(key=model.id, orderings=orderings, default="-id", filters=filters)

    def visible(self) -> Any:
        """Requests of the characters that the caller sees."""
        session, model = current_session(), self.model
        whose = (Character.tenant_id == model.tenant_id) & (Character.id == model.character_id)
        return (
            select(model)
            .join(Character, whose)
            .where(model.tenant_id == tenant_of(session), sees(session, current_context()))
        )

    def find(self, request_id: int) -> Any:
        found = current_session().scalars(self.visible().where(self.model.id == request_id)).one_or_none()
        if found is None:
            raise InvalidRequest
        return found


WEEKLY = Asking(
    "weekly-requests",
    WeeklyXpRequest,
    ("week", WeeklyXpRequest.week_id),
    schemas.WeeklyRequestSchema,
    schemas.WeeklyChangeSchema,
    schemas.WeeklyApprovalSchema,
    schemas.WeeklyDecisionSchema,
    schemas.WeeklyRequestArgs,
    filing.file_weekly,
    deciding.approve_weekly,
)
STORY = Asking(
    "story-requests",
    StoryXpRequest,
    ("story", StoryXpRequest.story_id),
    schemas.StoryRequestSchema,
    schemas.StoryChangeSchema,
    schemas.StoryApprovalSchema,
    schemas.StoryDecisionSchema,
    schemas.StoryRequestArgs,
    filing.file_story,
    deciding.approve_story,
)


def _blueprint(kind: Asking) -> Blueprint:
    about = "What players say that they have earned, and what was decided about it."
    blueprint = Blueprint(kind.path, __name__, url_prefix=f"/{kind.path}", description=about)
    _add_reading(blueprint, kind)
    _add_filing(blueprint, kind)
    _add_deciding(blueprint, kind)
    return blueprint


def _add_reading(blueprint: Blueprint, kind: Asking) -> None:
    @blueprint.route("", endpoint="list")
    @blueprint.arguments(kind.args, location="query")
    @blueprint.response(200, listing.envelope(kind.schema))
    @requires(VIEW)
    def list_requests(args: dict[str, Any]) -> Any:
        """The last request first."""
        return listed(kind.visible(), kind.listing, args).as_dict()

    @blueprint.route("/<key:request_id>", endpoint="read")
    @blueprint.arguments(ViewArgs, location="query")
    @blueprint.response(200, kind.schema)
    @requires(VIEW)
    def read_request(_args: dict[str, Any], request_id: int) -> Any:
        return fresh(kind.find(request_id))


def _add_filing(blueprint: Blueprint, kind: Asking) -> None:
    @blueprint.route("", methods=["POST"], endpoint="create")
    @blueprint.arguments(kind.schema)
    @blueprint.response(201, kind.schema)
    @requires(ASK)
    def file_request(body: dict[str, Any]) -> Any:
        """By the owner of the character, or by who decides about it."""
        body.pop("version", None)
        request = kind.file(current_session(), body)
        return with_tag(request, 201, Location=f"/api/validation/v1/{kind.path}/{request.id}")

    @blueprint.route("/<key:request_id>", methods=["PATCH"], endpoint="change")
    @blueprint.arguments(kind.change(partial=True))
    @blueprint.response(200, kind.schema)
    @requires(ASK)
    def change_request(body: dict[str, Any], request_id: int) -> Any:
        """While it waits."""
        request = _locked(kind, request_id)
        is_owner = filing.demand_filer(current_session(), request.character_id)
        filing.change(current_session(), request, check_version(request, body), is_owner=is_owner)
        return with_tag(request)

    @blueprint.route("/<key:request_id>", methods=["DELETE"], endpoint="delete")
    @blueprint.response(204)
    @requires(ASK)
    def take_back(request_id: int) -> None:
        """While it waits."""
        request = _locked(kind, request_id)
        filing.demand_filer(current_session(), request.character_id)
        check_version(request, {})
        filing.take_back(current_session(), request)


def _add_deciding(blueprint: Blueprint, kind: Asking) -> None:
    @blueprint.route("/<key:request_id>/approve", methods=["POST"], endpoint="approve")
    @blueprint.arguments(kind.approval)
    @blueprint.response(200, kind.decision)
    @requires(VIEW)
    def approve(body: dict[str, Any], request_id: int) -> Any:
        """Books the points, once; what is sent along is rewritten first."""
        check, reason = _picture(body.pop("version")), body.pop("reason")
        return _decided(kind.approve(current_session(), request_id, check=check, reason=reason, values=body))

    @blueprint.route("/<key:request_id>/deny", methods=["POST"], endpoint="deny")
    @blueprint.arguments(schemas.DenialSchema)
    @blueprint.response(200, kind.decision)
    @requires(VIEW)
    def deny(body: dict[str, Any], request_id: int) -> Any:
        """Books nothing."""
        check = _picture(body["version"])
        return _decided(deciding.deny(current_session(), kind.model, request_id, check=check, reason=body["reason"]))


def _locked(kind: Asking, request_id: int) -> Any:
    """A request that the caller sees."""
    kind.find(request_id)
    return editing.locked(current_session(), kind.model, request_id)


def _picture(version: int | None) -> deciding.Check:
    return lambda request: check_picture(request, version)


def _decided(decision: deciding.Decision) -> Any:
    return decision, 200, {"ETag": tag_of(decision.request)}


BLUEPRINTS = (_blueprint(WEEKLY), _blueprint(STORY))
