"""The life of a character: draft, submitted, approved and in play, retired, deceased."""

from collections.abc import Mapping
from typing import Final

UNFINISHED, SUBMITTED, APPROVED, RETIRED, DECEASED = STATUSES = ("Un", "Sub", "App", "Ret", "Dec")

# Where each status leads; staying where one is is no move.
MOVES: Final[Mapping[str, tuple[str, ...]]] = {
    UNFINISHED: (SUBMITTED, RETIRED),
    SUBMITTED: (UNFINISHED, APPROVED, RETIRED),
    APPROVED: (RETIRED, DECEASED),
    RETIRED: (APPROVED,),
    DECEASED: (),
}
# Who decides about a character decides about these; the others are also for its owner and for who edits all.
DECIDED: Final = frozenset({(SUBMITTED, APPROVED), (APPROVED, DECEASED), (RETIRED, APPROVED)})
# In these a character has left the game, and with it its groups.
LEFT: Final = frozenset({RETIRED, DECEASED})
