"""The OpenAPI document is valid, complete, and tells what the routes do."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from concord.catalogue import installed_names
from docs.contracts import SERVICES, text_of
from shared.app import ServiceApp
from tests.repository.test_entrance import LOGINS
from tests.repository.world import guarded

# What a reader understands without an example.
PLAIN_FORMATS = ("date-time", "date", "uuid", "uri", "url", "binary")
# Schemas of which some field still lacks a description or an example. May get shorter, never longer.
# fmt: off
LACKING = frozenset({
    "AuditRow", "FieldProblem", "Finding", "Fault", "Import", "ImportForm", "ImportRow", "ImportSummary",
    "PaginationMetadata", "Problem", "RedactionPreview", "Verification",
})
# fmt: on
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module", params=installed_names())
def app(request: pytest.FixtureRequest) -> ServiceApp:
    found: ServiceApp = request.getfixturevalue(f"{request.param}_app")
    return found


@pytest.fixture(scope="module")
def document(app: ServiceApp) -> dict[str, Any]:
    return document_of(app)


def document_of(app: ServiceApp) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get(f"/api/{app.runtime.service}/v1/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((method, path, item[method]) for method in METHODS if method in item)


def test_it_is_the_committed_contract(app: ServiceApp, document: dict[str, Any]) -> None:
    assert (SERVICES / app.name / "openapi.json").read_text() == text_of(document), "run: python -m docs.generate"


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_it_has_the_routes_of_the_app_and_no_other(app: ServiceApp, document: dict[str, Any]) -> None:
    routes = {(route.method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.rule)) for route in guarded(app)}
    routes |= {("post", path) for path in LOGINS.get(app.runtime.service, ())}
    assert {(method, path) for method, path, _operation in operations(document)} == routes
    assert len(routes) > 20


def test_names_of_operations_are_unique(document: dict[str, Any]) -> None:
    names = [operation.get("operationId") or f"{method} {path}" for method, path, operation in operations(document)]
    assert len(names) == len(set(names))


def test_failures_are_problem_documents(document: dict[str, Any]) -> None:
    """Except where a bulk answer has the same shape whether it is 200, 207 or 409."""
    for method, path, operation in operations(document):
        answers = operation["responses"]
        assert "default" in answers, (method, path)
        for status, answer in answers.items():
            if status == "default" or (status >= "400" and "$ref" in answer):
                name = answer["$ref"].rsplit("/", 1)[1]
                content = document["components"]["responses"][name]["content"]
                assert content.keys() == {"application/problem+json"}, (method, path, status)
                schema = content["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (method, path, status)


def test_success_has_a_shape(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        good = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
        assert good, (method, path)
        assert all(status == "204" or answer.get("content") for status, answer in good.items()), (method, path)


def test_every_operation_needs_a_token(document: dict[str, Any]) -> None:
    assert document["security"] == [{"token": []}]
    assert not [path for _method, path, operation in operations(document) if "security" in operation]


def explained(field: dict[str, Any]) -> bool:
    if {"example", "examples", "description", "enum", "const", "$ref", "allOf", "anyOf", "oneOf"} & field.keys():
        return True
    kinds = field.get("type", [])
    if "boolean" in kinds or field.get("format") in PLAIN_FORMATS:
        return True
    return "array" in kinds and explained(field.get("items", {}))


def test_every_field_is_explained_or_shown_by_example(document: dict[str, Any]) -> None:
    unexplained = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, value in schema.get("properties", {}).items()
        if not explained(value)
    ]
    assert unexplained == []


def is_complete(field: dict[str, Any]) -> bool:
    """Described, and shown by an example unless it is made of schemas that have their own."""
    return "description" in field and ("example" in field or "$ref" in str(field))


def test_every_field_is_described_and_shown_by_example(propagation_app: ServiceApp) -> None:
    incomplete = {
        name
        for name, schema in document_of(propagation_app)["components"]["schemas"].items()
        if not all(is_complete(field) for field in schema.get("properties", {}).values())
    }
    assert incomplete - LACKING == set()


def test_examples_fit_their_fields(document: dict[str, Any]) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "object": dict,
        "array": list,
        "boolean": bool,
    }
    for name, schema in document["components"]["schemas"].items():
        for field, value in schema.get("properties", {}).items():
            declared = value.get("type", [])
            allowed = [declared] if isinstance(declared, str) else declared
            if value.get("example") is None or not allowed:
                continue
            assert any(kind in kinds and isinstance(value["example"], kinds[kind]) for kind in allowed), (name, field)
