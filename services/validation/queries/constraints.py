"""What the database itself says about its constraints."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.validation.domain.rules.constraints import Constraint, without_casts

ABSENT, NOT_VALID, VALID = "absent", "not_valid", "valid"

_FOUND: Final = text(
    "select conname, pg_get_constraintdef(oid), convalidated from pg_constraint"
    " where connamespace = 'public'::regnamespace and conname = any(:names)"
    " union all select relname, 'ON ' || split_part(pg_get_indexdef(indexrelid), ' ON ', 2), indisvalid"
    " from pg_index join pg_class on pg_class.oid = indexrelid"
    " where relnamespace = 'public'::regnamespace and indpred is not null and relname = any(:names)"
)


@dataclass(frozen=True, slots=True)
class Present:
    """A constraint as the catalogue has it; its definition reads as those of the registry."""

    definition: str
    is_valid: bool


def present(session: Session, names: Sequence[str]) -> Mapping[str, Present]:
    found = session.execute(_FOUND, {"names": list(names)})
    return {name: Present(without_casts(definition.replace("public.", "")), valid) for name, definition, valid in found}


def states(session: Session, names: Sequence[str]) -> dict[str, str]:
    """`absent`, `not_valid` or `valid` by name."""
    found = {name: VALID if each.is_valid else NOT_VALID for name, each in present(session, names).items()}
    return dict.fromkeys(names, ABSENT) | found


def relaxed(session: Session) -> dict[str, dict[str, Any]]:
    """Constraints that are not wanted to be enforced at present, with `wanted` and `reason`.

    The comment of a table has them: what a database is to enforce belongs to the database, goes along with its
    backups, changes together with its constraints, and is written by the role that owns it alone.
    """
    told: dict[str, dict[str, Any]] = {}
    for (comment,) in session.execute(_COMMENTS):
        told |= json.loads(comment)["constraints"]
    return told


_COMMENTS: Final = text(
    "select obj_description(oid, 'pg_class') from pg_class where relnamespace = 'public'::regnamespace"
    " and relkind = 'r' and obj_description(oid, 'pg_class') like '{\"constraints\":%'"
)


def missing(session: Session, constraints: Sequence[Constraint]) -> tuple[list[str], int]:
    """Names of those that are to be enforced and are not there, valid and as defined; and how many are expected."""
    not_wanted = relaxed(session)
    wanted = [one for one in constraints if one.name not in not_wanted]
    found = present(session, [one.name for one in wanted])
    return [one.name for one in wanted if not _is_kept(one, found.get(one.name))], len(wanted)


def _is_kept(wanted: Constraint, found: Present | None) -> bool:
    return found is not None and found.is_valid and found.definition == wanted.definition
