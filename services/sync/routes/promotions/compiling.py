"""Compiled promotions on demand: one, some, all; those of a store, of the company."""

import uuid
from collections.abc import Iterator
from typing import Any

import flask
import orjson
from flask_smorest import Blueprint

from services.sync.models import Brand, Promotion, Store
from services.sync.operations.promotions import companies, compiling, deliveries
from services.sync.operations.promotions.previewing import judged_promotions, place_of
from services.sync.routes.edge.calls import present
from services.sync.schemas.promotions.compiling import (
    CompileArgs,
    CompileCompanyArgs,
    CompiledCompanySchema,
    CompiledManySchema,
    CompiledSchema,
    JudgedPromotionSchema,
    StoreViewArgs,
)
from shared import listing
from shared.access import load, requires
from shared.current import current_context, current_session, runtime
from shared.jobs.answers import accepted
from shared.jobs.schemas import JobSchema
from shared.listing import Listing
from shared.resources import listed

VIEW = Listing(
    key=Promotion.id,
    orderings={name: getattr(Promotion, name) for name in ("execution_priority", "name", "code", "start_date", "id")},
    default="execution_priority,name",
)
JUDGED = tuple(JudgedPromotionSchema._declared_fields)
blueprint = Blueprint("compiling", __name__, description="What stores get, compiled on demand.")


@blueprint.route("/promotions/<id:row_id>/compile", methods=["POST"])
@blueprint.response(200, CompiledSchema)
@requires("promotion.view", on=Promotion)
def compile_one(row_id: Any) -> Any:
    row = load(current_session(), Promotion, row_id)
    found = compiling.show(current_session(), [row.id], present())
    content = orjson.Fragment(found.bodies[0]) if found.bodies else None
    return flask.jsonify(
        {"success": bool(found.bodies), "promotion_code": row.code, "compiled_data": content, "errors": found.errors}
    )


@blueprint.route("/promotions/compile", methods=["POST"])
@blueprint.arguments(CompileArgs)
@blueprint.response(200, CompiledManySchema)
@requires("promotion.view")
def compile_many(body: dict[str, Any]) -> Any:
    session = current_session()
    compiling.demand(session, body["ids"] or [])
    found = compiling.show(session, body["ids"], present())
    return flask.jsonify({"success": True, "count": len(found.bodies)} | _shown(found.bodies, found.errors))


@blueprint.route("/stores/<id:row_id>/compile", methods=["POST"])
@blueprint.response(200, CompiledManySchema)
@requires("promotion.view", on=Store)
def compile_store(row_id: Any) -> Any:
    session = current_session()
    store = load(session, Store, row_id)
    found = companies.compile_stores(session, [(store, load(session, Brand, store.brand_id))], present())
    (sent,) = deliveries.deliveries(session, [each.manifest for each in found])
    told = {"store_id": store.id, "store_code": store.store_code, "count": len(sent.bodies)}
    return flask.jsonify(told | _shown(sent.bodies, sent.errors))


@blueprint.route("/stores/<id:row_id>/promotions", methods=["GET"])
@blueprint.arguments(StoreViewArgs, location="query")
@blueprint.response(200, listing.envelope(JudgedPromotionSchema))
@requires("promotion.view", on=Store)
def view_store(args: dict[str, Any], row_id: Any) -> Any:
    """Every promotion, and which of the four rules lets the store have it, now or at another moment."""
    session = current_session()
    found = judged_promotions(session, place_of(session, store_id=row_id), args["at"] or present())
    page = listed(found, VIEW, args).as_dict()
    return page | {"results": [dict(zip(JUDGED, row, strict=True)) for row in page["results"]]}


@blueprint.route("/company/compile", methods=["POST"])
@blueprint.arguments(CompileCompanyArgs, required=False)
@blueprint.response(202, JobSchema)
@blueprint.alt_response(200, schema=CompiledCompanySchema, description="Of 50 stores or fewer.", success=True)
@requires("promotion.view")
def compile_company(_body: dict[str, Any]) -> Any:
    """What every active store would be sent. Over 50 stores a job: follow `Location`, then read its file."""
    session, now = current_session(), present()
    stores = deliveries.active_stores(session)
    if len(stores) > companies.AT_ONCE:
        return accepted(companies.submit(session, len(stores)), JobSchema)
    found = companies.compile_stores(session, stores, now)
    return flask.Response(b"".join(companies.as_json(session, [found], now)), mimetype="application/json")


@blueprint.route("/company/compile/<id:job_id>", methods=["GET"])
@blueprint.response(200, CompiledCompanySchema)
@requires("promotion.view")
def read_compiled_company(job_id: uuid.UUID) -> flask.Response:
    """The file of a completed job, streamed; it is kept as long as the job."""
    job = companies.finished(current_session(), job_id)
    db, context, compiled_at = runtime().db, current_context(), job.created_at

    def pieces() -> Iterator[bytes]:
        with db.transaction(context, snapshot=True) as session:
            yield from companies.as_json(session, companies.compiled_stores(session, job_id), compiled_at)

    headers = {
        "Content-Disposition": f'attachment; filename="company-{job_id}.json"',
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
    }
    return flask.Response(pieces(), mimetype="application/json", headers=headers)


def _shown(bodies: list[str], errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"promotions": [orjson.Fragment(body) for body in bodies], "errors": errors}
