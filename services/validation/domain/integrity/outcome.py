"""What became of each rule, and of the run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from services.validation.domain.integrity.planning import Planned
from services.validation.domain.rules.definition import Severity

CLEAN, FAILED, FINDINGS = 0, 1, 3
ERROR: Final = "error"


class Status(StrEnum):
    OK = "ok"
    FINDINGS = "findings"
    FIXED = "fixed"
    ERROR = "error"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Sample:
    """A failing row; `has_fix` where `fixed_value` says what it would become or has become."""

    row_id: int | None
    name: str | None
    field: str | None
    value: Any
    has_fix: bool = False
    fixed_value: Any = None


@dataclass(slots=True)
class Tally:
    """How many units of a rule fail, and the first of them."""

    found: int = 0
    samples: list[Sample] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """One rule of a run."""

    planned: Planned
    found: int = 0
    remaining: int = 0
    changed_rows: int = 0
    fixable: bool = False
    failure: Status | None = None

    @property
    def fixed(self) -> int:
        return max(0, self.found - self.remaining)

    @property
    def status(self) -> Status:
        if self.failure is not None:
            return self.failure
        # Numbers of an info rule are never an issue.
        if self.remaining and self.planned.rule.severity is not Severity.INFO:
            return Status.FINDINGS
        return Status.FIXED if self.fixed else Status.OK


def totals(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """found, fixed and remaining count errors only."""
    known = list(outcomes)
    issues = [each for each in known if each.planned.is_issue]
    return {
        "rules": len(known),
        "found": sum(each.found for each in issues),
        "fixed": sum(each.fixed for each in issues),
        "remaining": sum(each.remaining for each in issues),
        "warnings": sum(each.remaining for each in known if each.planned.rule.severity is Severity.WARNING),
        "errors": sum(each.failure is Status.ERROR for each in known),
    }


def exit_code(figures: dict[str, int], *, strict: bool) -> int:
    if figures["errors"]:
        return FAILED
    return FINDINGS if figures["remaining"] or (strict and figures["warnings"]) else CLEAN
