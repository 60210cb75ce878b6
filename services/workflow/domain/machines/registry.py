"""Guards, stamps and notes by name: definitions name them, modules of the domain register them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from services.workflow.domain.machines.asking import Ask, Finding

# Facts are what a machine's loader knows about one item; each machine has its own class of them.
Guard = Callable[[Any, Ask], Finding | None]
Stamp = Callable[[Any, Ask], Mapping[str, Any]]
SomeGuard = TypeVar("SomeGuard", bound=Guard)
SomeStamp = TypeVar("SomeStamp", bound=Stamp)

GUARDS: dict[str, Guard] = {}
STAMPS: dict[str, Stamp] = {}
NOTES: dict[str, Stamp] = {}


def guard(check: SomeGuard) -> SomeGuard:
    """Registers a check under its own name: (facts, ask) -> the finding that refuses, or warns, or None."""
    _register(GUARDS, check)
    return check


def stamp(effect: SomeStamp) -> SomeStamp:
    """Registers a before-effect under its own name: (facts, ask) -> columns to write; raises Veto."""
    _register(STAMPS, effect)
    return effect


def note(effect: SomeStamp) -> SomeStamp:
    """Registers an effect under its own name: (facts, ask) -> metadata that the record keeps beside the request's."""
    _register(NOTES, effect)
    return effect


def _register(registry: dict[str, Any], function: Any) -> None:
    name = function.__name__
    if name in registry:
        raise ValueError(f"{name} is registered twice")
    registry[name] = function
