"""Cycles in stored parents: none can be written, but what is read is not trusted."""

from collections.abc import Mapping


def find_cycle(parent_of: Mapping[int, int | None], *, start: int) -> list[int] | None:
    """The ids of the cycle above `start` in order, from the first one met twice; None if the way up ends."""
    seen: dict[int, int] = {}
    node: int | None = start
    while node is not None:
        if node in seen:
            return list(seen)[seen[node] :]
        seen[node] = len(seen)
        node = parent_of.get(node)
    return None
