"""Compiled promotions on demand: one, some, all; those of a store, of the company."""

from typing import Any

import flask
import orjson
from flask_smorest import Blueprint

from services.sync.models import EdgeVersion, Promotion, Store
from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions import compiling, deliveries
from services.sync.routes.edge.calls import present
from services.sync.schemas.promotions.promotions import CompileArgs, CompiledManySchema, CompiledSchema
from shared.access import load, requires
from shared.current import current_session
from shared.tenancy import tenant_of

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
    for each in body["ids"] or []:
        load(session, Promotion, each)
    found = compiling.show(session, body["ids"], present())
    return flask.jsonify({"success": True, "count": len(found.bodies)} | _shown(found.bodies, found.errors))


@blueprint.route("/stores/<id:row_id>/compile", methods=["POST"])
@blueprint.response(200, CompiledManySchema)
@requires("promotion.view", on=Store)
def compile_store(row_id: Any) -> Any:
    session = current_session()
    store = load(session, Store, row_id)
    ((bodies, errors),) = _of_stores([(store, _Brand(store.brand_id))])
    told = {"store_id": store.id, "store_code": store.store_code, "count": len(bodies)}
    return flask.jsonify(told | _shown(bodies, errors))


class _Brand:
    """All that the selection needs to know of a store's brand."""

    def __init__(self, brand_id: Any) -> None:
        self.id = brand_id


@blueprint.route("/company/compile", methods=["POST"])
@blueprint.response(200, CompiledManySchema)
@requires("promotion.view")
def compile_company() -> Any:
    company = own_tenant(current_session())
    stores = deliveries.active_stores(current_session())
    found = _of_stores(stores)
    shown: dict[str, Any] = {}
    by_brand: dict[str, dict[str, int]] = {}
    errors: dict[str, Any] = {}
    for (store, brand), (bodies, wrong) in zip(stores, found, strict=True):
        shown[str(store.id)] = {
            "store_id": store.id,
            "store_code": store.store_code,
            "store_name": store.store_name,
            "brand_id": brand.id,
            "brand_name": brand.name,
            "promotions": [orjson.Fragment(body) for body in bodies],
            "count": len(bodies),
        }
        counted = by_brand.setdefault(brand.name, {"stores": 0, "promotions": 0})
        counted["stores"] += 1
        errors |= {error["promotion_id"]: error for error in wrong}
    for name, counted in by_brand.items():
        own = [bodies for (_store, brand), (bodies, _w) in zip(stores, found, strict=True) if brand.name == name]
        counted["promotions"] = len({body for bodies in own for body in bodies})
    return flask.jsonify(
        {
            "company_id": company.tenant_id,
            "company_name": company.name,
            "compiled_at": present(),
            "stores": shown,
            "summary": {
                "total_stores": len(stores),
                "total_promotions": len({body for bodies, _wrong in found for body in bodies}),
                "stores_with_promotions": sum(bool(bodies) for bodies, _wrong in found),
                "by_brand": by_brand,
            },
            "errors": list(errors.values()),
        }
    )


def _of_stores(stores: list[Any]) -> list[tuple[list[str], list[dict[str, Any]]]]:
    session = current_session()
    state = session.get(EdgeVersion, tenant_of(session))
    made = deliveries.manifests_for(session, stores, state.version if state else 0, present())
    return deliveries.deliveries(session, made)


def _shown(bodies: list[str], errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"promotions": [orjson.Fragment(body) for body in bodies], "errors": errors}
