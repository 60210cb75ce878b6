"""Rules as constraints of the database, and what constraints of a database say compared with them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.validation.domain.rules.definition import Enforce, Rule, Unique
from services.validation.domain.rules.expressions.sql import column, quoted, to_sql

# The engine prints casts where it had to choose a type; they say nothing that the columns do not.
_CAST: Final = re.compile(
    r"('(?:[^']|'')*')|::(?:character varying|timestamp with time zone|double precision|[a-z_]\w*)(?:\[\])?"
)


@dataclass(frozen=True, slots=True)
class Constraint:
    """`definition` reads as the engine prints it, without casts. `kind` is check, unique or index.

    An index is a unique pair under a condition, which the engine knows as an index only.
    """

    name: str
    table: str
    kind: str
    definition: str
    rule: str

    @property
    def ddl(self) -> str:
        """What adds it. A check is added NOT VALID: proving it for all rows is a step of its own."""
        if self.kind == "index":
            return f"CREATE UNIQUE INDEX CONCURRENTLY {self.name} {self.definition}"
        added = f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {self.definition}"
        return f"{added} NOT VALID" if self.kind == "check" else added

    @property
    def validation(self) -> str | None:
        return f"ALTER TABLE {self.table} VALIDATE CONSTRAINT {self.name}" if self.kind == "check" else None


def constraints(rules: Iterable[Rule]) -> list[Constraint]:
    """Of the rules that the database enforces, in their order."""
    return [constraint(rule) for rule in rules if rule.enforce is Enforce.DATABASE]


def constraint(rule: Rule) -> Constraint:
    if isinstance(rule.body, Unique):
        return _unique(rule, rule.body)
    holds = rule.holds
    assert holds is not None  # no other kind is enforced by the database
    return Constraint(rule.constraint, rule.table, "check", f"CHECK ({to_sql(holds, quoted)})", rule.id)


def _unique(rule: Rule, body: Unique) -> Constraint:
    columns = ", ".join(["tenant_id", *map(column, body.fields)])
    nulls = " NULLS NOT DISTINCT" if body.nulls_equal else ""
    if rule.when is None:
        return Constraint(rule.constraint, rule.table, "unique", f"UNIQUE{nulls} ({columns})", rule.id)
    definition = f"ON {rule.table} USING btree ({columns}){nulls} WHERE {to_sql(rule.when, quoted)}"
    return Constraint(rule.constraint, rule.table, "index", definition, rule.id)


def without_casts(definition: str) -> str:
    """A definition as the engine prints it, in the form of `Constraint.definition`."""
    plain = _CAST.sub(lambda found: found[1] or "", definition)
    return plain.removesuffix(" NOT VALID").strip()
