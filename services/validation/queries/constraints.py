"""What the database itself says about its constraints."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.validation.domain.rules.constraints import Constraint, without_casts
from services.validation.models import Base
from services.validation.models.registry import enforced

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


def missing(session: Session) -> tuple[list[str], int]:
    """Names of constraints that are to be enforced and are not there, valid and as defined; how many are expected."""
    not_wanted = relaxed(session)
    wanted: dict[str, Constraint | None] = {one.name: one for one in enforced() if one.name not in not_wanted}
    wanted |= dict.fromkeys(promised())
    found = present(session, list(wanted))
    return [name for name, one in wanted.items() if not _is_kept(one, found.get(name))], len(wanted)


def _is_kept(wanted: Constraint | None, found: Present | None) -> bool:
    return found is not None and found.is_valid and (wanted is None or found.definition == wanted.definition)


@cache
def promised() -> tuple[str, ...]:
    """What tables promise by name beside the rules (one award per scene and character, the limits of a profile, …)."""
    ruled = {one.name for one in enforced()}
    names = {
        str(name)
        for table in Base.metadata.sorted_tables
        for name in (*(one.name for one in table.constraints), *(one.name for one in table.indexes if one.unique))
    }
    return tuple(sorted(name for name in names - ruled if not name.startswith(_BY_CONVENTION)))


# Names that no one refers to begin like this, see shared/db.py.
_BY_CONVENTION: Final = ("pk_", "uq_", "ix_", "fk_", "ck_")
