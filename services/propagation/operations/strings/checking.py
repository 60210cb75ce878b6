"""Whether every stored name is what its details give, page after page in bounded memory."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain.checking import Problem, ProblemType, dependency_problems, name_problems
from services.propagation.domain.dependencies import Dependencies
from services.propagation.domain.generation import NO_RULE, RuleLevel
from services.propagation.models import Dimension, Rule
from services.propagation.operations.references import demand_reference
from services.propagation.queries import checking as queries
from services.propagation.queries.checking import Held, Stored
from services.propagation.queries.walk import dependencies, rule_levels
from shared.tenancy import tenant_of

PAGE = 2000
LISTED = 1000
STRINGS_PER_CALL = 20_000


@dataclass
class Report:
    """Counts are exact, lists are cut at 1000; `last_id` is where the next call goes on, None at the end."""

    checked: int = 0
    error_count: int = 0
    warning_count: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    last_id: int | None = None

    def add(self, problem: Problem) -> None:
        listed = self.warnings if problem.is_warning else self.errors
        if len(listed) < LISTED:
            listed.append(problem)
        if problem.is_warning:
            self.warning_count += 1
        else:
            self.error_count += 1


@dataclass(frozen=True, slots=True)
class Page:
    """What was found in a page of strings, in the order of their ids."""

    strings: int
    last_id: int
    problems: Sequence[Problem]


def check_strings(session: Session, ids: Collection[int]) -> Report:
    """The strings with these ids; an unknown or foreign id is a problem of its own."""
    report = Report()
    if not ids:
        return report
    stored = queries.page(session, ids=ids, limit=len(ids))
    known = {row.id for row in stored}
    found = {string_id: [Problem(string_id, ProblemType.NOT_FOUND, "There is no such string.")] for string_id in ids}
    found |= {string_id: [] for string_id in known}
    for problem in _Checker(session).problems(stored):
        found[problem.string_id].append(problem)
    for problems in found.values():
        for problem in problems:
            report.add(problem)
    report.checked = len(known)
    return report


def check_rule(session: Session, rule_id: int, *, after: int = 0, limit: int = STRINGS_PER_CALL) -> Report:
    """The strings of a rule with ids above `after`. Raises Invalid for an unknown rule."""
    demand_reference(session, Rule, rule_id, "/rule")
    report = Report()
    for page in pages(session, rule_id=rule_id, after=after):
        for problem in page.problems:
            report.add(problem)
        report.checked += page.strings
        if report.checked >= limit:
            report.last_id = page.last_id
            break
    return report


def pages(session: Session, *, rule_id: int | None = None, after: int = 0, size: int = PAGE) -> Iterator[Page]:
    """All strings of a rule, or of the whole workspace, page by page: a constant number of statements for each."""
    checker = _Checker(session)
    while stored := queries.page(session, rule_id=rule_id, after=after, limit=size):
        after = stored[-1].id
        yield Page(len(stored), after, checker.problems(stored))
        if len(stored) < size:
            return


class _Checker:
    """The rules of the workspace, read once for all pages."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._levels = rule_levels(session)
        every = session.scalars(select(Dimension.id).where(Dimension.tenant_id == tenant_of(session))).all()
        self._dependencies = dependencies(session, every)
        self._today = datetime.now(UTC).date()

    def problems(self, stored: Sequence[Stored]) -> list[Problem]:
        ids = [row.id for row in stored]
        if not ids:
            return []
        details = queries.details(self._session, ids, today=self._today)
        twins = queries.twins(self._session, ids)
        circling = queries.circling(self._session, ids)
        found: list[Problem] = []
        for row in stored:
            level = self._levels.get((row.rule_id, row.field_id), NO_RULE)
            found += _of_string(row, level, details.get(row.id, {}), self._dependencies)
            if row.id in twins:
                message = f"The string {twins[row.id]} has the same name, rule, field and parent."
                found.append(Problem(row.id, ProblemType.DUPLICATE_VALUE, message))
            if row.id in circling:
                message = "The strings above it stand in a circle."
                found.append(Problem(row.id, ProblemType.CIRCULAR, message))
        return found


def _of_string(row: Stored, level: RuleLevel, details: dict[int, Held], rules: Dependencies) -> Iterator[Problem]:
    values = {dimension_id: held.value for dimension_id, held in details.items()}
    yield from name_problems(row.id, row.value, level, values, is_auto_generated=row.is_auto_generated)
    yield from dependency_problems(row.id, values, rules)
    if row.is_misplaced:
        message = "Its parent is not exactly one level above, or its rule is of another platform."
        yield Problem(row.id, ProblemType.INVALID_PARENT, message)
    for held in details.values():
        if not held.is_active and not held.value.is_empty:
            message = f"The value {held.value.effective!r} or its dimension is inactive."
            yield Problem(row.id, ProblemType.VALUE_INACTIVE, message, is_warning=True)
        elif not held.is_valid:
            message = f"The value {held.value.effective!r} is not valid today."
            yield Problem(row.id, ProblemType.VALUE_NOT_VALID, message, is_warning=True)
    if row.stale_reason is not None:
        message = f"It is behind: {row.stale_reason}."
        yield Problem(row.id, ProblemType.STALE, message, is_warning=True)
