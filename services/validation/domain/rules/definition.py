"""Rule sets and rules as they are understood: read, checked, ready to be turned into whatever judges rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from services.validation.domain.rules.expressions.trees import Apply, Tree, Value, conjunction, fields_of
from services.validation.domain.rules.types import Type

RECORDS = "records"
# Built-in sets look at several tables; each of their rules names its own.
TABLES = "tables"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Enforce(StrEnum):
    """Where a rule is kept; `database` includes `api`."""

    SCAN = "scan"
    API = "api"
    DATABASE = "database"


class Status(StrEnum):
    """What a rule's failures amount to."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Condition:
    """What one row alone keeps or breaks: broken where the tree is false; unknown passes."""

    tree: Tree


@dataclass(frozen=True, slots=True)
class Unique:
    """Broken by rows that repeat a combination. `nulls_equal`: null counts as one more value; else null passes.

    `keep_first`: the first row of equal ones passes; else all of them are broken.
    """

    fields: tuple[str, ...]
    nulls_equal: bool = True
    keep_first: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """Broken by a value that is not null and not in the list, or not in the column of the table. `list_id` is where
    the values of the list are stored, once that is known."""

    field: str
    list: str | None = None
    table: str | None = None
    column: str | None = None
    case_sensitive: bool = True
    list_id: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerBalance:
    """Broken where the stored projection differs from what the entries of the account add up to."""

    projection: str
    account: str


@dataclass(frozen=True, slots=True)
class Query:
    """Broken by the rows that a query of that name finds; built-in sets only."""

    name: str


Body = Condition | Unique | Reference | LedgerBalance | Query


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of failed rows, or a percentage of the judged ones, that is reached or not."""

    limit: Decimal
    percent: bool = False

    def is_reached(self, *, failed: int, judged: int) -> bool:
        return failed > 0 and (failed * 100 >= self.limit * judged if self.percent else failed >= self.limit)


@dataclass(frozen=True, slots=True)
class Fix:
    """How failing rows are mended. `assigns` are new values per field; the other kinds are carried out by queries.

    `order` is the order of keep_oldest.
    """

    kind: str
    assigns: Mapping[str, Tree] = field(default_factory=dict)
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`fields` are those that a violation is reported on; `bounds` what a message may name as {min}, {max}, {other}:
    a value, or the name of a field of the row. `table` is empty for rules about posted records."""

    id: str
    kind: str
    body: Body
    table: str
    fields: tuple[str, ...]
    title: str
    description: str
    message: str
    severity: Severity = Severity.ERROR
    enforce: Enforce = Enforce.SCAN
    when: Tree | None = None
    check: str = ""
    fix: Fix | None = None
    bounds: Mapping[str, Value | Tree] = field(default_factory=dict)
    mostly: Decimal = Decimal(1)
    warn_if: Threshold | None = None
    fail_if: Threshold | None = None
    quarantine: bool = False
    samples: int = 20

    @property
    def constraint(self) -> str:
        """The name of the constraint that this rule becomes."""
        return self.id if self.id.startswith("unique_") else f"{self.table}_{self.id}"

    @property
    def holds(self) -> Tree | None:
        """False for the rows that break the rule; None for a rule that one row alone cannot break."""
        if not isinstance(self.body, Condition):
            return None
        if self.when is None:
            return self.body.tree
        not_judged = Apply("not", (Apply("is true", (self.when,), Type.BOOLEAN),), Type.BOOLEAN)
        return Apply("or", (not_judged, self.body.tree), Type.BOOLEAN)

    @property
    def reads(self) -> tuple[str, ...]:
        """All fields of the row that the rule looks at."""
        names = list(self.fields)
        if isinstance(self.body, Condition):
            names += fields_of(self.body.tree)
        if isinstance(self.body, Unique):
            names += self.body.fields
        if isinstance(self.body, Reference):
            names.append(self.body.field)
        if self.when is not None:
            names += fields_of(self.when)
        return tuple(dict.fromkeys(names))

    def status(self, *, failed: int, judged: int) -> Status:
        """The thresholds decide where there are any; else a failed row is what the severity says."""
        if failed == 0 or judged - failed >= self.mostly * judged:
            return Status.PASS
        if self.severity is Severity.INFO:
            return Status.PASS
        if self.fail_if is not None and self.fail_if.is_reached(failed=failed, judged=judged):
            return Status.FAIL
        if self.warn_if is not None and self.warn_if.is_reached(failed=failed, judged=judged):
            return Status.WARN
        if self.fail_if is not None or self.warn_if is not None:
            return Status.PASS
        return Status.FAIL if self.severity is Severity.ERROR else Status.WARN


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """`fields`, `key`, `coerce` and `additional_fields` say what posted records look like."""

    name: str
    target: str
    rules: tuple[Rule, ...]
    title: str = ""
    description: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Type] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    coerce: bool = False
    additional_fields: bool = True
    source: Mapping[str, Any] = field(default_factory=dict)

    def rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    @property
    def lists(self) -> tuple[str, ...]:
        """The reference lists that its rules look into."""
        bodies = (rule.body for rule in self.rules)
        return tuple(dict.fromkeys(body.list for body in bodies if isinstance(body, Reference) and body.list))


def joint_condition(rules: "tuple[Rule, ...] | list[Rule]") -> Tree:
    """False for the rows that break any of these rules, which are about one row each."""
    return conjunction(*(rule.holds for rule in rules if rule.holds is not None))
