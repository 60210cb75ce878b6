"""Which pipeline needs which: circles, and an order in which each comes after what it depends on."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter

Graph = Mapping[str, Sequence[str]]


def circle(start: str, graph: Graph) -> list[str]:
    """The names on a way from `start` back to it, both ends included; empty without one."""
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop()
        for other in graph.get(way[-1], ()):
            if other == start:
                return [*way, start]
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def with_needs(name: str, graph: Graph) -> set[str]:
    """A name and all that it depends on, near and far."""
    wanted, found = [name], set[str]()
    while wanted:
        member = wanted.pop()
        if member not in found:
            found.add(member)
            wanted += graph.get(member, ())
    return found


def in_order(names: Iterable[str], graph: Graph) -> list[str]:
    """Each after those among `names` that it depends on, else by name."""
    wanted = set(names)
    sorter = TopologicalSorter(
        {name: sorted(other for other in graph.get(name, ()) if other in wanted) for name in sorted(wanted)}
    )
    return list(sorter.static_order())
