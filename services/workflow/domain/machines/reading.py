"""Reads a definition file and checks it; a machine cannot be built from an incomplete one."""

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from services.workflow.domain.machines.definition import Edge, Machine, State
from services.workflow.domain.machines.separating import ROLES
from services.workflow.domain.timers import ClockRule, TimerRule

LONGEST_STATE = 50


class DefinitionFault(Exception):
    """A definition breaks a rule; names the file and the rule."""

    def __init__(self, file: str, rule: str, detail: str) -> None:
        super().__init__(f"{file}: {rule}: {detail}")
        self.file, self.rule = file, rule


@dataclass(frozen=True, slots=True)
class Known:
    """Names that a definition may use. None leaves a kind unchecked, where nothing is registered (tools, tests)."""

    permissions: frozenset[str] | None = None
    guards: frozenset[str] | None = None
    effects: frozenset[str] | None = None
    actions: Collection[tuple[str, str]] | None = None


def read(file: str, text: str) -> Machine:
    """The machine of a definition. Raises DefinitionFault."""
    try:
        raw = tomllib.loads(text)
        machine = Machine(
            name=raw.pop("name"),
            version=raw.pop("version"),
            states={name: State(name, **says) for name, says in raw.pop("states").items()},
            edges=tuple(edge for says in raw.pop("edges") for edge in _edges(says)),
            warnings=tuple(raw.pop("warnings", ())),
            clocks=tuple(_clock(name, says) for name, says in raw.pop("clocks", {}).items()),
            timers=tuple(TimerRule(name, **says) for name, says in raw.pop("timers", {}).items()),
        )
    except tomllib.TOMLDecodeError as fault:
        raise DefinitionFault(file, "readable", str(fault)) from fault
    except (KeyError, TypeError, AttributeError) as fault:
        raise DefinitionFault(file, "complete", f"{fault} is missing or unknown") from fault
    if raw:
        raise DefinitionFault(file, "complete", f"nobody knows {', '.join(raw)}")
    for rule, detail in _faults(machine):
        raise DefinitionFault(file, rule, detail)
    return machine


def check_names(file: str, machine: Machine, known: Known) -> None:
    """Raises DefinitionFault where the definition uses a permission, guard or effect that does not exist."""
    used: Mapping[str, tuple[Iterable[str], frozenset[str] | None]] = {
        "permissions_exist": ((name for edge in machine.edges for name in edge.permissions), known.permissions),
        "guards_exist": (
            [*machine.warnings, *(name for edge in machine.edges for name in (*edge.guards, *edge.warnings))],
            known.guards,
        ),
        "effects_exist": ((name for edge in machine.edges for name in edge.effects), known.effects),
    }
    actions = {(machine.name, timer.action) for timer in machine.timers if timer.action is not None}
    if known.actions is not None and actions - set(known.actions):
        raise DefinitionFault(file, "actions_exist", ", ".join(sorted(name for _, name in actions)))
    for rule, (names, existing) in used.items():
        unknown = set(names) - existing if existing is not None else set()
        if unknown:
            raise DefinitionFault(file, rule, ", ".join(sorted(unknown)))


_EDGE_KEYS = frozenset({"from", "to"} | {field.name for field in fields(Edge)}) - {"origin", "target"}


def _edges(says: Mapping[str, Any]) -> Iterator[Edge]:
    """One edge for each state that the entry starts from."""
    unknown = says.keys() - _EDGE_KEYS
    if unknown:
        raise TypeError(", ".join(sorted(unknown)))
    options: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in says.items()}
    origins, target = options.pop("from"), options.pop("to")
    for origin in (origins,) if isinstance(origins, str) else origins:
        yield Edge(origin, target, **options)


def _clock(name: str, says: Mapping[str, Any]) -> ClockRule:
    return ClockRule(name, **dict(says) | {"runs_in": frozenset(says["runs_in"])})


def _faults(machine: Machine) -> Iterator[tuple[str, str]]:
    """Rule and detail of each broken rule, the basic ones first."""
    bad_names = [name for name in machine.states if name != name.upper() or not 0 < len(name) <= LONGEST_STATE]
    if bad_names:
        yield "state_names", f"{', '.join(bad_names)}: upper case, at most {LONGEST_STATE} characters"
    initial = [state.name for state in machine.states.values() if state.initial]
    if len(initial) != 1:
        yield "one_initial_state", f"found {', '.join(initial) or 'none'}"
    unknown = {name for edge in machine.edges for name in (edge.origin, edge.target)} - machine.states.keys()
    if unknown:
        yield "states_known", ", ".join(sorted(unknown))
        return
    twice = [ends for ends, number in Counter((e.origin, e.target) for e in machine.edges).items() if number > 1]
    if twice:
        yield "no_duplicate_edge", ", ".join(f"{origin} to {target}" for origin, target in twice)
    yield from _graph_faults(machine)
    yield from _verb_faults(machine)
    yield from _vote_faults(machine)
    yield from _timer_faults(machine)


def _graph_faults(machine: Machine) -> Iterator[tuple[str, str]]:
    leaving = {edge.origin for edge in machine.edges}
    if leaving & machine.terminal:
        yield "terminal_is_final", ", ".join(sorted(leaving & machine.terminal))
    stuck = machine.states.keys() - leaving - machine.terminal
    if stuck:
        yield "has_a_way_out", ", ".join(sorted(stuck))
    reached = {state.name for state in machine.states.values() if state.initial}
    while True:
        further = {edge.target for edge in machine.edges if edge.origin in reached} - reached
        if not further:
            break
        reached |= further
    if machine.states.keys() - reached:
        yield "can_be_reached", ", ".join(sorted(machine.states.keys() - reached))


def _verb_faults(machine: Machine) -> Iterator[tuple[str, str]]:
    """A verb is also an address, so it has to mean one target; it also names whom another edge excludes."""
    for verb in {edge.verb for edge in machine.edges}:
        targets = {edge.target for edge in machine.edges if edge.verb == verb}
        if len(targets) > 1:
            yield "verb_has_one_target", f"{verb}: {', '.join(sorted(targets))}"
    verbs = {edge.verb for edge in machine.edges}
    for edge in machine.edges:
        strange = set(edge.excludes) - verbs - ROLES.keys()
        if strange:
            yield "excludes_known", f"{edge.verb}: {', '.join(sorted(strange))}"


def _vote_faults(machine: Machine) -> Iterator[tuple[str, str]]:
    """Votes can be cast: by people, and by as many as are needed."""
    for edge in machine.edges:
        if type(edge.votes) is not int or edge.votes < 1:
            yield "votes_counted", f"{edge.verb}: {edge.votes}"
        elif edge.system_only and (edge.votes > 1 or edge.voters):
            yield "votes_of_people", edge.verb
        elif edge.voters and len(set(edge.voters)) < edge.votes:
            yield "voters_enough", f"{edge.verb}: {edge.votes} votes, {len(set(edge.voters))} voters"


def _timer_faults(machine: Machine) -> Iterator[tuple[str, str]]:
    """Clocks run in states that exist; a timer does one thing, which its state allows."""
    for clock in machine.clocks:
        if not clock.runs_in or clock.runs_in - machine.states.keys():
            yield "clock_runs_in_states", f"{clock.name}: {', '.join(sorted(clock.runs_in)) or 'none'}"
    for timer in machine.timers:
        if timer.state not in machine.states.keys() - machine.terminal:
            yield "timer_has_a_state", f"{timer.name}: {timer.state}"
        elif sum(thing is not None for thing in (timer.target, timer.event, timer.action)) != 1:
            yield "timer_does_one_thing", timer.name
        elif timer.target and machine.edge(timer.state, timer.target, as_system=True) is None:
            yield "timer_takes_an_edge", f"{timer.name}: {timer.state} to {timer.target}"
