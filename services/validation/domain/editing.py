"""Which fields of a character its owner may write, and when."""

from collections.abc import Collection, Iterable
from typing import Final

from services.validation.domain.statuses import SUBMITTED, UNFINISHED

# Always the owner's.
OWN: Final = frozenset({"concept", "description", "public_info", "notes", "visibility", "display"})
# Never the owner's alone.
DECIDED: Final = frozenset({"owner", "st_notes"})
# While it is being written, a character is its owner's.
DRAFTS: Final = frozenset({UNFINISHED, SUBMITTED})


def kept_from_owner(fields: Iterable[str], status: str) -> list[str]:
    """Those of the fields that the owner of a character in this status may not write."""
    is_draft = status in DRAFTS
    return sorted(name for name in fields if name in DECIDED or not (is_draft or name in OWN))


def usual_rating(usual: int, *, least: int, most: int) -> int:
    """What a new character has where nobody says otherwise, within the limits that hold for it."""
    return max(least, min(usual, most))


def coupled_willpower(temporary: int, willpower: int, sent: Collection[str]) -> int:
    """The temporary rating beside a new permanent one: lowered with it, unless it was sent as well."""
    return temporary if "temporary_willpower" in sent else max(0, min(temporary, willpower))
