"""Whether a name may stand below the one that it names as its parent."""

from collections.abc import Collection
from typing import NamedTuple

from services.propagation.domain.rules import Place


class Note(NamedTuple):
    """`is_error` is False for what is only worth a look."""

    code: str
    message: str
    is_error: bool = False


def placed_below(child: Place, parents: Collection[Place] | None) -> Note | None:
    """`parents` are the fields of the strings that have the parent's name; None where no parent is named.

    A name may belong to several strings, so the one that fits best decides.
    """
    if parents is None or any(parent.next_id == child.id for parent in parents):
        return None
    if not parents:
        return Note("parent_not_found", "There is no such parent, neither stored nor among these rows.")
    higher = [parent for parent in parents if parent.level < child.level - 1]
    if higher:
        nearest = max(higher, key=lambda parent: parent.level)
        message = f"Between {nearest.name!r} and {child.name!r} a level was left out."
        return Note("missing_intermediate_level", message)
    (some, *_others) = parents
    return Note("invalid_entity_level", f"{child.name!r} does not stand below {some.name!r}.", is_error=True)
