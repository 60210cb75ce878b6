"""What is to be done with a row elsewhere, from what is there and what is remembered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from services.sync.loaders.deliveries import Known

# The mark of a row that the target has won: whatever is there is not ours.
THEIRS = "theirs"
# Verdicts by which a row is written, and the outcome that each counts as.
WRITTEN = {"create": "created", "update": "updated", "restore": "updated"}


class Present(NamedTuple):
    """A row that is there: whether it says what would be written, its mark, when it was edited as far as its table says
    so, from when on its version holds, and its values."""

    is_same: bool
    mark: str
    edited_at: datetime | None
    valid_from: datetime | None
    values: Mapping[str, Any]


def verdict(
    present: Present | None,
    known: Known | None,
    *,
    strategy: str,
    update_existing: bool,
    changed_at: datetime | None,
) -> str:
    if present is None:
        return "create"
    if not update_existing:
        return "exists"
    if known is not None and known.is_gone:
        return "restore"
    if present.is_same:
        return "unchanged"
    if strategy == "source_wins" or not _is_edited(present, known):
        return "update"
    if strategy == "target_wins":
        return "target_wins"
    is_newer = changed_at is not None and (present.edited_at is None or changed_at >= present.edited_at)
    return "update" if is_newer else "target_newer"


def _is_edited(present: Present, known: Known | None) -> bool:
    """A row that nobody here has written counts as edited; marks of other columns say nothing about these."""
    if known is None or known.mark == THEIRS:
        return True
    if known.mark is None or known.mark.partition(":")[0] != present.mark.partition(":")[0]:
        return False
    return known.mark != present.mark
