"""Keyset lists: every row once in every ordering, both ways; nothing but declared orderings and our own cursors."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import flask
import marshmallow as ma
import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from webargs.flaskparser import parser
from werkzeug.exceptions import UnprocessableEntity

from shared.db import TYPES, Database, Name, new_metadata
from shared.errors import Invalid
from shared.listing import Address, ListArgs, Listing, Page, Several, coalesced, envelope, one_of, page, since, until
from shared.tenancy import Context, TenantOwned
from tests.fixtures.databases import TestDatabase

KEY = b"k" * 32
URL = "https://concord.example/api/scratch/v1/parcels"
START = datetime(2026, 3, 1, tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = TYPES


class Parcel(TenantOwned, Base):
    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(Name)
    status: Mapped[str]
    urgent: Mapped[bool]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class ParcelArgs(ListArgs):
    status = Several(ma.fields.String(validate=ma.validate.OneOf(["new", "sent", "lost"])))
    created_after = ma.fields.AwareDateTime()
    created_before = ma.fields.AwareDateTime()


FAR = datetime(9999, 1, 1, tzinfo=UTC)
PARCELS = Listing(
    key=Parcel.id,
    orderings={
        "id": Parcel.id,
        "ref": Parcel.ref,
        "name": Parcel.name,
        "urgent": Parcel.urgent,
        "created_at": Parcel.created_at,
        "delivered_at": coalesced(Parcel.delivered_at, FAR),
    },
    default="-created_at",
    filters={
        "status": one_of(Parcel.status),
        "created_after": since(Parcel.created_at),
        "created_before": until(Parcel.created_at),
    },
)


@pytest.fixture(scope="module")
def db(scratch_database: Callable[..., TestDatabase]) -> Database:
    return scratch_database(Base.metadata).db


@pytest.fixture
def parcels(db: Database, context: Context) -> list[int]:
    """23 parcels; times and names repeat, some are not delivered."""
    rows = [
        {
            "id": number,
            "ref": uuid.uuid4(),
            "name": f"näme's %d {number % 7}",
            "status": ("new", "sent", "lost")[number % 3],
            "urgent": number % 4 == 0,
            "created_at": START + timedelta(microseconds=number // 5),
            "delivered_at": None if number % 3 == 0 else START + timedelta(days=number % 5),
        }
        for number in range(1, 24)
    ]
    with db.transaction(context) as session:
        session.execute(insert(Parcel), rows)
    return list(range(1, 24))


def ask(db: Database, context: Context, query: str = "") -> Page:
    pairs = parse_qsl(query)
    raw: dict[str, Any] = {name: value for name, value in pairs if name != "status"}
    if statuses := [value for name, value in pairs if name == "status"]:
        raw["status"] = statuses
    with db.transaction(context) as session:
        address = Address(URL, pairs)
        return page(session, select(Parcel), PARCELS, ParcelArgs().load(raw), address=address, signing_key=KEY)


def query_of(url: str | None) -> str:
    assert url is not None
    assert url.startswith(f"{URL}?")
    return urlsplit(url).query


def walk(db: Database, context: Context, query: str, *, to: str = "next") -> list[list[int]]:
    pages = []
    while True:
        found = ask(db, context, query)
        pages.append([parcel.id for parcel in found.results])
        url = getattr(found, to)
        if url is None:
            return pages
        query = query_of(url)


@pytest.mark.parametrize(
    "ordering",
    [
        *("id", "-id", "ref", "-ref", "name", "-name", "urgent", "-urgent", "created_at", "-created_at"),
        *("delivered_at", "-delivered_at", "name,-created_at", "-urgent,name,-ref", "delivered_at,-name"),
    ],
)
def test_each_row_comes_once_and_in_order_both_ways(
    db: Database, context: Context, parcels: list[int], ordering: str
) -> None:
    whole = [parcel.id for parcel in ask(db, context, f"ordering={ordering}&limit=200").results]
    forward = walk(db, context, f"ordering={ordering}&limit=5")
    assert [len(ids) for ids in forward] == [5, 5, 5, 5, 3]
    assert list(chain(*forward)) == whole
    assert sorted(whole) == parcels

    last = query_of_last_page(db, context, f"ordering={ordering}&limit=5")
    assert walk(db, context, last, to="previous")[::-1] == forward


def query_of_last_page(db: Database, context: Context, query: str) -> str:
    while (url := ask(db, context, query).next) is not None:
        query = query_of(url)
    return query


def test_nullable_ordering_puts_null_at_the_filler(db: Database, context: Context, parcels: list[int]) -> None:
    found = ask(db, context, "ordering=delivered_at&limit=200").results
    delivered = [parcel.delivered_at for parcel in found]
    known = [when for when in delivered if when is not None]
    assert delivered == sorted(known) + [None] * (len(delivered) - len(known))
    assert ask(db, context, "ordering=-delivered_at").results[0].delivered_at is None


def test_filters_and_their_values(db: Database, context: Context, parcels: list[int]) -> None:
    assert {p.status for p in ask(db, context, "status=new").results} == {"new"}
    assert {p.status for p in ask(db, context, "status=new&status=lost").results} == {"new", "lost"}
    after = (START + timedelta(microseconds=2)).isoformat().replace("+00:00", "Z")
    assert [p.id for p in ask(db, context, f"created_after={after}&ordering=id").results] == list(range(15, 24))
    assert [p.id for p in ask(db, context, f"created_before={after}&ordering=id").results] == list(range(1, 10))


def test_filters_stay_in_the_links(db: Database, context: Context, parcels: list[int]) -> None:
    found = ask(db, context, "status=new&status=lost&limit=3&ordering=id")
    assert dict(parse_qsl(query_of(found.next))).keys() == {"status", "limit", "ordering", "cursor"}
    assert list(chain(*walk(db, context, "status=new&status=lost&limit=3&ordering=id"))) == [
        number for number in parcels if number % 3 != 1
    ]


def test_first_page_has_no_previous_and_an_empty_list_no_links(db: Database, context: Context) -> None:
    empty = ask(db, context)
    assert empty.as_dict() == {"results": [], "next": None, "previous": None}


def test_counts_on_request(db: Database, context: Context, parcels: list[int]) -> None:
    assert ask(db, context).count is None
    assert ask(db, context, "count=exact&limit=2").as_dict()["count"] == 23
    assert ask(db, context, "count=exact&status=new").count == 7
    estimated = ask(db, context, "count=estimated&status=new").count
    assert estimated is not None
    assert estimated >= 1


def test_a_tampered_cursor_is_refused(db: Database, context: Context, parcels: list[int]) -> None:
    query = query_of(ask(db, context, "limit=5&ordering=id").next)
    cursor = dict(parse_qsl(query))["cursor"]
    bad = [cursor[:-2] + ("AA" if cursor[-2:] != "AA" else "BB"), cursor[:10], "", "?", "ä", "A" * 64]
    for value in bad:
        with pytest.raises(Invalid) as refused:
            ask_with(db, context, cursor=value, ordering="id")
        assert [error.pointer for error in refused.value.errors] == ["?cursor"]
    with pytest.raises(Invalid, match="not one of this list and ordering"):
        ask_with(db, context, cursor=cursor, ordering="-id")


def ask_with(db: Database, context: Context, **args: str) -> Page:
    with db.transaction(context) as session:
        return page(session, select(Parcel), PARCELS, args, address=Address(URL), signing_key=KEY)


@pytest.mark.parametrize("ordering", ["secret", "tenant_id", "id,secret", "", "--id", "id,-id", "id desc"])
def test_only_declared_orderings(db: Database, context: Context, ordering: str) -> None:
    if ordering == "":
        assert ask_with(db, context, ordering="").results == []
        return
    with pytest.raises(Invalid) as refused:
        ask_with(db, context, ordering=ordering)
    assert refused.value.errors[0].pointer == "?ordering"


def test_unknown_names_and_limits_are_refused() -> None:
    for raw in ({"nome": "x"}, {"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"count": "yes"}, {"status": ["x"]}):
        with pytest.raises(ma.ValidationError):
            ParcelArgs().load(raw, unknown=ma.EXCLUDE)
    assert ParcelArgs().load({})["limit"] == 50


def test_queries_as_the_web_reads_them() -> None:
    app = flask.Flask("scratch")
    with app.test_request_context("/?status=new&status=lost&limit=3&created_after=2026-03-01T00:00:00Z"):
        args = parser.parse(ParcelArgs(), flask.request, location="query")
        assert (args["status"], args["limit"], args["created_after"]) == (["new", "lost"], 3, START)
    for query in ("nome=x", "status=old", "created_after=2026-03-01T00:00:00"):
        with app.test_request_context(f"/?{query}"), pytest.raises(UnprocessableEntity):
            parser.parse(ParcelArgs(), flask.request, location="query")


def test_rows_of_several_columns(db: Database, context: Context, parcels: list[int]) -> None:
    with db.transaction(context) as session:
        rows = select(Parcel.id, Parcel.name)
        found = page(session, rows, PARCELS, {"limit": 2, "ordering": "id"}, address=Address(URL), signing_key=KEY)
    assert found.results == [(1, "näme's %d 1"), (2, "näme's %d 2")]


def test_one_statement_a_page(db: Database, context: Context, parcels: list[int]) -> None:
    query = query_of(ask(db, context, "limit=5").next)
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    ask(db, context, query)
    selects = [statement for statement in seen if "parcels" in statement]
    assert len(selects) == 1
    assert "(parcels.created_at, parcels.id) <" in selects[0]  # one tuple, which an index answers


def test_envelope_schema() -> None:
    class ParcelSchema(ma.Schema):
        id = ma.fields.Integer()

    schema = envelope(ParcelSchema)
    assert schema is envelope(ParcelSchema)
    assert schema.__name__ == "ParcelList"
    body = Page([{"id": 1, "other": 2}], None, None, 1).as_dict()
    assert schema().dump(body) == {"results": [{"id": 1}], "next": None, "previous": None, "count": 1}
