"""Every failure as `application/problem+json` (RFC 9457), in one shape, whoever raised it."""

import http
import re
from collections.abc import Iterator, Mapping
from typing import Any

import flask
import marshmallow as ma
import psycopg
import psycopg.errors
import structlog
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask_smorest import Api
from flask_smorest.utils import prepare_response
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from shared.errors import Busy, Conflict, DomainError, FieldError, Invalid, Unavailable

MEDIA_TYPE = "application/problem+json"


def _rfc3339(value: Any) -> str:
    text: str = value.isoformat()
    return text.replace("+00:00", "Z")


# Times are written with `Z` everywhere, in schemas as in plain JSON.
ma.fields.DateTime.SERIALIZATION_FUNCS["iso"] = _rfc3339
log = structlog.get_logger(__name__)


class FieldProblemSchema(ma.Schema):
    pointer = ma.fields.String(required=True, metadata={"example": "/name"})
    code = ma.fields.String(required=True, metadata={"example": "too_long"})
    detail = ma.fields.String(required=True, metadata={"example": "Longer than maximum length 50."})


class ProblemSchema(ma.Schema):
    """A failure (RFC 9457). Some codes bring further members; they are described where the code is."""

    type = ma.fields.String(required=True, metadata={"example": "urn:concord:problem:not_found"})
    title = ma.fields.String(required=True, metadata={"example": "Not Found"})
    status = ma.fields.Integer(required=True, metadata={"example": 404})
    detail = ma.fields.String(required=True, metadata={"example": "There is no such string."})
    instance = ma.fields.String(required=True, metadata={"example": "/api/sync/v1/jobs/7"})
    code = ma.fields.String(required=True, metadata={"example": "not_found"})
    correlation_id = ma.fields.UUID(required=True)
    errors = ma.fields.List(ma.fields.Nested(FieldProblemSchema), required=True)

    class Meta:
        unknown = ma.INCLUDE


def _decimals_are_text(field: ma.fields.Field[Any], **_options: Any) -> dict[str, str]:
    """The document says of a decimal what the answer has."""
    return {"type": "string"} if getattr(field, "as_string", False) else {}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> flask.Response:
    """One problem document. `members` may not replace the standard ones."""
    body = dict(members or {}) | {
        "type": f"urn:concord:problem:{code}",
        "title": http.HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": flask.request.path,
        "code": code,
        "correlation_id": str(flask.g.get("correlation_id", "")),
        "errors": [error.as_dict() for error in errors or []],
    }
    flask.g.problem_code = code
    response = flask.jsonify(body)
    response.status_code = status
    response.mimetype = MEDIA_TYPE
    response.headers.extend(dict(headers or {}))
    response.headers["Cache-Control"] = "no-store"
    return response


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest, with problem documents in its answers and in its OpenAPI document."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: flask.Flask) -> None:
        plugin = MarshmallowPlugin(schema_name_resolver=schema_name)
        super().__init__(app, spec_kwargs={"marshmallow_plugin": plugin})
        assert plugin.converter is not None  # made with the document
        # Second: what follows may add null to the type.
        plugin.converter.attribute_functions.insert(1, _decimals_are_text)

    def _register_error_handlers(self) -> None:
        for kind in (HTTPException, DomainError, DBAPIError, TimeoutError, StaleDataError, Exception):
            self._app.register_error_handler(kind, respond)

    def _register_responses(self) -> None:
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 200 and status not in (204, 304):
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)
        response = {"description": "Any other failure", "schema": self.ERROR_SCHEMA}
        prepare_response(response, self.spec, MEDIA_TYPE)
        self.spec.components.response("DEFAULT_ERROR", response, lazy=True)


def schema_name(schema: Any) -> str:
    """Names in the OpenAPI document: `OrderSchema` is Order, its partial form OrderChange."""
    known = resolve_schema_cls(schema)
    name = (known[0] if isinstance(known, list) else known).__name__
    partial = isinstance(schema, ma.Schema) and schema.partial
    return name.removesuffix("Schema") + ("Change" if partial else "")


def respond(error: Exception) -> flask.Response:
    """The one handler: turns any exception into a problem document; never shows an exception's own text."""
    if isinstance(error, HTTPException):
        return _from_http(error)
    known = error if isinstance(error, DomainError) else translate(error)
    if known is None:
        log.exception("request failed", path=flask.request.path)
        return problem(500, "internal_error", "Something went wrong here; the correlation id finds it in the log.")
    if known.status >= 500:
        log.warning("request refused", code=known.code, exc_info=error)
    return problem(
        known.status, known.code, known.detail, errors=known.errors, headers=known.headers, members=known.members
    )


def _from_http(error: HTTPException) -> flask.Response:
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    messages = (getattr(error, "data", None) or {}).get("messages")
    if status == 422 and messages:
        errors = [error for place, found in messages.items() for error in field_errors(found, _ROOTS.get(place, ""))]
        first = errors[0] if errors else FieldError("", "invalid", "The request is not valid.")
        detail = f"{first.pointer or 'The request'}: {first.detail}"
        return problem(422, first.code if len(errors) == 1 else "invalid", detail, errors=errors)
    told = getattr(error, "problem", None)  # an exception of ours that routing raised
    code, detail = told or _HTTP_CODES.get(status, (http.HTTPStatus(status).phrase.lower().replace(" ", "_"), ""))
    return problem(status, code, detail or error.description or http.HTTPStatus(status).phrase, headers=headers)


_HTTP_CODES = {
    400: ("not_parseable", "The request cannot be parsed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    413: ("too_large", "The body is larger than allowed."),
    415: ("unsupported_media_type", "Send application/json."),
    500: ("internal_error", "Something went wrong here; the correlation id finds it in the log."),
}
_CODES_BY_TEXT = {
    "Missing data for required field.": "required",
    "Unknown field.": "unknown_field",
    "Field may not be null.": "null",
}


# Where webargs found the mistakes: what stands in the query is pointed at as `?name`, what in the body as `/name`.
_ROOTS = {"query": "?"}


def field_errors(messages: Any, pointer: str) -> Iterator[FieldError]:
    """Flattens marshmallow's nested messages; a validator may give a code by raising `code|text`."""
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            inner = pointer
            if key != "_schema":
                inner = f"?{key}" if pointer == "?" else f"{pointer}/{key}"
            yield from field_errors(value, inner)
    elif isinstance(messages, list):
        for item in messages:
            yield from field_errors(item, pointer)
    else:
        code, bar, text = str(messages).partition("|")
        if not bar or not re.fullmatch("[a-z_]+", code):
            code, text = _CODES_BY_TEXT.get(str(messages), "invalid"), str(messages)
        yield FieldError(pointer, code, text)


def translate(error: Exception) -> DomainError | None:
    """What a database failure means to a client; None for what only a developer can explain."""
    if isinstance(error, StaleDataError):
        return Conflict("Somebody changed this at the same moment; read it again.", code="version_conflict")
    if isinstance(error, TimeoutError):
        return Unavailable("All database connections are busy.")
    # Statements with arrays go past SQLAlchemy (`execute_prepared`), so their failures come bare.
    return _from_database(error.orig if isinstance(error, DBAPIError) else error)


def _from_database(original: BaseException | None) -> DomainError | None:
    if isinstance(original, (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)):
        return Busy("Somebody else is working on this; try again.")
    if isinstance(original, psycopg.errors.SerializationFailure):
        return Busy("Somebody else changed this at the same moment; try again.")
    if isinstance(original, psycopg.errors.QueryCanceled):
        return Unavailable("This took longer than allowed.", code="timeout")
    if isinstance(original, psycopg.IntegrityError):
        return _from_constraint(original)
    if isinstance(original, psycopg.errors.DataError):
        return Invalid("A value does not fit where it should be stored.")
    if isinstance(original, psycopg.errors.InsufficientPrivilege):
        return Conflict("This row cannot be stored for your tenant.", code="foreign_row")
    if isinstance(original, psycopg.OperationalError):
        return Unavailable("The database does not answer.")
    return None


def _from_constraint(original: BaseException | None) -> DomainError:
    """A constraint that stopped what the checks before it let through: a race, or a rule only the database knows."""
    if isinstance(original, psycopg.errors.UniqueViolation):
        return Conflict("This already exists.", code="already_exists", constraint=original.diag.constraint_name)
    if isinstance(original, (psycopg.errors.ForeignKeyViolation, psycopg.errors.RestrictViolation)):
        if "still referenced" in (original.diag.message_detail or ""):
            return Conflict("This is in use.", code="in_use", constraint=original.diag.constraint_name)
        return Invalid("This refers to something that does not exist.", code="unknown_reference")
    name = getattr(getattr(original, "diag", None), "constraint_name", None)
    return Invalid("A rule of the database refuses this value.", code="constraint", constraint=name)
