"""What edges and server agree on: differences of manifests, places in lists, signatures, uploaded rows."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.domain.promotions.manifests import Entry, checksum_of, difference
from services.sync.domain.promotions.places import Held, Place, Underway, read, written
from services.sync.domain.promotions.reading import as_amount, as_instant, as_uuid
from services.sync.domain.promotions.signing import Signature, header, hmac_sha256, parse_header, text_to_sign
from services.sync.domain.promotions.usages import RowError, Usage, read_row, read_rows

NOW = datetime(2026, 6, 2, 8, tzinfo=UTC)
ENTRIES = st.lists(
    st.builds(Entry, st.sampled_from("abcdefgh"), st.sampled_from(["x", "y"])), unique_by=lambda entry: entry.id
)


@given(ENTRIES, ENTRIES)
def test_a_difference_leads_to_the_new_state(old: list[Entry], new: list[Entry]) -> None:
    found = difference(old, new)
    held = {name: mark for name, mark in old if name not in found.gone} | dict(found.present)
    assert held == dict(new)
    assert not set(found.present) & set(old)
    assert checksum_of(Entry(*each) for each in held.items()) == checksum_of(new)
    assert (difference(old, new).present + difference(old, new).gone == []) == (set(old) == set(new))


PLACES: st.SearchStrategy[Place] = st.one_of(
    st.builds(Held, st.text(max_size=9), st.integers(0)),
    st.builds(
        Underway,
        st.sampled_from(["full", "delta", "since"]),
        *[st.text(max_size=9)] * 3,
        offset=st.integers(0),
        epoch=st.integers(0),
        built_at=st.text(max_size=9),
    ),
)


@given(PLACES)
def test_places_are_read_as_written(place: Place) -> None:
    assert read(written(place)) == place


@pytest.mark.parametrize("parts", [[], ["held"], ["held", "x", "y"], ["later", "t", "b", "p", "1", "1", "0"]])
def test_other_texts_are_no_places(parts: list[str]) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read(parts)


@given(st.binary(max_size=50), st.uuids(), st.uuids())
def test_a_signature_covers_store_and_body(body: bytes, store: UUID, other: UUID) -> None:
    text = text_to_sign(store, body)
    assert (text_to_sign(other, body) == text) == (store == other)
    signature = Signature("key-1", "hmac-sha256", hmac_sha256("secret", text))
    assert parse_header(header(signature)) == signature
    assert text.startswith(f"concord-sync-1\n{store}\n".encode())


@pytest.mark.parametrize("text", ["", "keyid=a", "keyid=a, alg=none, sig=AA==", "keyid=a, alg=ed25519, sig=A"])
def test_other_headers_are_no_signatures(text: str) -> None:
    with pytest.raises(ValueError, match="signature"):
        parse_header(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-06-02", datetime(2026, 6, 2, tzinfo=UTC)),
        ("2026-06-02T08:00:00Z", NOW),
        ("2026-06-02T08:00:00", NOW),
        ("2026-06-02T10:00:00+02:00", NOW),
        ("2026-06-02T10:00:00 02:00", NOW),
    ],
)
def test_points_in_time(text: str, expected: datetime) -> None:
    assert as_instant(text) == expected


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-01", "20260602", "", "2026-W01-1", None, 5, "9999-12-31T23:59:59-09:00"]
)
def test_what_is_no_point_in_time(text: Any) -> None:
    with pytest.raises(ValueError, match=r".*"):
        as_instant(text)


@pytest.mark.parametrize("value", [-1, "1.234", 0.001, "x", True, None, float("inf"), "1e3", "123456789", " "])
def test_what_is_no_amount(value: Any) -> None:
    with pytest.raises(ValueError, match=r".*"):
        as_amount(value)


def test_ids_have_one_form() -> None:
    assert as_uuid("00000000-0000-0000-0000-00000000000A") == UUID(int=10)
    for text in ("0" * 32, "{00000000-0000-0000-0000-00000000000a}", "", 7):
        with pytest.raises(ValueError, match="not a UUID"):
            as_uuid(text)


ROW = {
    "promotion_id": str(UUID(int=1)),
    "bill_id": "B-1",
    "discount_amount": "2.50",
    "used_at": "2026-06-02T08:00:00Z",
    "store_id": str(UUID(int=2)),
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"bill_id": None}, "MISSING_FIELD"),
        ({"promotion_id": "1"}, "INVALID_UUID"),
        ({"discount_amount": "-1"}, "INVALID_AMOUNT"),
        ({"used_at": "soon"}, "INVALID_DATE_FORMAT"),
        ({"bill_id": ["B"]}, "INVALID_ROW"),
        ({"customer_id": "\0"}, "INVALID_ROW"),
    ],
)
def test_a_bad_row_says_why(change: dict[str, Any], code: str) -> None:
    found = read_row(ROW | change, 3, now=NOW)
    assert isinstance(found, RowError)
    assert (found.index, found.code, found.data) == (3, code, ROW | change)


def test_rows_are_read_one_by_one() -> None:
    ahead = ROW | {"used_at": (NOW + timedelta(minutes=6)).isoformat(), "bill_id": 7, "discount_amount": 0}
    good, bad = read_rows([ROW, "?", ahead], now=NOW)
    assert [(usage.index, usage.clock_suspect, usage.bill_id) for usage in good] == [(0, False, "B-1"), (2, True, "7")]
    assert [(error.index, error.code) for error in bad] == [(1, "INVALID_ROW")]
    assert all(isinstance(usage, Usage) for usage in good)
