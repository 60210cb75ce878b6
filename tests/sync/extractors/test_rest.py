"""HTTP sources: every paging, every way to show who asks, filters, limits, and positions to go on from."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import Extractor
from services.sync.errors import BadResponse, SourceRefused
from services.sync.extractors import rest
from tests.fixtures.stand_in import StandIn, says
from tests.sync.extractors.worlds import Worlds, read, resumes_everywhere, rows

RECORDS = [{"id": n, "at": f"2026-03-{n + 1:02}T00:00:00Z"} for n in range(7)]


def source(worlds: Worlds, site: StandIn, more: Mapping[str, Any] | None = None, **config: Any) -> Extractor:
    given = {"config": {"base_url": f"{site.url}/api/", "path": "/items", **config}, **(more or {})}
    return rest.build(given, worlds.of(site.url, key=("id",)))


def plays(site: StandIn, answer: Callable[[Request], Any]) -> None:
    def respond(request: Request) -> Response:
        body = answer(request)
        return body if isinstance(body, Response) else Response(json.dumps(body), mimetype="application/json")

    site.answers = [respond]


def by_page(request: Request) -> Any:
    page, size = int(request.args["page"]), int(request.args["size"])
    return {"data": {"items": RECORDS[(page - 1) * size : page * size]}}


def by_offset(request: Request) -> Any:
    skip, take = int(request.args["offset"]), int(request.args["limit"])
    return RECORDS[skip : skip + take]


def by_cursor(request: Request) -> Any:
    at = int(request.args.get("after", 0))
    more = at + 3 < len(RECORDS)
    return {"rows": RECORDS[at : at + 3], "meta": {"next": str(at + 3) if more else None, "more": more}}


def by_link(request: Request) -> Any:
    at = int(request.args.get("at", 0))
    answer = Response(json.dumps(RECORDS[at : at + 3]), mimetype="application/json")
    if at + 3 < len(RECORDS):
        answer.headers["Link"] = f'<?at=0>; rel="first", <{request.path}?at={at + 3}>; title="x"; rel="prev next"'
    return answer


PAGINGS: dict[str, tuple[Callable[[Request], Any], dict[str, Any]]] = {
    "page": (
        by_page,
        {"paging": {"type": "page", "size_param": "size"}, "records": "/data/items", "page_size": 3},
    ),
    "offset": (by_offset, {"paging": {"type": "offset"}, "page_size": 3}),
    "cursor": (by_cursor, {"paging": {"type": "cursor", "next": "/meta/next", "param": "after"}, "records": "/rows"}),
    "more": (
        by_cursor,
        {
            "paging": {"type": "cursor", "next": "/meta/next", "param": "after", "has_more": "/meta/more"},
            "records": "/rows",
        },
    ),
    "link": (by_link, {"paging": {"type": "link"}}),
}


@pytest.mark.parametrize("name", PAGINGS)
def test_each_paging(worlds: Worlds, site: StandIn, name: str) -> None:
    answer, config = PAGINGS[name]
    plays(site, answer)

    def build() -> Extractor:
        return source(worlds, site, **config)

    extractor = build()
    pages = read(extractor)
    assert rows(pages) == RECORDS
    assert [page.number for page in pages] == [1, 2, 3]
    assert extractor.traffic.requests == len(site.requests) == 3
    assert extractor.traffic.bytes > 100
    assert extractor.traffic.clock_behind_seconds is not None
    assert site.requests[0].path == "/api/items"
    assert resumes_everywhere(build, pages)
    json.dumps([page.next for page in pages])


@pytest.mark.parametrize(("name", "sizes"), [("page", [3, 3]), ("offset", [3, 1])])
def test_a_limit_cuts_what_is_asked(worlds: Worlds, site: StandIn, name: str, sizes: list[int]) -> None:
    answer, config = PAGINGS[name]
    plays(site, answer)
    assert rows(read(source(worlds, site, **config), limit=4)) == RECORDS[:4]
    param = {"page": "size", "offset": "limit"}[name]
    assert [int(request.args[param]) for request in site.requests] == sizes
    assert rows(read(source(worlds, site, **config), limit=2)) == RECORDS[:2]
    assert int(site.requests[-1].args[param]) == 2
    odd = [Condition("id", "in", (1, 3, 5))]
    assert [row["id"] for row in rows(read(source(worlds, site, **config), conditions=odd, limit=2))] == [1, 3]


def test_pages_may_be_counted_from_zero(worlds: Worlds, site: StandIn) -> None:
    plays(site, lambda request: RECORDS[:2] if request.args["p"] == "0" else [])
    config: dict[str, Any] = {"paging": {"type": "page", "param": "p", "first": 0}}
    assert [len(page.rows) for page in read(source(worlds, site, **config))] == [2, 0]
    assert [request.args["p"] for request in site.requests] == ["0", "1"]


def test_next_may_stand_in_the_body(worlds: Worlds, site: StandIn) -> None:
    plays(site, lambda request: {"d": [{"id": len(request.args)}], "next": None if request.args else "/api/items?at=1"})
    assert rows(read(source(worlds, site, records="/d", paging={"type": "link", "next": "/next"}))) == [
        {"id": 0},
        {"id": 1},
    ]


def test_bodies_carry_the_paging_of_a_post(worlds: Worlds, site: StandIn) -> None:
    plays(site, lambda request: RECORDS[: request.json["limit"]] if request.json["offset"] == 0 else [])
    config: dict[str, Any] = {
        "method": "POST",
        "body": {"what": "all", "key": {"env": "SYNC_SECRET_KEY"}},
        "params": {"v": 2},
    }
    read(source(worlds, site, **config, paging={"type": "offset"}, page_size=2))
    assert site.requests[0].json == {"what": "all", "key": "s3cret", "offset": 0, "limit": 2}
    assert site.requests[0].args.to_dict() == {"v": "2"}


def test_the_cursor_is_asked_for_and_every_condition_holds(worlds: Worlds, site: StandIn) -> None:
    plays(site, lambda _request: [*RECORDS, {"id": 99, "at": None}])
    conditions = [
        Condition("at", "gte", date(2026, 3, 5), cursor=True),
        Condition("at", "lte", date(2026, 3, 6), cursor=True),
        Condition("id", "ne", 5),
    ]
    config: dict[str, Any] = {"since_param": "from", "until_param": "to", "time_format": "date", "order_by": "at"}
    pages = read(source(worlds, site, **config), conditions=conditions)
    assert [row["id"] for row in rows(pages)] == [4, 99]
    assert site.requests[0].args.to_dict() == {"from": "2026-03-05", "to": "2026-03-06", "order_by": "at"}


def test_rows_that_are_none(worlds: Worlds, site: StandIn) -> None:
    site.answers = [lambda _request: Response(b'[{"a": 0.10}, 5, {"b": "x\\u0000"}]', mimetype="application/json")]
    (page,) = read(source(worlds, site))
    assert page.rows == [{"a": Decimal("0.10")}]
    assert [(row.faults[0].code, row.place) for row in page.bad] == [
        ("undecodable", {"page": 1, "row": 2}),
        ("nul_character", {"page": 1, "row": 3}),
    ]
    assert page.place(0) == {"page": 1, "row": 1}


SECRET = {"env": "SYNC_SECRET_KEY"}


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "bearer", "token": SECRET}, "Authorization", "Bearer s3cret"),
        (
            {"type": "basic", "username": "ada", "password": SECRET},
            "Authorization",
            f"Basic {base64.b64encode(b'ada:s3cret').decode()}",
        ),
        ({"type": "api_key", "name": "X-Shop-Key", "value": SECRET}, "X-Shop-Key", "s3cret"),
    ],
)
def test_who_asks_stands_in_a_header(worlds: Worlds, site: StandIn, auth: Any, header: str, value: str) -> None:
    site.answers = [says(200, [{"id": 1}])]
    read(source(worlds, site, auth=auth, headers={"X-More": SECRET}))
    assert site.requests[0].headers[header] == value
    assert site.requests[0].headers["X-More"] == "s3cret"


def test_who_asks_stands_in_the_query(worlds: Worlds, site: StandIn) -> None:
    site.answers = [says(403)]
    auth = {"type": "api_key", "in": "query", "name": "key", "value": SECRET}
    with pytest.raises(SourceRefused) as refused:
        read(source(worlds, site, auth=auth))
    assert site.requests[0].args["key"] == "s3cret"
    assert "s3cret" not in refused.value.detail


def test_tokens_are_renewed_once(worlds: Worlds, site: StandIn) -> None:
    issued: list[str] = []

    def answer(request: Request) -> Any:
        if request.path == "/token":
            issued.append(f"t{len(issued)}")
            assert request.form["client_secret"] == "s3cret"
            return {"access_token": issued[-1]}
        expired = request.headers["Authorization"] == "Bearer t0" and request.args["offset"] != "0"
        return Response(status=401) if expired else by_offset(request)

    plays(site, answer)
    auth = {"type": "oauth2", "token_url": f"{site.url}/token", "client_id": "c", "client_secret": SECRET, "scope": "r"}
    assert rows(read(source(worlds, site, auth=auth, paging={"type": "offset"}, page_size=3))) == RECORDS
    assert issued == ["t0", "t1"]
    plays(site, lambda request: {"access_token": "t"} if request.path == "/token" else Response(status=401))
    with pytest.raises(SourceRefused):
        read(source(worlds, site, auth=auth))
    plays(site, lambda _request: {"access_token": None})
    with pytest.raises(BadResponse):
        read(source(worlds, site, auth=auth))
    site.answers = [says(403)]
    with pytest.raises(SourceRefused):
        read(source(worlds, site, auth=auth))


def test_a_login_gives_a_session(worlds: Worlds, site: StandIn) -> None:
    def answer(request: Request) -> Any:
        if request.path == "/login":
            assert request.json == {"user": "ada", "password": "s3cret"}
            return Response(headers=[("Set-Cookie", "sid=7; Path=/"), ("Set-Cookie", "lang=de")])
        return [{"cookie": request.headers["Cookie"]}]

    plays(site, answer)
    body = {"user": {"env": "SYNC_SECRET_USER"}, "password": SECRET}
    auth = {"type": "session", "login_url": f"{site.url}/login", "body": body}
    assert rows(read(source(worlds, site, auth=auth))) == [{"cookie": "sid=7; lang=de"}]


def test_credentials_stay_with_their_origin(worlds: Worlds, site: StandIn) -> None:
    other = StandIn()
    try:
        other.answers = [says(200, {"d": [{"id": 2}], "next": None})]
        site.answers = [says(200, {"d": [{"id": 1}], "next": f"{other.url}/items"})]
        config = {
            "base_url": site.url,
            "path": "items",
            "auth": {"type": "bearer", "token": SECRET},
            "records": "/d",
            "paging": {"type": "link", "next": "/next"},
        }
        extractor = rest.build({"config": config}, worlds.of(site.url, other.url))
        assert [row["id"] for row in rows(read(extractor))] == [1, 2]
        assert site.requests[0].headers["Authorization"] == "Bearer s3cret"
        assert "Authorization" not in other.requests[0].headers
    finally:
        other.stop()


def test_the_pace_that_the_source_wants(worlds: Worlds, site: StandIn) -> None:
    plays(site, by_offset)
    more = {"rate_limit": {"requests_per_second": 0.5}}
    read(source(worlds, site, more, paging={"type": "offset"}, page_size=3))
    assert len(worlds.waits) == 2
    assert all(wait <= 4 for wait in worlds.waits)
