"""Rows before a rule set of the validation service: in blocks, nothing unjudged, a service that is away."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import stamina
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.wrappers import Request, Response

from services.sync.clients import rule_sets
from services.sync.clients.rule_sets import Judge
from services.sync.errors import RuleSetNotFound, ValidationRefused, ValidationUnavailable
from shared.jobs.errors import Cancelled
from shared.outbound import ServiceClient
from shared.service_tokens import ServiceTokens
from shared.tenancy import Context
from tests.fixtures.stand_in import StandIn, pem, says


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def service() -> Iterator[StandIn]:
    service = StandIn()
    yield service
    service.stop()


@pytest.fixture
def judge(service: StandIn, context: Context, tmp_path: Path) -> Iterator[Callable[..., Judge]]:
    key = pem(tmp_path / "sync.pem", ec.generate_private_key(ec.SECP256R1()))
    tokens = ServiceTokens("sync", calls={"validation": ["rules.evaluate"]}, key_file=key)
    client = ServiceClient("sync", "validation", base_url=service.url, tokens=tokens)
    yield lambda **more: Judge(client, context, name="goods", label="run-1", **more)
    client.close()


def verdict(failed: tuple[int, ...] = (), warned: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    return {"failed_indexes": list(failed), "warned_indexes": list(warned), **more}


def test_rows_come_back_with_what_is_wrong(judge: Callable[..., Judge], service: StandIn, context: Context) -> None:
    violation = {"rule": "r1", "code": "r1", "field": "price", "value": -1, "message": "too low", "severity": "error"}
    service.answers = [says(200, verdict((1, 2), (0,), failures=[{"index": 1, "violations": [violation]}]))]
    price = Decimal("12345678901234567890.10")
    columns: dict[str, list[Any]] = {"sku": ["a", "b", "c"], "price": [price, None, -1], "day": [date(2026, 3, 1)] * 3}
    found = judge(version=4).judge(columns, first_row=10_000)
    assert found.warned == {0}
    (fault,) = found.broken[1]
    assert (fault.field, fault.rule, fault.text, fault.value) == ("price", "r1", "too low", -1)
    assert len(found.broken[2]) == 1
    (request,) = service.requests
    assert request.path == "/api/validation/v1/rule-sets/goods/evaluate"
    assert request.headers["X-Correlation-ID"] == str(context.correlation_id)
    body = json.loads(request.get_data(), parse_float=Decimal)
    assert (body["label"], body["page"], body["version"]) == ("run-1", 10_000, 4)
    assert body["records"][0] == {"sku": "a", "price": price, "day": "2026-03-01"}


def test_blocks_are_bounded_and_numbered(
    judge: Callable[..., Judge], service: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(request: Request) -> Response:
        count = len(json.loads(request.get_data())["records"])
        return Response(json.dumps(verdict((count - 1,))), mimetype="application/json")

    service.answers = [answer]
    found = judge().judge({"n": list(range(rule_sets.BLOCK_ROWS + 2))}, first_row=7)
    assert sorted(found.broken) == [rule_sets.BLOCK_ROWS - 1, rule_sets.BLOCK_ROWS + 1]
    assert [json.loads(request.get_data())["page"] for request in service.requests] == [7, 7 + rule_sets.BLOCK_ROWS]
    monkeypatch.setattr(rule_sets, "BLOCK_BYTES", 2_000)
    service.requests.clear()
    judge().judge({"text": ["x" * 500] * 9}, first_row=0)
    assert len(service.requests) == 3
    assert all(len(request.get_data()) <= 2_000 for request in service.requests)


def test_it_waits_while_the_service_is_away(judge: Callable[..., Judge], service: StandIn) -> None:
    service.answers = [says(503), says(429), says(502), says(200, verdict())]
    waits: list[float] = []
    assert judge(pause=waits.append).judge({"n": [1]}, first_row=0).broken == {}
    assert waits == [1, 2, 4]


def test_waiting_ends_with_the_run(judge: Callable[..., Judge], service: StandIn) -> None:
    def pause(_seconds: float) -> None:
        raise Cancelled("The job was cancelled.")

    service.answers = [says(503)]
    with pytest.raises(Cancelled):
        judge(pause=pause).judge({"n": [1]}, first_row=0)


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (says(503), ValidationUnavailable),
        (says(500), ValidationUnavailable),
        (says(404), RuleSetNotFound),
        (says(422, {"code": "too_many_records", "detail": "too many"}), ValidationRefused),
        (says(403), ValidationRefused),
        (says(200, {"verdict": "pass"}), ValidationRefused),
        (lambda _request: Response("<html>"), ValidationRefused),
    ],
)
def test_nothing_passes_unjudged(
    judge: Callable[..., Judge], service: StandIn, answer: Any, failure: type[Exception]
) -> None:
    service.answers = [answer]
    with pytest.raises(failure):
        judge(waits=False).judge({"n": [1]}, first_row=0)


def test_a_service_that_is_not_configured_is_not_waited_for(context: Context) -> None:
    with pytest.raises(ValidationUnavailable):
        Judge(None, context, name="goods", label="run-1").judge({"n": [1]}, first_row=0)
