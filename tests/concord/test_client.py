"""The client against a service that answers what the test says: what is repeated, what is raised, what is sent."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from concord import client
from concord.client import Concord

ADDRESS = "https://concord.example"


@pytest.fixture
def sent() -> list[httpx2.Request]:
    return []


@pytest.fixture
def speaking(sent: list[httpx2.Request]) -> Callable[..., Concord]:
    """A client whose calls get these answers, one after the other."""

    def make(*answers: httpx2.Response | httpx2.TransportError, **options: Any) -> Concord:
        left = list(answers)

        def answer(request: httpx2.Request) -> httpx2.Response:
            sent.append(request)
            found = left.pop(0)
            if isinstance(found, httpx2.TransportError):
                raise found
            return found

        return Concord(ADDRESS, "abc", transport=httpx2.MockTransport(answer), **options)

    return make


def put_off(status: int, seconds: int = 0, code: str = "locked") -> httpx2.Response:
    return httpx2.Response(status, headers={"Retry-After": str(seconds)}, json={"code": code, "detail": "Later."})


@pytest.mark.parametrize(
    "first", [put_off(503), put_off(429), put_off(409), httpx2.Response(502), httpx2.ReadError("lost")], ids=str
)
def test_what_may_be_lost_or_was_put_off_is_sent_again_with_its_key(
    speaking: Callable[..., Concord], sent: list[httpx2.Request], first: Any
) -> None:
    made = speaking(first, httpx2.Response(201, json={"id": 7})).workflow.tickets.create({"subject": "Stuck"})
    assert made["id"] == 7
    assert len(sent) == 2
    for name in ("Idempotency-Key", "X-Correlation-ID", "Authorization"):
        assert sent[0].headers[name] == sent[1].headers[name] != ""
    assert sent[0].content == sent[1].content


def test_a_key_is_for_one_call(speaking: Callable[..., Concord], sent: list[httpx2.Request]) -> None:
    concord = speaking(*[httpx2.Response(201, json={}) for _ in range(3)])
    for _ in range(2):
        concord.workflow.tickets.create({"subject": "Stuck"})
    assert sent[0].headers["Idempotency-Key"] != sent[1].headers["Idempotency-Key"]
    concord.workflow.tickets.using(idempotency_key="mine", correlation_id="c").create({"subject": "Stuck"})
    assert (sent[2].headers["Idempotency-Key"], sent[2].headers["X-Correlation-ID"]) == ("mine", "c")


@pytest.mark.parametrize("first", [httpx2.ReadError("lost"), httpx2.Response(502)], ids=str)
def test_a_lost_delete_is_not_repeated_and_one_that_did_not_arrive_is(
    speaking: Callable[..., Concord], sent: list[httpx2.Request], first: Any
) -> None:
    with pytest.raises(client.CallFailed):
        speaking(first).workflow.tickets.delete(7)
    assert len(sent) == 1
    speaking(httpx2.ConnectError("refused"), httpx2.Response(204)).workflow.tickets.delete(7)
    assert len(sent) == 3


def test_patience_has_an_end(speaking: Callable[..., Concord], sent: list[httpx2.Request]) -> None:
    with pytest.raises(client.TooMany):
        speaking(put_off(429, 3600)).propagation.strings.read(1)
    assert len(sent) == 1
    with pytest.raises(client.Unreachable, match="does not answer"):
        speaking(*[httpx2.ConnectError("refused")] * 2, attempts=2).propagation.strings.read(1)
    assert len(sent) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, client.NotAuthorised),
        (404, client.NotFound),
        (409, client.Conflict),
        (412, client.Stale),
        (418, client.Problem),
        (422, client.Invalid),
        (503, client.Unavailable),
    ],
)
def test_refusals_have_classes(speaking: Callable[..., Concord], status: int, kind: type[client.Problem]) -> None:
    document = {"code": "why", "detail": "No.", "errors": [{"pointer": "/a", "code": "b", "detail": "Not so."}]}
    answer = httpx2.Response(status, json=document, headers={"X-Correlation-ID": "17"})
    with pytest.raises(client.Problem) as raised:
        speaking(answer, attempts=1).sync.runs.read("x")
    assert type(raised.value) is kind
    assert (raised.value.code, raised.value.errors[0]["pointer"], raised.value.correlation_id) == ("why", "/a", "17")
    assert str(raised.value) == "No.\n  /a: Not so. (correlation id 17)"


def test_what_was_read_can_be_the_condition_of_a_change(
    speaking: Callable[..., Concord], sent: list[httpx2.Request]
) -> None:
    concord = speaking(httpx2.Response(200, json={"id": 7}, headers={"ETag": '"1-a"'}), *[httpx2.Response(204)] * 2)
    rules = concord.propagation.rules
    seen = rules.read(7)
    rules.using(if_match=seen).delete(7)
    rules.delete(7)
    assert [request.headers.get("If-Match") for request in sent] == [None, '"1-a"', None]


def test_a_list_is_read_where_it_was_begun(speaking: Callable[..., Concord], sent: list[httpx2.Request]) -> None:
    """The service may know itself by another name; nobody else gets the token."""
    pages = [
        {"results": [{"id": 1}], "next": "http://elsewhere.example/api/validation/v1/weeks?cursor=a%3D&limit=200"},
        {"results": [{"id": 2}], "next": None},
    ]
    concord = speaking(*[httpx2.Response(200, json=page) for page in pages])
    assert [row["id"] for row in concord.validation.weeks.list(ordering="id")] == [1, 2]
    assert [str(request.url) for request in sent] == [
        f"{ADDRESS}/api/validation/v1/weeks?limit=200&ordering=id",
        f"{ADDRESS}/api/validation/v1/weeks?cursor=a%3D&limit=200",
    ]


def test_names_stay_inside_of_their_place(speaking: Callable[..., Concord], sent: list[httpx2.Request]) -> None:
    speaking(httpx2.Response(200, json={})).sync.pipelines.read("../secrets?x={}")
    assert sent[0].url.raw_path == b"/api/sync/v1/pipelines/..%2Fsecrets%3Fx%3D%7B%7D"


def test_a_token_may_be_asked_for() -> None:
    tokens = iter(["one", "two"])
    seen = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers["Authorization"])
        return httpx2.Response(200, json={})

    with Concord(ADDRESS, lambda: next(tokens), transport=httpx2.MockTransport(answer)) as concord:
        concord.sync.company.read()
        concord.sync.company.read()
    assert seen == ["Bearer one", "Bearer two"]


def test_waiting_ends_with_the_job_the_time_or_at_once(speaking: Callable[..., Concord]) -> None:
    job = {"id": "j", "status": "running"}
    place = {"Location": "/api/sync/v1/jobs/j"}
    concord = speaking(
        httpx2.Response(202, json=job, headers=place),
        httpx2.Response(200, json=job),
        httpx2.Response(200, text='id: 4\nevent: progress\ndata: {"processed": 3}\n\n'),
        httpx2.Response(200, json=job | {"status": "completed"}),
        httpx2.Response(200, json=job),
        httpx2.Response(200, json={"done": 2}),
    )
    sync = concord.sync
    told: list[Any] = []
    ended = sync.wait(sync.runs.create({"all": True}), news=told.append, short_seconds=0)
    assert (ended["status"], told) == ("completed", [job, {"processed": 3}])
    with pytest.raises(client.StillRunning, match="j is still running after 0 seconds"):
        sync.wait("j", seconds=0)
    at_once = sync.quarantine.redrive_many({})
    assert sync.wait(at_once) is at_once


def test_it_can_be_taken_along_alone() -> None:
    code = (
        "import sys, concord.client, concord.client.operations.sync\n"
        "house = ('shared', 'services', 'flask', 'sqlalchemy', 'click', 'pydantic')\n"
        "print([name for name in house if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
