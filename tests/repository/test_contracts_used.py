"""What services send to each other, as their own code makes it, is what the callee's contract takes and answers."""

import ast
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest
from jsonschema import Draft202012Validator

from concord.catalogue import installed_names
from services.propagation import clients as of_propagation
from services.propagation.models import Job
from services.propagation.operations.runs import approving
from services.propagation.operations.runs.request import Environment
from services.sync.clients import approvals as of_sync
from services.sync.clients.rule_sets import Judge
from services.sync.models import SyncConflict
from services.sync.operations.conflicts import approving as conflicts
from services.validation import clients as of_validation
from services.workflow.operations.approvals import lifecycle
from shared.outbound import _PASSING_CODES, Answer
from shared.outbox.writing import Letter
from shared.tenancy import Context
from tests.repository.breaking import METHODS
from tests.repository.planted import ROOT
from tests.repository.sources import files, nodes, source

PUBLIC = "https://concord.example"
SOME_ID = uuid.UUID("0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21")


@dataclass(frozen=True)
class Call:
    """`reads`: what the caller takes from the answer, by a dotted path."""

    caller: str
    callee: str
    method: str
    path: str
    body: Any
    reads: tuple[str, ...] = ()


def sent(caller: str, letter: Letter, *reads: str) -> Call:
    request: Mapping[str, Any] = letter.payload
    body = orjson.loads(orjson.dumps(request["body"], default=str))
    return Call(caller, letter.target, request["method"], request["path"], body, reads)


def approval_of_a_run() -> Letter:
    job = Job(id=SOME_ID, requested_by="ada", trigger_type="manual")
    row = {"string_id": 1, "level": 2, "string_value": "NILE", "new_value": "OAK", "status": "will_change"}
    shown = {
        "summary": {"total_affected": 41, "by_level": {"1": 1, "2": 40}},
        "affected_strings": [row],
        "expires_at": SimpleNamespace(isoformat=lambda: "2026-11-21T12:00:00+00:00"),
    }
    environment = cast("Environment", SimpleNamespace(public_url=PUBLIC))
    return of_propagation.ask_for_approval(approving._approval(job, shown, environment), reply={})


def approval_of_a_conflict() -> Letter:
    conflict = SyncConflict(
        id=7,
        pipeline="products",
        table_name="products",
        key="A-1",
        source_values={"name": "Oak"},
        target_values={"name": "Elm"},
    )
    return of_sync.ask_for_approval(conflicts._approval(conflict, PUBLIC), reply={})


def decision_on(asked: Letter) -> Letter:
    """What workflow tells the address that the approval names."""
    approval = SimpleNamespace(
        id=3,
        external_ref=asked.payload["body"]["external_ref"],
        callback_url=asked.payload["body"]["callback_url"],
        decision="approved",
        option=(asked.payload["body"].get("options") or [None])[0],
        decided_by="grace",
        origin_correlation_id=None,
    )
    return lifecycle._letter(SimpleNamespace(row=approval, ask=SimpleNamespace(comments="")))  # type: ignore[arg-type]


class Listener:
    """In the place of the client of another service."""

    calls: list[tuple[str, str, Any]]

    def __init__(self) -> None:
        self.calls = []

    def call(self, method: str, path: str, *, json: Any, **_options: Any) -> Answer:
        self.calls.append((method, path, orjson.loads(orjson.dumps(json))))
        return Answer(200, {}, b'{"failed_indexes": [], "warned_indexes": []}')  # type: ignore[arg-type]


def evaluation() -> Call:
    listener = Listener()
    judge = Judge(listener, Context(SOME_ID), "core", label=str(SOME_ID), version=2)  # type: ignore[arg-type]
    judge.judge({"name": ["Oak", None], "price": [1, 2]}, first_row=0)
    ((method, path, body),) = listener.calls
    violation = (f"failures.violations.{name}" for name in ("code", "rule", "message", "field", "value"))
    read = ("failed_indexes", "warned_indexes", "failures.index", *violation)
    return Call("sync", "validation", method, path, body, read)


TOLD = {
    "group": "integrity",
    "news": "worse",
    "severity": "critical",
    "health_score": 45,
    "breaches": ["health_score is 45, below the limit of 90"],
}
CALLS = {
    "a run's approval": sent("propagation", approval_of_a_run(), "id"),
    "its withdrawal": sent("propagation", of_propagation.withdraw_approval(3, external_ref=str(SOME_ID))),
    "its decision": sent("workflow", decision_on(approval_of_a_run())),
    "a conflict's approval": sent("sync", approval_of_a_conflict(), "id"),
    "its withdrawal too": sent("sync", of_sync.withdraw_approval(3, external_ref="7")),
    "its decision too": sent("workflow", decision_on(approval_of_a_conflict())),
    "records judged": evaluation(),
    "a ticket": sent("validation", of_validation.ask_for_ticket(5, "demo", told=TOLD, reply={}), "id"),
    "news of a ticket": sent("validation", of_validation.add_to_ticket(5, "demo", ticket=17, told=TOLD)),
}


@cache
def contract(service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "services" / service / "openapi.json").read_text())
    return found


def operation(call: Call) -> dict[str, Any] | None:
    for path, item in contract(call.callee)["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), call.path):
            found: dict[str, Any] | None = item.get(call.method.lower())
            return found
    return None


def complaints(service: str, schema: Mapping[str, Any], value: Any) -> list[str]:
    """What a schema of a contract says about a value; a field that only the service sets is none to demand."""
    document = {"components": contract(service)["components"], **schema}
    return [
        error.message
        for error in Draft202012Validator(document).iter_errors(value)
        if not (error.validator == "required" and only_read(error.schema["properties"], error.message))
    ]


def only_read(properties: Mapping[str, Any], message: str) -> bool:
    return bool(properties.get(message.split("'")[1], {}).get("readOnly"))


def resolved(service: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = contract(service)["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_what_the_contract_takes(name: str) -> None:
    call = CALLS[name]
    found = operation(call)
    assert found is not None, f"{call.callee} has no {call.method} {call.path}"
    body = found.get("requestBody")
    if body is None:
        assert not call.body
        return
    schema = body["content"]["application/json"]["schema"]
    assert complaints(call.callee, schema, call.body) == []
    known = resolved(call.callee, schema)["properties"]
    assert [field for field in call.body if field not in known or known[field].get("readOnly")] == []


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.reads])
def test_an_answer_has_what_is_read_of_it(name: str) -> None:
    call = CALLS[name]
    found = operation(call)
    assert found is not None
    (answer,) = (answer for status, answer in found["responses"].items() if status.startswith("2"))
    for path in call.reads:
        schema = answer["content"]["application/json"]["schema"]
        for step in path.split("."):
            schema = resolved(call.callee, schema)
            schema = resolved(call.callee, schema.get("items", schema))
            assert step in schema["properties"], path
            schema = schema["properties"][step]


def test_failures_that_callers_tell_apart_are_documented() -> None:
    """By status through the problem document of each operation, by code through the one that shared gives them."""
    for call in CALLS.values():
        found = operation(call)
        assert found is not None
        assert "default" in found["responses"]
    raised = {
        statement.value.value
        for path in files("shared")
        for statement in nodes(path, ast.Assign)
        if isinstance(statement.value, ast.Constant) and "code" in [getattr(t, "id", "") for t in statement.targets]
    }
    assert raised >= _PASSING_CODES


def test_no_call_is_forgotten() -> None:
    """Every address of a sibling that stands in the code of a service is called above."""
    for path in files("services"):
        caller = path.parts[1]
        for address, callee in re.findall(r"""["'](/api/(\w+)/v1/[a-z-]+)""", source(path)):
            if callee != caller and callee in installed_names() and "schemas" not in path.parts:
                begun = [call for call in CALLS.values() if call.path.startswith(address)]
                assert [call for call in begun if call.caller == caller], f"{path}: {address}"


def test_contracts_describe_methods_that_are_compared() -> None:
    words = {word for name in installed_names() for item in contract(name)["paths"].values() for word in item}
    assert words - {"parameters"} <= set(METHODS)
