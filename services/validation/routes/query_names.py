"""Names in a query that an address does not take are refused, also by addresses that take none."""

from functools import cache
from typing import Any

import flask

from shared.errors import FieldError, Invalid

UNKNOWN = "unknown_field"


def register(app: flask.Flask) -> None:
    """Comes after the entrance: who may not enter is told that first."""
    known = cache(lambda endpoint: _known(app.view_functions[endpoint]))

    @app.before_request
    def refuse_unknown_names() -> None:
        sent, endpoint = flask.request.args.keys(), flask.request.endpoint
        names = known(endpoint) if sent and endpoint else None
        unknown = sorted(sent - names) if names is not None else []
        if unknown:
            errors = [FieldError(f"?{name}", UNKNOWN, "Unknown field.") for name in unknown]
            raise Invalid(f"?{unknown[0]}: Unknown field.", code=UNKNOWN, errors=errors)


def _known(view: Any) -> frozenset[str] | None:
    """As the view is documented; None for what is no call of the API."""
    documented = getattr(view, "_apidoc", None)
    if documented is None:
        return None
    parameters = documented.get("arguments", {}).get("parameters", ())
    schemas = [one["schema"]() for one in parameters if one["in"] == "query"]
    return frozenset(field.data_key or name for schema in schemas for name, field in schema.fields.items())
