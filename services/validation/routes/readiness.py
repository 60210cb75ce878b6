"""`/readyz` of this service: whether the database keeps its rules as well."""

from functools import wraps
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from services.validation.config import Settings
from services.validation.operations.constraints.assertion import Assertion
from shared.app import ServiceApp

Ready = tuple[dict[str, Any], int]


def register(app: ServiceApp, settings: Settings) -> None:
    """Says `constraints` and `missing_constraints` beside what every service says."""
    usual: Any = app.view_functions["readyz"]
    assertion = Assertion(app.runtime.db)

    @wraps(usual)
    def readyz() -> Ready:
        body, status = usual()
        if status != 200:  # without the database, or with another schema, there is nothing to compare
            return body, status
        try:
            assertion.look()
        except SQLAlchemyError:
            return _told(body, "unknown", assertion), 503
        if not assertion.missing:
            return _told(body, "ok", assertion), 200
        is_red = settings.constraint_assertion == "strict" and not assertion.has_passed
        body["status"] = "unavailable" if is_red else "degraded"
        return _told(body, "missing", assertion), 503 if is_red else 200

    app.view_functions["readyz"] = readyz


def _told(body: dict[str, Any], said: str, assertion: Assertion) -> dict[str, Any]:
    body["checks"]["constraints"] = said
    if said == "unknown":
        body["status"] = "unavailable"
    return body | {"missing_constraints": list(assertion.missing)}
