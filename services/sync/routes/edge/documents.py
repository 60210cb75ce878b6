"""What the service's document says of the calls of edges."""

from collections.abc import Callable
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from services.sync.queries.edges.lists import EdgeList
from services.sync.schemas.promotions.edges import EdgePageSchema, EdgePromotionsSchema

_TEXT = {"type": "string"}
_ID = {"type": "string", "format": "uuid"}
View = Callable[..., Any]
PARAMETERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "company_id": (_ID, "The company: the caller's own.", "0d1f7a52-8c1e-4a57-9a07-7c6f3c1b2a10"),
    "store_id": (_ID, "The store that calls, or for which is called.", "5f3e9b1c-2d64-4c39-8a55-1b7e0c9d4f21"),
    "brand_id": (_ID, "A brand of the company in place of the store's.", "9b2d6c3e-7f10-4b8a-a1c4-3e5d7f9a1b32"),
    "cursor": (_TEXT, "What the last page of the last sync gave, or `next_cursor` of the page before.", "eyJvcGFxdWUi"),
    "updated_since": (_TEXT, "Date or ISO 8601 time, for edges that keep no cursor.", "2026-11-01T00:00:00Z"),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 5000}, "Things of one page.", "100"),
}


def without_options(view: View) -> View:
    """Marks a view whose address takes no method but those that are named: Flask would answer OPTIONS by itself."""
    view.provide_automatic_options = False  # type: ignore[attr-defined]
    return view


def documented(
    blueprint: Blueprint, path: str, view: Callable[..., flask.Response], *, listed: EdgeList | None = None
) -> None:
    """Adds the call of a list (None: promotions)."""
    needs = listed.needs if listed is not None else "store"
    required = {"nothing": (), "company": ("company_id",), "store": ("company_id", "store_id")}[needs]
    schema = EdgePromotionsSchema if listed is None else EdgePageSchema
    documented_call(blueprint, path, view, schema, required=required)


def documented_call(
    blueprint: Blueprint,
    path: str,
    view: Callable[..., flask.Response],
    schema: type[ma.Schema],
    *,
    required: tuple[str, ...] = (),
) -> None:
    """Adds a call as GET and as POST; both are one view, and take and answer the same."""
    name = path.rsplit("/", 1)[-1].replace("-", "_")
    names = tuple(PARAMETERS) if issubclass(schema, EdgePageSchema) else ("company_id", "store_id")
    for method in ("GET", "POST"):
        answered = blueprint.response(200, schema)(view)
        described = without_options(blueprint.doc(**_described(method, required, names))(answered))
        blueprint.route(path, methods=[method], endpoint=f"edge_{name}_{method.lower()}")(described)


def _described(method: str, required: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Any]:
    if method == "GET":
        return {
            "parameters": [
                {
                    "in": "query",
                    "name": name,
                    "required": name in required,
                    "description": PARAMETERS[name][1],
                    "schema": PARAMETERS[name][0],
                    "example": _example(name),
                }
                for name in names
            ]
        }
    properties = {
        name: PARAMETERS[name][0] | {"description": PARAMETERS[name][1], "example": _example(name)} for name in names
    }
    body = {"type": "object", "properties": properties, "required": list(required)}
    return {"requestBody": {"required": bool(required), "content": {"application/json": {"schema": body}}}}


def _example(name: str) -> Any:
    example = PARAMETERS[name][2]
    return int(example) if name == "limit" else example
