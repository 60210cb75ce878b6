"""Rows in one parameter for each column, and what rows share told once."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Numeric, Text, create_engine, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.alike import alike, rows_of

NOON = datetime(2026, 10, 10, 12, tzinfo=UTC)


def test_rows_come_in_their_order_with_what_they_share_and_what_is_their_own(postgres_url: str) -> None:
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://", 1))
    looks: list[dict[str, Any]] = [
        {"state": "A", "tags": ["x", "y"], "at": NOON.isoformat()},
        {"state": None, "tags": [], "at": None},
    ]
    types: dict[str, Any] = {"state": Text(), "tags": ARRAY(Text), "at": DateTime(timezone=True)}
    own: dict[str, tuple[Any, list[Any]]] = {
        "id": (BigInteger(), [7, 2**62, None]),
        "share": (Numeric(6, 3), [Decimal("1.5"), None, 2.25]),
        "said": (Text(), ['a "b", {c}', None, ""]),
        "data": (JSONB(), [{"a": "'\""}, [1], 5]),
    }
    source, found = alike(looks, types, [0, 1, 0], own)
    shown = select(*(found[name] for name in ("state", "tags", "at", *own, "n"))).select_from(source)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(shown.order_by(found["n"]))]
        plain = rows_of({"id": own["id"]})
        assert list(connection.scalars(select(plain.c.id).order_by(plain.c.n))) == [7, 2**62, None]
    engine.dispose()
    assert rows == [
        ("A", ["x", "y"], NOON, 7, Decimal("1.500"), 'a "b", {c}', {"a": "'\""}, 1),
        (None, [], None, 2**62, None, None, [1], 2),
        ("A", ["x", "y"], NOON, None, Decimal("2.250"), "", 5, 3),
    ]
