"""Sources that fail, lie or attack: each case has its code, and none of them is an empty page."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from services.sync.domain.pages import Extractor
from services.sync.errors import (
    BadResponse,
    PagingStuck,
    ResponseTooLarge,
    RunFailed,
    SourceAddressRefused,
    SourceRefused,
    SourceUnavailable,
)
from services.sync.extractors import rest
from tests.fixtures.stand_in import StandIn, says
from tests.sync.extractors.worlds import Worlds, read, rows

OFFSET = {"paging": {"type": "offset"}, "page_size": 2}


def source(worlds: Worlds, site: StandIn, more: dict[str, Any] | None = None, **config: Any) -> Extractor:
    given = {"config": {"base_url": site.url, "path": "items", **config}, **(more or {})}
    return rest.build(given, worlds.of(site.url, key=("id",)))


def answers(body: bytes, kind: str = "application/json", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: Response(body, headers=named, mimetype=kind)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(worlds: Worlds, site: StandIn, status: int) -> None:
    site.answers = [says(status), says(status), says(200, [{"id": 1}])]
    extractor = source(worlds, site)
    assert rows(read(extractor)) == [{"id": 1}]
    assert (extractor.traffic.requests, extractor.traffic.retries) == (3, 2)
    assert worlds.waits[0] <= 0.5
    assert worlds.waits[1] <= 1.0


def test_the_source_says_how_long_to_wait(worlds: Worlds, site: StandIn) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    site.answers = [says(429, Retry_After="7"), says(503, Retry_After=later), says(200, [{}])]
    read(source(worlds, site))
    assert worlds.waits[0] == 7
    assert 80 < worlds.waits[1] <= 90


def test_it_is_not_waited_beyond_the_budget(worlds: Worlds, site: StandIn) -> None:
    site.answers = [says(503, Retry_After="5")]
    with pytest.raises(SourceUnavailable):
        read(source(worlds, site, {"retry": {"attempts": 9, "budget_seconds": 11}}))
    assert worlds.waits == [5, 5]
    assert len(site.requests) == 3


def test_attempts_are_counted(worlds: Worlds, site: StandIn) -> None:
    site.answers = [says(500)]
    with pytest.raises(SourceUnavailable) as failure:
        read(source(worlds, site, {"retry": {"attempts": 3}}, params={"q": "person"}))
    assert len(site.requests) == 3
    assert "person" not in failure.value.detail
    assert failure.value.members["class"] == "source_unavailable"


def test_nobody_answers(worlds: Worlds, site: StandIn) -> None:
    site.stop()
    with pytest.raises(SourceUnavailable):
        read(source(worlds, site))
    assert len(worlds.waits) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_refusals_are_not_repeated(worlds: Worlds, site: StandIn, status: int) -> None:
    site.answers = [says(status)]
    with pytest.raises(SourceRefused) as refused:
        read(source(worlds, site))
    assert refused.value.answered == status
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (answers(b"<html>Sign in</html>", "text/html"), BadResponse),
        (answers(b""), BadResponse),
        (answers(b'{"error": "no"}'), BadResponse),
        (answers(b'{"d": {"id": 1}}'), BadResponse),
        (answers(b'{"d": null}'), BadResponse),
        (answers(b'{"d": [{"id": "\xff"}]}'), BadResponse),
        (answers(b'{"d": ' + b"[" * 100_000), BadResponse),
        (answers(b"no gzip", Content_Encoding="gzip"), BadResponse),
        (answers(b"x", Content_Encoding="br"), BadResponse),
        (lambda _request: Response(status=304), BadResponse),
        (answers(json.dumps({"d": [{}] * 10_001}).encode()), ResponseTooLarge),
        (answers(gzip.compress(b" " * (65 * 1024 * 1024), 1), Content_Encoding="gzip"), ResponseTooLarge),
    ],
)
def test_what_is_no_page(worlds: Worlds, site: StandIn, answer: Any, failure: type[RunFailed]) -> None:
    site.answers = [answer]
    with pytest.raises(failure):
        read(source(worlds, site, records="/d"))
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("config", "answer"),
    [
        (OFFSET, lambda _request: [{"id": 1, "at": 1}, {"id": 2}]),
        ({"paging": {"type": "page"}}, lambda _request: [{"id": 1}]),
        (
            {"paging": {"type": "cursor", "next": "/n", "param": "c"}, "records": "/d"},
            lambda _r: {"d": [{"id": 1}], "n": "x"},
        ),
        ({"paging": {"type": "link", "next": "/n"}, "records": "/d"}, lambda _r: {"d": [{"id": 1}], "n": "/items?x"}),
    ],
)
def test_endless_pages_end(worlds: Worlds, site: StandIn, config: dict[str, Any], answer: Any) -> None:
    def respond(request: Request) -> Response:
        return Response(json.dumps(answer(request)), mimetype="application/json")

    site.answers = [respond]
    with pytest.raises(PagingStuck):
        read(source(worlds, site, **config))
    assert len(site.requests) == 2


def test_the_same_cursor_again(worlds: Worlds, site: StandIn) -> None:
    site.answers = [says(200, {"d": [{"id": 1}], "n": "x"}), says(200, {"d": [{"id": 2}], "n": "x"})]
    with pytest.raises(PagingStuck):
        read(source(worlds, site, paging={"type": "cursor", "next": "/n", "param": "c"}, records="/d"))


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:1", "http://localhost", "http://[::1]", "http://169.254.169.254", "http://10.0.0.1"),
        *("http://2130706433", "http://0x7f000001", "http://example.com", "https://intern.example:8443"),
    ],
)
def test_addresses_that_are_not_called(worlds: Worlds, site: StandIn, url: str) -> None:
    extractor = rest.build({"config": {"base_url": url, "path": "/"}}, worlds.of(site.url))
    with pytest.raises(SourceAddressRefused) as refused:
        read(extractor)
    assert refused.value.code == "address_refused"
    assert worlds.waits == []


def test_redirects_are_looked_at_too(worlds: Worlds, site: StandIn) -> None:
    site.answers = [says(302, Location="http://127.0.0.1:1/x")]
    with pytest.raises(SourceAddressRefused):
        read(source(worlds, site))
    assert len(site.requests) == 1
    site.answers = [says(302, Location="/items")]
    with pytest.raises(SourceUnavailable):
        read(source(worlds, site, {"retry": {"attempts": 1}}))
    assert len(site.requests) == 1 + 4


def test_a_next_page_elsewhere_is_looked_at_too(worlds: Worlds, site: StandIn) -> None:
    site.answers = [says(200, {"d": [{"id": 1}], "n": "http://169.254.169.254/latest"})]
    with pytest.raises(SourceAddressRefused):
        read(source(worlds, site, paging={"type": "link", "next": "/n"}, records="/d"))


def test_hostile_text_stays_text(worlds: Worlds, site: StandIn) -> None:
    hostile = [{"id": text} for text in ("'; drop table x; --", "<script>", "{{7*7}}", "\u202e", "=1+1", "../../etc")]
    site.answers = [says(200, hostile)]
    assert rows(read(source(worlds, site))) == hostile
