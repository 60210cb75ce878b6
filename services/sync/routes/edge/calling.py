"""The other calls of edges: whether there is news, what was used, keys, tokens."""

import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import flask
from flask_smorest import Blueprint

from services.sync.config import Settings
from services.sync.domain.promotions.reading import as_uuid
from services.sync.domain.promotions.usages import MAX_ROWS
from services.sync.operations.edges import keys
from services.sync.operations.edges.checking import standing_for
from services.sync.operations.edges.contacts import Told, log_call
from services.sync.operations.edges.logins import check_login, company_of
from services.sync.operations.edges.refusals import UsagesInvalid, UsagesMissing, UsagesTooMany
from services.sync.operations.edges.uses import store_uses
from services.sync.operations.edges.versions import version_told
from services.sync.operations.promotions.settings import own_settings
from services.sync.queries.edges.standing import Standing
from services.sync.routes.edge import answers, calls
from services.sync.routes.edge.counting import note
from services.sync.routes.edge.documents import documented_call, without_options
from services.sync.schemas.promotions import edges as schemas
from shared.access import open_to_everybody, requires
from shared.current import current_session, runtime
from shared.errors import Unavailable
from shared.limits import Quota, RateLimited
from shared.service_tokens import ServiceTokens
from shared.tenancy import Context

blueprint = Blueprint("edge_calls", __name__, description="What stores ask and report beside their lists.")
TOKEN_SECONDS = 3600
LOGINS_PER_MINUTE = 30


@requires("edge.read")
def version() -> flask.Response:
    sent, session = calls.given(), current_session()
    calls.demand_presence(sent, "company")
    company_id, store_id = calls.read_place(sent)
    standing = standing_for(session, company_id=company_id, store_id=store_id, brand_id=None)
    calls.count_call(store_id)
    told = version_told(session, standing, calls.present())
    response = _answer(told, standing)
    log_call(
        session, Told(store_id, "version", response.status_code, version=told["version"], seconds=answers.seconds())
    )
    return response


@requires("edge.read")
def public_keys() -> flask.Response:
    sent, session = calls.given(), current_session()
    company_id, store_id = calls.read_place(sent)
    standing = standing_for(session, company_id=company_id, store_id=store_id, brand_id=None)
    calls.count_call(store_id)
    if not keys.published(session):
        keys.make_key(session)
    names = ("key_id", "public_key", "created_at", "expires_at")
    shown = [{name: getattr(key, name) for name in names} | {"alg": "ed25519"} for key in keys.published(session)]
    response = _answer({"keys": shown}, standing)
    log_call(session, Told(store_id, "keys", response.status_code, seconds=answers.seconds()))
    return response


documented_call(blueprint, "/edge/version", version, schemas.EdgeVersionSchema, required=("company_id",))
documented_call(blueprint, "/edge/keys", public_keys, schemas.EdgeKeysSchema)


@blueprint.route("/edge/usage", methods=["POST"])
@blueprint.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["usages"],
                    "properties": {
                        "usages": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MAX_ROWS,
                            "items": {"type": "object"},
                            "description": "Objects with promotion_id, bill_id, discount_amount, used_at, store_id and"
                            " optionally customer_id.",
                            "example": [],
                        }
                    },
                }
            }
        },
    }
)
@blueprint.response(200, schemas.UsageAnswerSchema)
@blueprint.alt_response(207, schema=schemas.UsageAnswerSchema)
@without_options
@requires("edge.usage")
def usage() -> Any:
    sent, session = calls.given(), current_session()
    rows = sent.get("usages")
    if rows is None or rows == []:
        raise UsagesMissing
    if not isinstance(rows, list):
        raise UsagesInvalid
    if len(rows) > MAX_ROWS:
        raise UsagesTooMany
    company_id = calls.read_id(sent, "company_id")
    standing = standing_for(session, company_id=company_id, store_id=None, brand_id=None)
    calls.count_call(_only({str(row.get("store_id")) for row in rows if isinstance(row, dict)}))
    stored = store_uses(session, rows, calls.present())
    note(usages=stored)
    body = answers.dumped(stored.as_answer())
    response = answers.signed(body, answers.tag_of(body), standing, compress=_compresses(body))
    response.status_code = 207 if stored.errors else 200
    told = Told(_only(stored.stores), "usage", response.status_code, sent=stored.total, bytes=len(body))
    log_call(session, replace(told, seconds=answers.seconds()))
    return response


@blueprint.route("/edge/token", methods=["POST"])
@blueprint.arguments(schemas.EdgeLoginSchema)
@blueprint.response(200, schemas.EdgeTokenSchema)
@without_options
@open_to_everybody
def token(body: dict[str, Any]) -> Any:
    running = runtime()
    verdict = running.limiter.check(
        Quota("edge_login", LOGINS_PER_MINUTE), tenant_id=None, actor=None, client_address=flask.request.remote_addr
    )
    if not verdict.allowed:
        raise RateLimited(verdict)
    settings = running.settings
    if not isinstance(settings, Settings) or settings.service_key_file is None:
        raise Unavailable("This installation has no key of its own to sign tokens with.")
    tenant_id = company_of(body["secret"])
    with running.db.transaction(Context(tenant_id=tenant_id)) as session:
        session.info["settings"] = settings
        server = check_login(session, body["store_id"], body["secret"])
        log_call(session, Told(server.store_id, "token", 200, seconds=answers.seconds()))
        store_id = str(server.store_id)
    tokens = ServiceTokens("sync", key_file=settings.service_key_file, calls={})
    signed = tokens.admit(
        f"store:{store_id}",
        ["edge.read", "edge.usage"],
        lifetime_seconds=TOKEN_SECONDS,
        tenant=str(tenant_id),
        store=store_id,
    )
    answer = {"access_token": signed, "token_type": "Bearer", "expires_in": TOKEN_SECONDS}
    return answer, 200, {"Cache-Control": "no-store"}


def _answer(content: dict[str, Any], standing: Standing) -> flask.Response:
    body = answers.dumped(content)
    tag = answers.tag_of(body)
    if answers.is_known(tag):
        return answers.not_modified(tag)
    return answers.signed(body, tag, standing, compress=_compresses(body))


def _compresses(body: bytes) -> bool:
    """Asked of the settings only where it matters."""
    return len(body) >= answers.SMALLEST_TO_COMPRESS and own_settings(current_session()).enable_compression


def _only(stores: Collection[Any]) -> uuid.UUID | None:
    """The store, where it is one and has the form of an id."""
    try:
        return as_uuid(next(iter(stores))) if len(stores) == 1 else None
    except ValueError:
        return None
