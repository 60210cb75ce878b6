"""Where a character is played, and what that asks of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.validation.models import Chronicle, Gameline
from shared import editing
from shared.errors import FieldError, UnknownReference

PLACE = ("chronicle_id", "gameline_id", "character_type")


def place_faults(session: Session, place: Mapping[str, Any]) -> list[FieldError]:
    """References that lead nowhere, and a type that the chronicle does not take."""
    found: list[FieldError] = []
    chronicle = None
    for model, column in ((Chronicle, "chronicle_id"), (Gameline, "gameline_id")):
        try:
            row = editing.demand_reference(session, model, place[column], f"/{column.removesuffix('_id')}")
            chronicle = row if isinstance(row, Chronicle) else chronicle
        except UnknownReference as missing:
            found += missing.errors
    if chronicle is not None and chronicle.allowed_types and place["character_type"] not in chronicle.allowed_types:
        known = ", ".join(chronicle.allowed_types)
        found.append(FieldError("/character_type", "type_not_allowed", f"This chronicle takes {known}."))
    return found
