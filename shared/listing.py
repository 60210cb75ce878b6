"""Lists: filters, orderings and keyset cursors, as `{"results": [...], "next": url, "previous": url}`.

A cursor holds the ordering values of the row at the edge of a page. It is signed together with the address and the
ordering that it belongs to, so that nobody can send one that the service did not make.

Where all terms of an ordering point the same way the rows are compared as one tuple, which an index answers directly
even where many rows share a value (rows made by one transaction share their time).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from urllib.parse import urlencode

import marshmallow as ma
from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Executable,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import String

from shared.cursors import Cursors
from shared.errors import Invalid

MAX_LIMIT = 200
DEFAULT_LIMIT = 50

Expression = ColumnElement[Any] | InstrumentedAttribute[Any]
Rows = Select[*tuple[Any, ...]]
Filter = Callable[[Any], ColumnElement[bool]]
LINK = {"example": "https://example.com/api/…?cursor=WzEyXQ", "description": "Null where there is none."}


class ListArgs(ma.Schema):
    """Base of every list's query arguments; a subclass adds its filters (`Several` for repeatable ones)."""

    limit = ma.fields.Integer(load_default=DEFAULT_LIMIT, validate=ma.validate.Range(1, MAX_LIMIT))
    cursor = ma.fields.String(load_default=None, metadata={"description": "Opaque; from `next` or `previous`."})
    ordering = ma.fields.String(load_default=None, metadata={"example": "-created_at,name"})
    count = ma.fields.String(load_default=None, validate=ma.validate.OneOf(["exact", "estimated"]))

    def load(self, data: Any, *, unknown: str | None = None, **options: Any) -> Any:  # noqa: ARG002
        # webargs drops unknown query names unless every call site says otherwise; here they are always an error.
        return super().load(data, unknown=ma.RAISE, **options)


class Several(ma.fields.List[Any]):
    """A filter that may be repeated: `status=pending&status=running` means either."""

    def __init__(self, inner: ma.fields.Field[Any], **options: Any) -> None:
        super().__init__(inner, validate=ma.validate.Length(max=100), **options)


@cache
def envelope(item: type[ma.Schema]) -> type[ma.Schema]:
    """Schema of a list of these items; one class per item schema, named `<Item>List`."""
    fields: dict[str, ma.fields.Field[Any]] = {
        "results": ma.fields.List(ma.fields.Nested(item), required=True, metadata={"description": "One page of them."}),
        "next": ma.fields.Url(required=True, allow_none=True, dump_only=True, metadata=LINK),
        "previous": ma.fields.Url(required=True, allow_none=True, dump_only=True, metadata=LINK),
        "count": ma.fields.Integer(metadata={"example": 120, "description": "Only where `count` asked for it."}),
    }
    return ma.Schema.from_dict(fields, name=f"{item.__name__.removesuffix('Schema')}List")


def one_of(column: Expression) -> Filter:
    """Equal to the value, or to any of several."""
    return lambda value: column.in_(value) if isinstance(value, (list, tuple, set)) else column == value


def since(column: Expression) -> Filter:
    """For `<time>_after`: later than."""
    return lambda value: column > value


def until(column: Expression) -> Filter:
    """For `<time>_before`: earlier than."""
    return lambda value: column < value


def coalesced(column: Expression, filler: Any) -> ColumnElement[Any]:
    """Ordering over a nullable column: NULL counts as `filler`, which decides at which end it stands.

    An index for it is on `(tenant_id, (case when <column> is null then <filler> else <column> end), id)`.
    """
    # Not COALESCE: PostgreSQL takes that for leaky and does not look it up in an index below row security.
    # The filler is written out instead of bound: a parameter would not match the index's expression either.
    written = literal(filler, column.type, literal_execute=True)
    return type_coerce(case((column.is_(None), written), else_=column), column.type)


@dataclass(frozen=True)
class Listing:
    """What may be asked of one list. `key` (unique, not null) makes every ordering total."""

    key: Expression
    orderings: Mapping[str, Expression]
    default: str
    filters: Mapping[str, Filter] = field(default_factory=dict)


@dataclass(frozen=True)
class Address:
    """The public address of the request, as the client knows it, with its query as sent."""

    url: str
    query: Sequence[tuple[str, str]] = ()

    def at(self, cursor: str) -> str:
        kept = [(name, value) for name, value in self.query if name != "cursor"]
        return f"{self.url}?{urlencode([*kept, ('cursor', cursor)])}"


@dataclass(frozen=True)
class Page:
    results: list[Any]
    next: str | None
    previous: str | None
    count: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The envelope; `count` only if it was asked for."""
        body = {"results": self.results, "next": self.next, "previous": self.previous}
        return body if self.count is None else body | {"count": self.count}


@dataclass(frozen=True)
class _Term:
    expression: Expression
    descending: bool


def page(
    session: Session,
    rows: Rows,
    listing: Listing,
    args: Mapping[str, Any],
    *,
    address: Address,
    signing_key: bytes,
) -> Page:
    """One page of `rows` (a select without order): models if it selects one entity, else tuples.

    `args` is what ListArgs loaded. Raises Invalid for an ordering that is not declared and for a bad cursor.
    """
    rows = rows.where(*(make(args[name]) for name, make in listing.filters.items() if args.get(name) is not None))
    ordering = args.get("ordering") or listing.default
    terms = _terms(listing, ordering)
    cursors = Cursors(signing_key, scope=f"{address.url}\n{ordering}")
    backwards, place = cursors.read(args.get("cursor"))
    count = _count(session, rows, args.get("count"))

    found, more = _fetch(session, rows, terms, place, backwards=backwards, limit=args.get("limit") or DEFAULT_LIMIT)
    has_next, has_previous = (bool(found), more) if backwards else (more, place is not None and bool(found))
    width = len(rows.column_descriptions)
    return Page(
        results=[row[0] if width == 1 else tuple(row[:width]) for row in found],
        next=address.at(cursors.write(found[-1][width:])) if has_next else None,
        previous=address.at(cursors.write(found[0][width:], backwards=True)) if has_previous else None,
        count=count,
    )


def _terms(listing: Listing, ordering: str) -> list[_Term]:
    asked = [name.strip() for name in ordering.split(",")]
    names = [name.removeprefix("-") for name in asked]
    if not listing.orderings.keys() >= set(names) or len(set(names)) < len(names):
        known = ", ".join(sorted(listing.orderings))
        raise Invalid.field("?ordering", "unknown_ordering", f"Order by one of: {known}; each at most once.")
    terms = [_Term(listing.orderings[name.removeprefix("-")], name.startswith("-")) for name in asked]
    # The key follows the last term's direction, so that a single ordering remains one tuple comparison.
    return [*terms, _Term(listing.key, terms[-1].descending)]


def _fetch(
    session: Session,
    rows: Rows,
    terms: list[_Term],
    place: list[str] | None,
    *,
    backwards: bool,
    limit: int,
) -> tuple[list[Any], bool]:
    """Rows in list order, each with its ordering values at the end, and whether there are more that way."""
    terms = [_Term(term.expression, term.descending != backwards) for term in terms]
    if place is not None:
        rows = rows.where(_after(terms, place))
    order = [term.expression.desc() if term.descending else term.expression.asc() for term in terms]
    # Labelled: a plain second mention of a selected column would be dropped from the result.
    values = [term.expression.label(f"ordering_{number}") for number, term in enumerate(terms)]
    found = list(session.execute(rows.add_columns(*values).order_by(None).order_by(*order).limit(limit + 1)).all())
    more = len(found) > limit
    found = found[:limit]
    return (found[::-1] if backwards else found), more


def _after(terms: list[_Term], place: list[str]) -> ColumnElement[bool]:
    columns = [term.expression for term in terms]
    values = [_typed(column, value) for column, value in zip(columns, place, strict=True)]
    if len({term.descending for term in terms}) == 1:
        here, there = tuple_(*columns), tuple_(*values)
        return here < there if terms[0].descending else here > there
    choices = []
    for number, term in enumerate(terms):
        same = [column == value for column, value in zip(columns[:number], values, strict=False)]
        beyond = term.expression < values[number] if term.descending else term.expression > values[number]
        choices.append(and_(*same, beyond))
    return or_(*choices)


def _typed(column: Expression, value: str) -> ColumnElement[Any]:
    # A type with a collation cannot be the target of a cast, and text needs none.
    return literal(value, String()) if isinstance(column.type, String) else cast(literal(value, String()), column.type)


def _count(session: Session, rows: Rows, kind: Literal["exact", "estimated"] | None) -> int | None:
    if kind == "exact":
        return session.scalar(select(func.count()).select_from(rows.order_by(None).subquery()))
    if kind == "estimated":
        plan = session.execute(_Explain(rows.order_by(None))).scalar_one()
        return int(plan[0]["Plan"]["Plan Rows"])
    return None


class _Explain(Executable, ClauseElement):
    """EXPLAIN of a select, with its bound values."""

    inherit_cache = False

    def __init__(self, rows: Rows) -> None:
        self.rows = rows


@compiles(_Explain)
def _compile_explain(element: _Explain, compiler: Any, **options: Any) -> str:
    return f"explain (format json) {compiler.process(element.rows, **options)}"
