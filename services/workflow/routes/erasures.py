"""Erasures: what a person has written is made unreadable, by two people together."""

from typing import Any

import flask
from flask_smorest import Blueprint

from services.workflow.models import Erasure
from services.workflow.operations.persons import erasing
from services.workflow.schemas import erasures as schemas
from shared import editing, listing
from shared.access import requires
from shared.current import current_session
from shared.errors import NotFound
from shared.listing import Listing
from shared.resources import Answer, check_picture, fresh, listed, with_tag

blueprint = Blueprint("erasures", __name__, description="Persons whose texts are made unreadable.")

LISTING = Listing(
    key=Erasure.id,
    orderings={"id": Erasure.id, "created_at": Erasure.created_at},
    default="-created_at",
    filters={name: listing.one_of(getattr(Erasure, name)) for name in ("subject", "state")},
)


@blueprint.route("/erasures", methods=["GET"])
@blueprint.arguments(schemas.ErasureArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.ErasureSchema))
@requires("person.erase")
def list_erasures(args: dict[str, Any]) -> Any:
    return listed(erasing.erasures(current_session()), LISTING, args).as_dict()


@blueprint.route("/erasures", methods=["POST"])
@blueprint.arguments(schemas.ErasureSchema)
@blueprint.response(201, schemas.ErasureSchema)
@requires("person.erase")
def ask_for_erasure(body: dict[str, Any]) -> Any:
    """Changes nothing yet: somebody else has to carry it out."""
    row = erasing.ask(current_session(), subject=body["subject"], reason=body["reason"])
    return with_tag(row, 201, Location=f"{flask.request.path.rstrip('/')}/{row.id}")


@blueprint.route("/erasures/<key:erasure_id>", methods=["GET"])
@blueprint.response(200, schemas.ErasureSchema)
@requires("person.erase")
def read_erasure(erasure_id: int) -> Answer:
    found = current_session().scalar(erasing.erasures(current_session()).where(Erasure.id == erasure_id))
    if found is None:
        raise NotFound("There is no such erasure.")
    return fresh(found)


@blueprint.route("/erasures/<key:erasure_id>/carry-out", methods=["POST"])
@blueprint.response(200, schemas.ErasureSchema)
@requires("person.erase", on=Erasure)
def carry_out(erasure_id: int) -> Any:
    """Destroys the person's key, for good; by somebody else than who asked for it."""
    return with_tag(erasing.carry_out(current_session(), _held(erasure_id)))


@blueprint.route("/erasures/<key:erasure_id>/withdraw", methods=["POST"])
@blueprint.response(200, schemas.ErasureSchema)
@requires("person.erase", on=Erasure)
def withdraw(erasure_id: int) -> Any:
    return with_tag(erasing.withdraw(current_session(), _held(erasure_id)))


def _held(erasure_id: int) -> Erasure:
    row = editing.locked(current_session(), Erasure, erasure_id)
    check_picture(row, None)
    return row
