"""What goes into the cache comes out of it, or nothing does."""

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cache.entries import COMPRESSED_FROM_BYTES, LOCAL_ENTRIES, Damaged, LocalCopy, Lookup, digest, pack, unpack

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
TOKENS = ("a1", "b2")


@given(PLAIN)
def test_values_come_back_as_they_were(value: Any) -> None:
    entry, length = pack(value, TOKENS, now=12.5)
    assert unpack(entry, TOKENS) == (value, 12.5)
    assert length >= 1


@pytest.mark.parametrize("length", [0, COMPRESSED_FROM_BYTES - 3, COMPRESSED_FROM_BYTES - 2, 10_000])
def test_only_what_is_long_enough_is_compressed(length: int) -> None:
    value = "x" * length
    entry, plain = pack(value, TOKENS, now=0)
    assert (value.encode() in entry) is (plain < COMPRESSED_FROM_BYTES)
    assert unpack(entry, TOKENS) == (value, 0)
    assert len(entry) < 300


def test_an_entry_of_other_tokens_does_not_count() -> None:
    entry, _ = pack(1, TOKENS, now=0)
    assert unpack(entry, ("a1", "b3")) is None
    assert unpack(entry, ()) is None


@given(st.binary(max_size=200))
def test_whatever_lies_there_never_breaks(content: bytes) -> None:
    with contextlib.suppress(Damaged):
        assert unpack(content, TOKENS) is None


@given(PLAIN, st.data())
def test_a_damaged_entry_is_noticed_or_unharmed(value: Any, data: st.DataObject) -> None:
    entry, _ = pack(value, TOKENS, now=0)
    cut = data.draw(st.integers(0, len(entry) - 1))
    try:
        found = unpack(entry[:cut], TOKENS)
    except Damaged:
        return
    # Digits of a bare number may be cut without a trace; whatever is larger is compressed, with a sum over it.
    assert found is None or len(entry) < 80


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0], [""]),
        ([0], [None]),
        ([""], [None]),
        ([1], ["1"]),
        (["a", "b"], ["ab"]),
        ([["a"], "b"], [["a", "b"]]),
        ([True], [1]),
    ],
)
def test_different_questions_have_different_keys(one: list[object], other: list[object]) -> None:
    assert digest(one) != digest(other)


def test_the_order_of_named_parts_makes_no_difference() -> None:
    assert digest([{"a": 1, "b": [2]}]) == digest([{"b": [2], "a": 1}])


def test_the_local_copy_forgets_in_time_and_in_size() -> None:
    now = 0.0
    copy = LocalCopy(1.0, lambda: now)
    for number in range(LOCAL_ENTRIES + 1):
        copy.put(Lookup("hit", f"k{number}", (), number))
    assert copy.get("k0") is None
    found = copy.get("k1")
    assert found is not None
    assert found.value == 1
    copy.put(Lookup("miss", "m"))
    assert copy.get("m") is None
    now = 1.0
    assert copy.get("k1") is None
    now = 0.5
    copy.clear()
    assert copy.get("k2") is None
    off = LocalCopy(0.0, lambda: -math.inf)
    off.put(Lookup("hit", "k"))
    assert off.get("k") is None
