"""From an answer or a line to rows: numbers as decimals, rows that cannot be stored told apart."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from services.sync.domain.pages import MAX_ROWS, BadRow, Fault, Row
from services.sync.errors import BadResponse, ResponseTooLarge

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Raises msgspec's kinds of ValueError, or RecursionError.
decode = msgspec.json.Decoder(float_hook=Decimal).decode
# How a text with U+0000 is shown where it cannot be kept.
_VISIBLE_NUL = "\u2400"
_MAX_SHOWN = 10_000


def decoded(content: bytes) -> Any:
    """The value of a JSON text. Raises ValueError, also for what is nested too deeply."""
    try:
        return decode(content.removeprefix(BYTE_ORDER_MARK))
    except (msgspec.MsgspecError, RecursionError) as wrong:
        raise ValueError(str(wrong)) from None


def may_hold_nul(content: bytes) -> bool:
    return b"\\u0000" in content or b"\x00" in content


def at_pointer(body: Any, pointer: str) -> Any:
    """What a JSON pointer leads to, None where it leads to nothing."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(body, Mapping):
            body = body.get(name)
        elif isinstance(body, list) and name.isdigit() and int(name) < len(body):
            body = body[int(name)]
        else:
            return None
    return body


def record_list(body: Any, pointer: str) -> list[Any]:
    """Raises BadResponse, ResponseTooLarge."""
    found = at_pointer(body, pointer)
    if not isinstance(found, list):
        raise BadResponse(f"The answer has no list of records at {pointer or 'its root'!r}.")
    if len(found) > MAX_ROWS:
        raise ResponseTooLarge(f"A page has {len(found)} rows; {MAX_ROWS} are allowed.")
    return found


def sorted_out(
    records: Sequence[Any], *, number: int, check_nul: bool, first: int = 1
) -> tuple[list[Row], list[BadRow], list[Mapping[str, Any]]]:
    """Rows, what is none, and the place of each row (empty where page and row say it all)."""
    if not check_nul and all(type(record) is dict for record in records):
        return list(records), [], []
    rows: list[Row] = []
    bad: list[BadRow] = []
    places: list[Mapping[str, Any]] = []
    for at, record in enumerate(records, first):
        place = {"page": number, "row": at}
        fault = fault_of(record)
        if fault is None:
            rows.append(record)
            places.append(place)
        else:
            bad.append(BadRow((fault,), shown(record), place))
    return rows, bad, places


def fault_of(record: Any) -> Fault | None:
    """What keeps a decoded value from being a row."""
    if not isinstance(record, dict):
        return Fault("undecodable", "This is not an object.")
    field = _field_with_nul(record)
    return None if field is None else Fault("nul_character", "A text contains the character U+0000.", field)


def _field_with_nul(record: Mapping[str, Any]) -> str | None:
    return next((str(shown(name)) for name, value in record.items() if _holds_nul(name) or _holds_nul(value)), None)


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, Mapping):
        return any(_holds_nul(name) or _holds_nul(inner) for name, inner in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


def shown(value: Any) -> Any:
    """A value that PostgreSQL can keep, for people to look at."""
    if isinstance(value, bytes):
        return shown(value[:_MAX_SHOWN].decode("utf-8", "replace"))
    if isinstance(value, str):
        return value.replace("\x00", _VISIBLE_NUL)
    if isinstance(value, Mapping):
        return {shown(name): shown(inner) for name, inner in value.items()}
    return [shown(inner) for inner in value] if isinstance(value, list) else value


def same_keys(rows: Iterable[Any], key: Sequence[str]) -> int:
    """A mark that two pages share whose rows have the same keys in the same order (whole rows without a key)."""
    marks = []
    for row in rows:
        values = [row.get(name) for name in key] if key and isinstance(row, dict) else [None]
        marks.append(repr(row) if None in values else repr(values))
    return hash(tuple(marks))
