"""Failures as values: a plan carries them beside its changes, so none of them may interrupt planning."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class ErrorType(StrEnum):
    STRING_GENERATION = "string_generation_error"
    VALIDATION = "validation_error"
    CONFLICT = "conflict_error"
    CIRCULAR = "circular_dependency"
    PERMISSION = "permission_error"
    DATABASE = "database_error"
    TIMEOUT = "timeout_error"
    UNKNOWN = "unknown_error"

    @property
    def is_retryable(self) -> bool:
        return self in _RETRYABLE

    @property
    def status(self) -> int:
        """The HTTP status of a call for one string that fails by this type."""
        return _STATUS[self]


_RETRYABLE = frozenset({ErrorType.DATABASE, ErrorType.TIMEOUT, ErrorType.UNKNOWN})
_STATUS = {
    ErrorType.STRING_GENERATION: 422,
    ErrorType.VALIDATION: 422,
    ErrorType.CONFLICT: 409,
    ErrorType.CIRCULAR: 409,
    ErrorType.PERMISSION: 403,
    ErrorType.DATABASE: 503,
    ErrorType.TIMEOUT: 504,
    ErrorType.UNKNOWN: 500,
}


class Violation(NamedTuple):
    """A constraint of a dimension that a value breaks."""

    constraint_type: str
    message: str


@dataclass(frozen=True, slots=True)
class Failure:
    error_type: ErrorType
    code: str
    message: str
    conflicting_string_id: int | None = None
    violations: tuple[Violation, ...] = ()

    @property
    def is_retryable(self) -> bool:
        return self.error_type.is_retryable

    @property
    def members(self) -> dict[str, Any]:
        """What an answer tells beside type, code and message."""
        found: dict[str, Any] = {}
        if self.conflicting_string_id is not None:
            found["conflicting_string_id"] = self.conflicting_string_id
        if self.violations:
            found["validation_errors"] = [violation._asdict() for violation in self.violations]
        return found


def duplicate_value(value: str, *, holder: int) -> Failure:
    return Failure(
        ErrorType.CONFLICT,
        "duplicate_value",
        f"The name {value!r} belongs to string {holder}, which has the same rule, field and parent.",
        holder,
    )
