"""The company: one for each tenant, made by an admin; and how callers name it."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.domain.promotions.reading import as_uuid
from services.sync.models import Tenant
from services.sync.operations.edges.checking import judge_company
from services.sync.operations.edges.refusals import CompanyNotFound, InvalidUuid
from services.sync.operations.edges.telling import arrange
from services.sync.operations.entry import enter, own_tenant
from services.sync.schemas.promotions.reference import CompanySchema
from shared import editing
from shared.access import requires
from shared.current import current_session
from shared.errors import AlreadyExists
from shared.resources import Answer, check_version, fresh, tag_of
from shared.tenancy import Context, tenant_of

blueprint = Blueprint("company", __name__, description="The company whose stores are served.")
# Of these blueprints every call is one of a company; the edges' own say it in their own codes.
OF_COMPANIES = frozenset({"references", "promotions", "promotion_settings", "edge_servers", "compiling"})


def entering(settings: Settings, session: Session, context: Context, is_write: bool) -> Context:
    """What happens when a caller enters; for calls about a company also: which one, and whether there is one."""
    context = enter(settings, session, context, is_write)
    # Jobs and commands enter without a request.
    if flask.has_request_context() and flask.request.blueprint in OF_COMPANIES | {blueprint.name}:
        session.info["context"] = context
        _judge_named_company(session)
        if flask.request.blueprint in OF_COMPANIES and own_tenant(session).code is None:
            raise CompanyNotFound
    return context


def _judge_named_company(session: Session) -> None:
    body = flask.request.get_json(silent=True) if flask.request.is_json else flask.request.form.to_dict()
    named = flask.request.args.get("company_id") or (body.get("company_id") if isinstance(body, dict) else None)
    if named is None:
        return
    try:
        judge_company(session, as_uuid(named))
    except ValueError as failure:
        raise InvalidUuid("company_id") from failure


@blueprint.route("/company", methods=["GET"])
@blueprint.response(200, CompanySchema)
@requires("promotion.view")
def read_company() -> Answer:
    return fresh(_company())


@blueprint.route("/company", methods=["POST"])
@blueprint.arguments(CompanySchema)
@blueprint.response(201, CompanySchema)
@requires("edge_server.manage")
def create_company(body: dict[str, Any]) -> Any:
    session = current_session()
    row = editing.locked(session, Tenant, tenant_of(session))
    if row.code is not None:
        raise AlreadyExists("This tenant is a company already; change it by PATCH.")
    editing.change(session, row, _values(body), verb="became_company")
    arrange(session)
    return row, 201, {"ETag": tag_of(row), "Location": flask.request.path.rstrip("/")}


@blueprint.route("/company", methods=["PATCH"])
@blueprint.arguments(CompanySchema(partial=True))
@blueprint.response(200, CompanySchema)
@requires("reference.manage")
def change_company(body: dict[str, Any]) -> Any:
    _company()
    session = current_session()
    row = editing.locked(session, Tenant, tenant_of(session))
    editing.change(session, row, _values(check_version(row, body)))
    arrange(session)
    return row, 200, {"ETag": tag_of(row)}


def _company() -> Tenant:
    row = own_tenant(current_session())
    if row.code is None:
        raise CompanyNotFound
    return row


def _values(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("company_id", "version")}
