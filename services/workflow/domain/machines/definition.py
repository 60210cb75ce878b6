"""What a definition file says, and the questions that its graph answers without an actor."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from services.workflow.domain.timers import ClockRule, TimerRule


@dataclass(frozen=True, slots=True)
class State:
    name: str
    initial: bool = False
    terminal: bool = False
    pauses_clocks: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """One way from a state to another. `permissions` are all needed; `comments` and `metadata` are what the request
    must bring; guards, warnings and effects are names of registered functions. `excludes` names who may not take it:
    creator, assignee, and the actors of earlier edges by their verbs. It is taken with the last of so many `votes`, of
    `voters` alone where they are named."""

    origin: str
    target: str
    verb: str
    permissions: tuple[str, ...] = ()
    comments: bool = False
    metadata: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    system_only: bool = False
    votes: int = 1
    voters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Machine:
    """A checked definition: `states` by name in the order of the file, `edges` likewise. `warnings` are those of
    every edge."""

    name: str
    version: int
    states: Mapping[str, State]
    edges: tuple[Edge, ...]
    warnings: tuple[str, ...] = ()
    clocks: tuple[ClockRule, ...] = ()
    timers: tuple[TimerRule, ...] = ()

    @cached_property
    def initial(self) -> str:
        return next(state.name for state in self.states.values() if state.initial)

    @cached_property
    def terminal(self) -> frozenset[str]:
        return frozenset(state.name for state in self.states.values() if state.terminal)

    @cached_property
    def verbs(self) -> Mapping[str, str]:
        """Verb to target, of what people may ask for."""
        return {edge.verb: edge.target for edge in self.edges if not edge.system_only}

    @cached_property
    def _by_ends(self) -> Mapping[tuple[str, str], Edge]:
        return {(edge.origin, edge.target): edge for edge in self.edges}

    @cached_property
    def has_votes(self) -> bool:
        return any(edge.votes > 1 for edge in self.edges)

    def as_dict(self) -> dict[str, Any]:
        """The whole definition for JSON, with the targets of each state."""
        states = [
            asdict(state) | {"targets": self.targets(name, as_system=True)} for name, state in self.states.items()
        ]
        return {
            "name": self.name,
            "version": self.version,
            "initial": self.initial,
            "terminal": [name for name in self.states if name in self.terminal],
            "warnings": list(self.warnings),
            "states": states,
            "edges": [_edge_dict(edge) for edge in self.edges],
        }

    def state_named(self, text: str) -> str | None:
        """The state that a text means, whatever its case and the blanks around it; None for an unknown one."""
        name = text.strip().upper()
        return name if name in self.states else None

    def edge(self, origin: str, target: str, *, as_system: bool = False) -> Edge | None:
        """For anybody but the system a system-only edge does not exist."""
        found = self._by_ends.get((origin, target))
        return None if found is not None and found.system_only and not as_system else found

    def edges_from(self, origin: str, *, as_system: bool = False) -> list[Edge]:
        return [edge for edge in self.edges if edge.origin == origin and (as_system or not edge.system_only)]

    def targets(self, origin: str, *, as_system: bool = False) -> list[str]:
        return [edge.target for edge in self.edges_from(origin, as_system=as_system)]

    def edges_into(self, target: str, *, as_system: bool = False) -> list[Edge]:
        return [edge for edge in self.edges if edge.target == target and (as_system or not edge.system_only)]


def _edge_dict(edge: Edge) -> dict[str, Any]:
    told = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(edge).items()}
    return {"from": told.pop("origin"), "to": told.pop("target")} | told
