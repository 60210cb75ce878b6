"""Random rows, and random expressions over them, as text."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import hypothesis.strategies as st

from services.validation.domain.rules.types import Type

FIELDS = {
    "whole": Type.INTEGER,
    "other": Type.INTEGER,
    "price": Type.DECIMAL,
    "name": Type.TEXT,
    "code": Type.TEXT,
    "listed": Type.BOOLEAN,
    "born": Type.DATE,
    "seen_at": Type.DATETIME,
}
LETTERS = "aAbBzZ09 .-_é漢\t😀'ßİ"
texts = st.text(st.sampled_from(LETTERS), max_size=6)
decimals = st.decimals(-1000, 1000, places=3, allow_nan=False, allow_infinity=False) | st.sampled_from(
    [Decimal("0.5"), Decimal("-0.5"), Decimal("2.5"), Decimal("0"), Decimal("0.0000000000005"), Decimal(10) ** 30]
)
days = st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.just(date(2024, 2, 29))
moments = st.builds(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), st.integers(-(10**9), 4 * 10**9)
)
rows = st.fixed_dictionaries(
    {
        "whole": st.none() | st.integers(-5, 5) | st.integers(-(2**63), 2**63 - 1),
        "other": st.none() | st.integers(-3, 3),
        "price": st.none() | decimals,
        "name": st.none() | texts,
        "code": st.none() | texts,
        "listed": st.none() | st.booleans(),
        "born": st.none() | days,
        "seen_at": st.none() | moments,
    }
)
PATTERNS = (
    r"[a-z]+",
    r"^\w{2,3}$",
    r"(?:a|b|é)*",
    r".\s?.*",
    r"\d+|[^0-9]",
    r"[A-Z.\-]{1,4}",
    r"[à-ö漢]",
    r"\S+",
    r"'?.",
)
_infix = st.sampled_from(["+", "-", "*", "/", "%"])
_comparisons = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_number_leaves = st.sampled_from(["whole", "other", "price", "null", "0", "3", "-1", "2.5", "0.001"]) | decimals.map(
    lambda number: f"{number:f}"
)
_text_leaves = st.sampled_from(["name", "code", "null", "''"]) | texts.map(quoted)
_day_leaves = st.sampled_from(["born", "seen_at", "today"]) | days.map(lambda day: f"date '{day.isoformat()}'")


def _numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    listed = st.lists(inner, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.builds("({} {} {})".format, inner, _infix, inner),
        st.builds("{}({})".format, st.sampled_from(["abs", "round", "floor", "ceil"]), inner),
        st.builds("round({}, {})".format, inner, st.integers(0, 4)),
        st.builds("-({})".format, inner),
        st.builds("{}({})".format, st.sampled_from(["least", "greatest", "coalesce"]), listed),
        st.builds("length({})".format, words),
        st.builds("{}({})".format, st.sampled_from(["year", "month", "day"]), _day_leaves),
        st.builds("days_between({}, {})".format, _day_leaves, _day_leaves),
    )


def _words(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    listed = st.lists(inner, min_size=1, max_size=3).map(", ".join)
    return st.one_of(
        st.builds("{}({})".format, st.sampled_from(["lower", "upper", "trim"]), inner),
        st.builds("{}({})".format, st.sampled_from(["least", "greatest", "coalesce"]), listed),
    )


words = st.recursive(_text_leaves, _words, max_leaves=4)
numbers = st.recursive(_number_leaves, _numbers, max_leaves=6)


def _compared(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    listed = st.lists(values, min_size=1, max_size=3).map(", ".join)
    maybe_not = st.sampled_from(["", "not "])
    return st.one_of(
        st.builds("({} {} {})".format, values, _comparisons, values),
        st.builds("({} {}in ({}))".format, values, maybe_not, listed),
        st.builds("({} {}between {} and {})".format, values, maybe_not, values, values),
        st.builds("({} is {}null)".format, values, maybe_not),
    )


def _truths(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {} or {})".format, inner, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("({} = {})".format, inner, inner),
        st.builds("({} is null)".format, inner),
        st.builds("coalesce({}, {})".format, inner, inner),
    )


_facts = st.one_of(
    st.sampled_from(["listed", "true", "false", "null"]),
    _compared(numbers),
    _compared(words),
    _compared(st.just("born") | days.map(lambda day: f"date '{day.isoformat()}'")),
    st.builds("{}({}, {})".format, st.sampled_from(["contains", "starts_with", "ends_with"]), words, words),
    st.builds("matches({}, {})".format, words, st.sampled_from(PATTERNS).map(quoted)),
)
truths = st.recursive(_facts, _truths, max_leaves=6)
