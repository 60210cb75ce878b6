"""How each constraint stands, compared with what is wanted of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from services.validation.domain.rules.constraints import Constraint, constraint
from services.validation.domain.rules.definition import Enforce, Rule
from services.validation.models.registry import built_in
from services.validation.queries.constraints import ABSENT, NOT_VALID, VALID, present, promised, relaxed
from services.validation.queries.integrity.last_results import last_found

ENFORCE: Final = "enforce"
# What spending and awarding stand on is not taken out.
_PROTECTED: Final = frozenset({"xp_transfers", "xp_spend_requests", "weekly_xp_requests", "story_xp_requests"})


@dataclass(frozen=True, slots=True)
class Guarded:
    """A rule that the database keeps, as its constraint."""

    rule_set: str
    rule: Rule
    constraint: Constraint

    @property
    def names(self) -> frozenset[str]:
        """What commands call it: ids of rules repeat from table to table, names of constraints do not."""
        return frozenset({self.rule.id, self.constraint.name})

    @property
    def is_protected(self) -> bool:
        return self.rule.table in _PROTECTED or self.rule.id in ("xp_pending_non_negative", "xp_spent_non_negative")


def guarded() -> list[Guarded]:
    """All of them, in the order of their sets."""
    return [
        Guarded(name, rule, constraint(rule))
        for name, found in built_in().items()
        for rule in found.rules
        if rule.enforce is Enforce.DATABASE
    ]


def protected() -> frozenset[str]:
    """What the ledger and tenancy stand on, whether rules state it or the tables alone."""
    ruled = {name for one in guarded() if one.is_protected for name in one.names}
    return frozenset({*ruled, *promised(), *(rule.id for rule in built_in()["ledger"].rules)})


def standing(session: Session, chosen: Sequence[Guarded], *, of_tenant: bool = True) -> list[dict[str, Any]]:
    """State, wanted, whether the definition is the registry's; `last_found` of the tenant's last run."""
    found = present(session, [one.constraint.name for one in chosen])
    wanted = relaxed(session)
    last: Mapping[tuple[str, str], int] = last_found(session) if of_tenant else {}
    return [
        {
            "constraint": one.constraint.name,
            "rule_set": one.rule_set,
            "rule": one.rule.id,
            "table": one.rule.table,
            "kind": one.constraint.kind,
            "state": ABSENT if (there := found.get(one.constraint.name)) is None else _state(there.is_valid),
            "wanted": wanted.get(one.constraint.name, {}).get("wanted", ENFORCE),
            "reason": wanted.get(one.constraint.name, {}).get("reason"),
            "scan_only": wanted.get(one.constraint.name, {}).get("scan_only", False),
            "protected": one.is_protected,
            "definition_matches": None if there is None else there.definition == one.constraint.definition,
            "last_found": last.get((one.rule_set, one.rule.id)),
        }
        for one in chosen
    ]


def _state(is_valid: bool) -> str:
    return VALID if is_valid else NOT_VALID


def differs(row: Mapping[str, Any]) -> bool:
    """The catalogue is not what is wanted."""
    if row["wanted"] == ENFORCE:
        return row["state"] != VALID or not row["definition_matches"]
    return bool(row["wanted"] == "add" and row["state"] == ABSENT)
