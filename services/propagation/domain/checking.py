"""What is wrong with a stored name, as far as it can be told from the string itself."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from services.propagation.domain.dependencies import Dependencies
from services.propagation.domain.failures import Failure
from services.propagation.domain.generation import RuleLevel
from services.propagation.domain.values import Detail, Key, Value


class ProblemType(StrEnum):
    """Failures of making the name again come under their own code beside these."""

    NOT_FOUND = "not_found"
    VALUE_MISMATCH = "value_mismatch"
    DUPLICATE_VALUE = "duplicate_value"
    INVALID_PARENT = "invalid_parent"
    CIRCULAR = "circular_dependency"
    VALUE_INACTIVE = "value_inactive"
    VALUE_NOT_VALID = "value_not_valid"
    STALE = "stale"


class Problem(NamedTuple):
    """A warning is what may be so for good reasons: a value in use that has expired, a string known to be behind."""

    string_id: int
    type: str
    message: str
    is_warning: bool = False


def name_problems(
    string_id: int, name: str, level: RuleLevel, values: Mapping[int, Value], *, is_auto_generated: bool
) -> Iterator[Problem]:
    """The name beside what the details give; one that was given and is not complete yet has no other to compare."""
    generated = level.render(
        [values[part.dimension_id].effective if part.dimension_id in values else None for part in level.parts]
    )
    if isinstance(generated, Failure):
        yield Problem(string_id, generated.code, generated.message)
    elif is_auto_generated and generated != name:
        yield Problem(string_id, ProblemType.VALUE_MISMATCH, f"The details give {generated!r}, the name is {name!r}.")


def dependency_problems(string_id: int, values: Mapping[int, Value], dependencies: Dependencies) -> Iterator[Problem]:
    if not dependencies:
        return
    held: dict[Key, Detail | None] = {dimension_id: Detail(value) for dimension_id, value in values.items()}
    mismatch = dependencies.mismatch(held, changed=held)
    if mismatch is not None:
        yield Problem(string_id, mismatch.code, mismatch.message)
