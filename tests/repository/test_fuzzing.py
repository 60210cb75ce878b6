"""Requests made up from the OpenAPI document: no answer is a server error, each is one that the document promises.

Bounded and repeatable: a few cases for each operation, the same ones in each run. Paths lead to rows that exist,
because the answers to missing ones are tested elsewhere.
"""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.repository.world import COLLECTIONS, PREFIX, World

CASES = 2
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Streams last until their client goes away; they have tests of their own.
STREAMS = ("/events", "/jobs/{job_id}/events", "/audit-log/export")


@pytest.fixture(scope="module")
def person(propagation_app: ServiceApp, issuer: Issuer) -> Person:
    return Person(propagation_app.test_client(), PREFIX.rstrip("/"), issuer.token(uuid.uuid4()))


@pytest.fixture(scope="module")
def world(person: Person) -> World:
    return World.make(person, "fuzzed")


def operations(app: ServiceApp) -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}openapi.json", app)
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # the document is valid, see test_openapi
        if not operation.path.endswith(STREAMS):
            yield operation


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_that_the_document_promises(
    propagation_app: ServiceApp, person: Person, world: World, mode: GenerationMode
) -> None:
    failures = [line for operation in operations(propagation_app) for line in _failures(operation, mode, person, world)]
    assert not failures, "\n".join(failures)


def _failures(operation: Any, mode: GenerationMode, person: Person, world: World) -> list[str]:
    found: dict[str, str] = {}

    @settings(
        max_examples=CASES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        if case.path_parameters and operation.method != "delete":
            case.path_parameters = dict.fromkeys(case.path_parameters, _id(operation.path, world))
        case.headers = {"Authorization": f"Bearer {person.token}"}
        try:
            case.call_and_validate(checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                found.setdefault(failure.title, f"{failure.message}\n{case.as_curl_command()}")
        except Exception as error:
            found.setdefault("exception", f"{error!r}\n{case.as_curl_command()}")

    call()
    return [f"{operation.label}: {title}\n{text}" for title, text in found.items()]


def _id(path: str, world: World) -> Any:
    (collection,) = re.findall(r"/v1/([^/]+)", path)
    return world.ids[COLLECTIONS[collection]]
