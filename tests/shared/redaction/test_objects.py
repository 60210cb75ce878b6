"""Objects of any depth: classes first, then key names, then patterns; what was redacted stays as it is."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.redaction import redact, redact_changes, redact_text

FRAGMENTS = st.sampled_from(
    [
        "4111111111111111", "4111 1111 1111 1111", "123-45-6789", "+49 151 2345678", "call ", "tel. ", "5551234",
        "9876543210", "a@b.de", "GB82WEST12345698765432", "ABCPE1234F", "234123412346", "2341 2341 2346",
        "(555) 123-4567", "-", " ", "/", ".", ",", "+", "(", ")", "1", "12", "2026-11-20", "x", "$", "\n", "_", "555",
        "4567", ":", "c0ffee00-1234-4234-8234-123456789012",
    ]
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=9).map("".join)
KEYS = st.sampled_from(["email", "message", "value", "home_address", "id", "a@b.de", "entries", "x"])
OBJECTS = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
HARMLESS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("abc XYZ.,-_/\n", max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcxyz", max_size=6), inner, max_size=3),
    max_leaves=8,
)
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_reaches_every_depth() -> None:
    found = redact(
        {
            "user": {"email": "ada@example.com", "name": "Ada", "ids": [1, 2]},
            "items": [{"apiKey": "k"}, ["ada@example.com", {"deep": ("call 5551234",)}], "123-45-6789"],
            "count": 4111111111111111,
        }
    )
    assert found == {
        "user": {"email": "[REDACTED]", "name": "Ada", "ids": [1, 2]},
        "items": [{"apiKey": "[REDACTED]"}, ["[EMAIL]", {"deep": ("call [PHONE]",)}], "[SSN]"],
        "count": 4111111111111111,
    }


def test_classes_come_before_names() -> None:
    classes = {"nickname": "personal", "salary": "secret", "email": "public", "flag": "personal"}
    found = redact(
        {"nickname": "x", "salary": 5, "email": "sales desk", "flag": True, "inner": {"nickname": ["a"], "otp": None}},
        classes,
    )
    assert found == {
        "nickname": "[REDACTED]",
        "salary": "[REDACTED]",
        "email": "sales desk",
        "flag": "[REDACTED]",
        "inner": {"nickname": "[REDACTED]", "otp": None},
    }


def test_a_public_class_does_not_hide_from_patterns() -> None:
    assert redact({"email": "ada@example.com"}, {"email": "public"}) == {"email": "[EMAIL]"}


def test_free_text_reaches_below_its_key() -> None:
    found = redact({"comments": [{"by": 1, "said": "9876543210"}], "serial": "9876543210"})
    assert found == {"comments": [{"by": 1, "said": "[PHONE]"}], "serial": "9876543210"}
    assert redact({"said": "9876543210"}, free_text_fields={"said"}) == {"said": "[PHONE]"}


def test_keys_are_texts_too() -> None:
    found = redact({"ada@example.com": 1, "bob@example.com": 2, "plain": 3})
    assert found == {"[EMAIL]": 1, "[EMAIL] (2)": 2, "plain": 3}
    assert redact(found) == found


def test_a_change_keeps_its_two_sides() -> None:
    found = redact_changes({"password": ["a", None], "note": ["call 5551234", "x"], "size": [1, 2]})
    assert found == {"password": ["[REDACTED]", None], "note": ["call [PHONE]", "x"], "size": [1, 2]}


def test_ordinary_records_come_out_equal() -> None:
    record = {
        "id": 4711, "version": 3, "order_number": "WO-2026-000123", "serial": "SN9876543210",
        "correlation_id": "3f2b8c1e-1234-4234-8234-123456789012", "sha": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "created_at": "2026-11-20T10:15:30.123Z", "epoch": "1732099999", "epoch_ms": 1732099999123,
        "amount": "1,234,567.89", "position": "12.9715987, 77.5945627", "company": "ACME 24",
        "participants": ["x", "y"], "span_id": "00f067aa0ba902b7", "panel": "left", "classname": "btn",
        "username": "ada", "ip_address": "192.0.2.1",
    }  # fmt: skip
    assert redact(record) == record


@RELAXED
@given(HARMLESS)
def test_what_is_harmless_comes_out_equal(value: Any) -> None:
    assert redact(value) == value


@RELAXED
@given(OBJECTS)
def test_once_is_enough(value: Any) -> None:
    once = redact(value)
    assert redact(once) == once


@RELAXED
@given(TEXTS, st.booleans())
def test_once_is_enough_for_text(text: str, free_text: bool) -> None:
    once = redact_text(text, free_text=free_text)
    assert redact_text(once, free_text=free_text) == once


@RELAXED
@given(OBJECTS)
def test_nothing_is_changed_in_place(value: Any) -> None:
    before = copy.deepcopy(value)
    redact(value)
    assert value == before
