"""Takes personal data out of objects and texts before they are stored where they cannot be changed again.

Three steps: declared classes of fields, key names that give a secret away, patterns in the remaining text. Pure, in
time linear to the input, and stable: what was redacted once comes out unchanged.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from shared.redaction.keys import is_sensitive
from shared.redaction.patterns import redact_text

__all__ = ["FREE_TEXT_FIELDS", "REDACTED", "is_sensitive", "redact", "redact_changes", "redact_text"]

REDACTED: Final = "[REDACTED]"

# People write sentences here, so that bare numbers are more likely a person's than an order's.
FREE_TEXT_FIELDS: Final = frozenset(
    f"{noun}{plural}"
    for noun in ("comment", "message", "description", "remark", "reason", "note", "entry_text", "search_text", "query")
    for plural in ("", "s")
) | {"entry", "entries", "failure", "failures", "failure_details", "error_message", "failure_text", "detail"}


def redact(
    value: Any,
    classification: Mapping[str, str] | None = None,
    *,
    free_text_fields: Collection[str] = FREE_TEXT_FIELDS,
) -> Any:
    """A copy without personal data of whatever JSON can hold; equal to `value` if there is none in it.

    `classification` maps keys at any depth to public, internal, personal or secret: the last two become
    `[REDACTED]`, the first two exempt the key's name from suspicion, not its text from the patterns. Text under a
    key of `free_text_fields`, and all text below it, is searched for bare numbers too.
    """
    return _Redaction(classification or {}, free_text_fields).value(value, free_text=False)


def redact_changes(
    changes: Mapping[str, Any],
    classification: Mapping[str, str] | None = None,
    *,
    free_text_fields: Collection[str] = FREE_TEXT_FIELDS,
) -> dict[str, Any]:
    """Like `redact` for field -> [old, new]: each side is hidden for itself, so that the shape of a change stays."""
    redaction = _Redaction(classification or {}, free_text_fields)
    return {
        field: [redaction.item(field, side, free_text=False) for side in sides]
        if isinstance(sides, (list, tuple))
        else redaction.item(field, sides, free_text=False)
        for field, sides in changes.items()
    }


class _Redaction:
    def __init__(self, classification: Mapping[str, str], free_text_fields: Collection[str]) -> None:
        self._classes = classification
        self._free_text_fields = free_text_fields

    def value(self, value: Any, *, free_text: bool) -> Any:
        match value:
            case str():
                return redact_text(value, free_text=free_text)
            case Mapping():
                return self._object(value, free_text)
            case list() | tuple():
                items = [self.value(item, free_text=free_text) for item in value]
                return items if isinstance(value, list) else tuple(items)
            case _:
                return value

    def item(self, key: Any, value: Any, *, free_text: bool) -> Any:
        """The value under a key."""
        if value is None or value == "" or not isinstance(key, str):
            return self.value(value, free_text=free_text)
        found = self._classes.get(key)
        if found in ("personal", "secret"):
            return REDACTED
        if found is None and not isinstance(value, bool) and is_sensitive(key):
            return REDACTED
        return self.value(value, free_text=free_text or key.lower() in self._free_text_fields)

    def _object(self, value: Mapping[Any, Any], free_text: bool) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key, item in value.items():
            # A key may itself be an address or a card number; two that look alike afterwards are numbered.
            name = shown = redact_text(key) if isinstance(key, str) and key not in self._classes else key
            number = 2
            while shown in result:
                shown, number = f"{name} ({number})", number + 1
            result[shown] = self.item(key, item, free_text=free_text)
        return result
