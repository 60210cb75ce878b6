"""What the values of a dimension must look like."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.propagation.domain.failures import ErrorType, Failure, Violation

# Whether a pattern matches a whole text: the engine is not part of the domain.
Matcher = Callable[[str, str], bool]
Test = Callable[[str, str], bool]
LONGEST_LIMIT = 400


class Kind(NamedTuple):
    """`holds(text, value)` tells whether a text keeps the constraint; `message` is the sentence where it does not."""

    holds: Test
    message: str
    needs_value: bool = False


def _has_no(unwanted: Callable[[str], bool]) -> Test:
    return lambda text, _value: not any(map(unwanted, text))


def _has_only(wanted: Callable[[str], bool]) -> Test:
    return lambda text, _value: all(map(wanted, text))


def _is_url_safe(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in "-_.")


KINDS: Mapping[str, Kind] = {
    "no_spaces": Kind(_has_no(str.isspace), "Spaces are not allowed."),
    "lowercase": Kind(lambda text, _value: text == text.lower(), "All letters must be lower case."),
    "uppercase": Kind(lambda text, _value: text == text.upper(), "All letters must be upper case."),
    "no_uppercase": Kind(_has_no(str.isupper), "Upper-case letters are not allowed."),
    "no_numbers": Kind(_has_no(str.isdigit), "Digits are not allowed."),
    "no_special_chars": Kind(
        _has_only(lambda letter: letter.isalnum() or letter == "_"),
        "Only letters, digits and underscores are allowed.",
    ),
    "alphanumeric": Kind(_has_only(str.isalnum), "Only letters and digits are allowed."),
    "numeric": Kind(_has_only(str.isdecimal), "Only digits are allowed."),
    "min_length": Kind(lambda text, value: len(text) >= int(value), "At least {value} characters are needed.", True),
    "max_length": Kind(lambda text, value: len(text) <= int(value), "At most {value} characters are allowed.", True),
    "starts_with": Kind(lambda text, value: text.startswith(value), "It must start with {value!r}.", True),
    "ends_with": Kind(lambda text, value: text.endswith(value), "It must end with {value!r}.", True),
    "allowed_chars": Kind(
        lambda text, value: set(text) <= set(value), "Only these characters are allowed: {value}", True
    ),
    "url_safe": Kind(_has_only(_is_url_safe), "Only ASCII letters, digits, '-', '_' and '.' are allowed."),
    # Matched by the engine that the caller brings.
    "regex": Kind(lambda _text, _value: True, "It must match the pattern {value}", True),
}
TYPES = tuple(KINDS)
LIMITS = ("min_length", "max_length")
PATTERN = "regex"


@dataclass(frozen=True, slots=True)
class Constraint:
    """One active constraint; `message` is its author's own, if there is one."""

    kind: str
    value: str | None = None
    message: str | None = None

    def is_kept_by(self, text: str, matches: Matcher) -> bool:
        value = self.value or ""
        return matches(value, text) if self.kind == PATTERN else KINDS[self.kind].holds(text, value)

    @property
    def violation(self) -> Violation:
        return Violation(self.kind, self.message or KINDS[self.kind].message.format(value=self.value))


def violations(constraints: Iterable[Constraint], text: str, matches: Matcher) -> tuple[Violation, ...]:
    """All that the text breaks, in the order of the constraints."""
    return tuple(constraint.violation for constraint in constraints if not constraint.is_kept_by(text, matches))


def problem_of(kind: str, value: str | None) -> str | None:
    """What is wrong with a constraint itself, as far as it can be said without the engine of patterns."""
    if not KINDS[kind].needs_value:
        return None
    if not value:
        return f"A constraint of the type {kind} needs a value."
    if kind in LIMITS and not (value.isascii() and value.isdigit() and int(value[:9]) <= LONGEST_LIMIT):
        return f"The value of {kind} is a whole number from 0 to {LONGEST_LIMIT}."
    return None


def refusal(name: str, broken: tuple[Violation, ...]) -> Failure | None:
    """The failure of a text for the dimension of this name; None where nothing is broken."""
    if not broken:
        return None
    told = " ".join(violation.message for violation in broken)
    message = f"The value breaks the constraints of the dimension {name!r}: {told}"
    return Failure(ErrorType.VALIDATION, "constraint_violation", message, violations=broken)
