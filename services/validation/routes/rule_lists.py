"""Reference lists of rule sets."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.domain.rules.reading import is_name
from services.validation.models import RuleList, RuleSet
from services.validation.operations.rule_sets import lists, storing
from services.validation.operations.rule_sets.finding import row_of
from services.validation.routes.rule_sets import MANAGE, VIEW
from services.validation.schemas import rule_sets as schemas
from shared.access import requires
from shared.current import current_session
from shared.errors import Invalid, NotFound
from shared.listing import ListArgs, Listing, envelope
from shared.resources import check_picture, fresh, listed, tag_of
from shared.tenancy import tenant_of

blueprint = Blueprint("rule_lists", __name__, description="Lists of values that rules look up.")

LISTS = Listing(key=RuleList.name, orderings={"name": RuleList.name}, default="name")


def _own_set(_row: None) -> bool:
    """For `requires`: built-in sets have no lists."""
    row_of(current_session(), (flask.request.view_args or {})["name"])
    return False


@blueprint.route("/rule-sets/<name>/lists", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, envelope(schemas.RuleListSchema))
@requires(VIEW, hidden=_own_set)
def list_lists(args: dict[str, Any], name: str) -> Any:
    """Without their values."""
    session = current_session()
    row = row_of(session, name)
    rows = select(RuleList).where(RuleList.tenant_id == tenant_of(session), RuleList.rule_set_id == row.id)
    page = listed(rows, LISTS, args).as_dict()
    page["results"] = [_shape(row, found) for found in page["results"]]
    return page


@blueprint.route("/rule-sets/<name>/lists/<list_name>", methods=["GET"])
@blueprint.response(200, schemas.RuleListWithValuesSchema)
@requires(VIEW, hidden=_own_set)
def read_list(name: str, list_name: str) -> Any:
    """With all its values."""
    session = current_session()
    row = row_of(session, name)
    found = lists.find_list(session, row, list_name)
    shown = _shape(row, found) | {"values": list(lists.values_of(session, found))}
    return fresh(shown, tag_of(found))


@blueprint.route("/rule-sets/<name>/lists/<list_name>", methods=["PUT"])
@blueprint.arguments(schemas.ListBody)
@blueprint.response(200, schemas.RuleListSchema)
@blueprint.alt_response(201, schema=schemas.RuleListSchema)
@requires(MANAGE, hidden=_own_set)
def put_list(body: dict[str, Any], name: str, list_name: str) -> Any:
    """These values instead of those that the list had."""
    if not is_name(list_name):
        raise Invalid.field("", "invalid", "A list has a name of small letters, digits, - and _.")
    session = current_session()
    row = _in_use(name)
    present = session.scalar(lists.of_name(session, row, list_name))
    if present is not None:
        check_picture(present, None)
    found, is_new = lists.put_list(session, row, list_name, body["values"])
    headers = {"ETag": tag_of(found)} | ({"Location": flask.request.path} if is_new else {})
    return _shape(row, found), 201 if is_new else 200, headers


@blueprint.route("/rule-sets/<name>/lists/<list_name>", methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, hidden=_own_set)
def delete_list(name: str, list_name: str) -> None:
    """Whoever looks into it from now on finds nothing."""
    session = current_session()
    found = lists.find_list(session, _in_use(name), list_name)
    check_picture(found, None)
    lists.delete_list(session, found)


def _in_use(name: str) -> RuleSet:
    """The set, which nobody else writes until the end. Raises NotFound, for a retired one too."""
    row = storing.present(current_session(), name)
    if row is None or row.retired_at is not None:
        raise NotFound("There is no such rule set.")
    return row


def _shape(row: RuleSet, found: RuleList) -> dict[str, Any]:
    return {
        "rule_set": row.name,
        "name": found.name,
        "size": found.size,
        "version": found.version,
        "updated_at": found.updated_at,
    }
