"""A mapping of a definition, taken apart member by member; what is wrong is collected, not raised."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

Path = tuple[str | int, ...]
MISSING: Final[Any] = object()
INVALID_SET: Final = "invalid_rule_set"
INVALID_EXPRESSION: Final = "invalid_expression"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a definition, and at which of its members; `position` counts characters of an expression."""

    path: Path
    message: str
    code: str = INVALID_SET
    rule: str | None = None
    position: int | None = None


class InvalidRuleSet(ValueError):
    """All that is wrong with a definition."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults[:3]))
        self.faults = faults


@dataclass(slots=True)
class Members:
    """`path` is where the mapping stands in its document; all mappings of a document share their `faults`."""

    data: Mapping[str, Any]
    path: Path
    faults: list[Fault]
    rule: str | None = None
    known: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        return name in self.data

    def raw(self, name: str) -> Any:
        """MISSING where it is not given."""
        self.known.add(name)
        return self.data.get(name, MISSING)

    def text(self, name: str, *, most: int, default: str | None = None) -> str:
        value = self.raw(name)
        if value is MISSING and default is not None:
            return default
        if not isinstance(value, str) or not 0 < len(value) <= most or "\0" in value:
            self.fault(name, f"{name} is a text of 1 to {most} characters.")
            return ""
        return value

    def matching(self, name: str, fits: Callable[[str], object], message: str) -> str:
        value = self.raw(name)
        if not isinstance(value, str) or not fits(value):
            self.fault(name, message)
            return ""
        return value

    def word(self, name: str, among: Collection[str], default: str | None = None) -> str:
        value = self.raw(name)
        if value is MISSING and default is not None:
            return default
        if not isinstance(value, str) or value not in among:
            self.fault(name, f"{name} is one of {', '.join(among)}.")
            return next(iter(among))
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.raw(name)
        if value is MISSING:
            return default
        if not isinstance(value, bool):
            self.fault(name, f"{name} is true or false.")
            return default
        return value

    def whole(self, name: str, *, default: int, least: int, most: int) -> int:
        value = self.raw(name)
        if value is MISSING:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.fault(name, f"{name} is a whole number from {least} to {most}.")
            return default
        return value

    def ratio(self, name: str) -> Decimal:
        """From 0 to 1; 1 where it is not given."""
        value = exact(self.raw(name))
        if value is MISSING:
            return Decimal(1)
        if not isinstance(value, int | Decimal) or isinstance(value, bool) or not 0 <= value <= 1:
            self.fault(name, f"{name} is a ratio from 0 to 1.")
            return Decimal(1)
        return Decimal(value)

    def names(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of different texts."""
        value = self.raw(name)
        if value is MISSING and not required:
            return ()
        fits = isinstance(value, list) and value and all(isinstance(one, str) and one for one in value)
        if not fits or len(set(value)) < len(value):
            self.fault(name, f"{name} is a list of different names.")
            return ()
        return tuple(value)

    def fault(self, name: str, message: str, *, code: str = INVALID_SET, position: int | None = None) -> None:
        path = (*self.path, name) if name else self.path
        self.faults.append(Fault(path, message, code, self.rule, position))

    def finish(self) -> None:
        """What was never asked for is not known."""
        for name in self.data:
            if name not in self.known:
                self.fault(name, f"There is no member {name!r} here.")


def exact(value: Any) -> Any:
    """Numbers as they were written: a float of a JSON document stands for its shortest text."""
    return Decimal(repr(value)) if isinstance(value, float) else value
