"""One string as it was at an earlier version: its details and custom fields, put back by a run."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.settings import run_options
from services.propagation.domain.values import unpacked
from services.propagation.errors import RegenerationDisabled
from services.propagation.models import Detail, String
from services.propagation.operations.runs.codec import key_of
from services.propagation.operations.runs.preparing import settings_for
from services.propagation.operations.runs.request import Environment, Item, ItemKind, RunRequest
from services.propagation.queries.history import EFFECTIVE, REFERENCES, changed_after
from shared.errors import Invalid

Packed = list[Any]  # value id, free text, effective value, is inherited, source


def restoration(
    session: Session, string: String, version: int, options: dict[str, Any], environment: Environment
) -> RunRequest:
    """What makes a loaded string hold again what it held at `version`; parent and submission stay as they are.

    Raises RegenerationDisabled, Invalid for a version that the string never had.
    """
    if not run_options(settings_for(session, environment, options)).regenerate:
        raise RegenerationDisabled("Regeneration is switched off.")
    if not 1 <= version <= string.version:
        message = f"The string has no version {version}; it has those from 1 to {string.version}."
        raise Invalid.field("/version", "not_found", message)
    items = _items(string, changed_after(session, string.id, version))
    numbered = tuple(replace(item, index=index) for index, item in enumerate(items))
    return RunRequest("string_update", numbered, options, is_single=True, direct_type="rollback")


def _items(string: String, before: Mapping[str, Packed | None]) -> Iterator[Item]:
    details = {detail.dimension_id: detail for detail in string.details}
    for name, packed in before.items():
        if name in REFERENCES:
            continue
        key = key_of(name)
        if isinstance(key, str):
            value = unpacked(packed[EFFECTIVE]) if packed else None
            yield Item(0, kind=ItemKind.SET, string_id=string.id, key=key, value=value)
        elif item := _of_detail(string, key, packed, details.get(key)):
            yield item


def _of_detail(string: String, key: int, packed: Packed | None, detail: Detail | None) -> Item | None:
    """An own value becomes own again; an inherited one is whatever it comes to below the present parent."""
    if packed is None:
        return Item(0, detail.id, kind=ItemKind.REMOVE) if detail else None
    value_id, text, _effective, is_inherited, _source = packed
    if detail is None:
        own = not is_inherited
        return Item(0, value_id=value_id, text=text, own=own, kind=ItemKind.ADD, string_id=string.id, key=key)
    if (detail.dimension_value_id, detail.dimension_value_freetext) != (value_id, text):
        return Item(0, detail.id, value_id, text, own=not is_inherited)
    return Item(0, detail.id, own=True, is_new_value=False) if detail.is_inherited and not is_inherited else None
