"""What the database itself says about its constraints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.validation.domain.rules.constraints import without_casts

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
