"""Components are found through entry points when they are first asked for; two with one name stop the process."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from services.sync.domain.components import KINDS, Component, Kind


class ComponentTwice(RuntimeError):
    """Two packages bring a component of one name."""


@cache
def components(kind: Kind) -> Mapping[str, Component]:
    """By name. Raises ComponentTwice."""
    return loaded(kind, entry_points(group=f"concord.sync.{kind}"))


def loaded(kind: Kind, found: Iterable[EntryPoint]) -> Mapping[str, Component]:
    """The components that these entry points name. Raises ComponentTwice with both packages."""
    by_name: dict[str, EntryPoint] = {}
    for entry in sorted(found, key=lambda entry: (entry.name, _package(entry))):
        if entry.name in by_name:
            both = f"{_package(by_name[entry.name])} and {_package(entry)}"
            raise ComponentTwice(f"two {kind} are called {entry.name}: one of {both} has to go")
        by_name[entry.name] = entry
    return {name: entry.load() for name, entry in by_name.items()}


def check_components() -> None:
    """For the start of a process. Raises ComponentTwice."""
    for kind in KINDS:
        components(kind)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value.partition(".")[0]
