"""Tables that users declare: what a declaration says, what is wrong with it, and which changes of one can be made."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.sync.domain.findings import Finding

TYPES = ("text", "integer", "decimal", "boolean", "date", "datetime", "uuid", "json")
CLASSES = ("public", "internal", "personal", "secret")
# What nobody has classified may say something about a person.
DEFAULT_CLASS = "personal"
PRECISION, SCALE = 18, 4
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
# Columns that each table has beside its own, and names that loading uses itself.
BOOKKEEPING = frozenset(
    {
        *("tenant_id", "id", "version", "created_at", "updated_at", "created_by"),
        *("source_pipeline", "content_hash", "source_changed_at", "loaded_at", "created_run_id"),
        *("edited_at", "edited_by", "deleted_at", "is_placeholder"),
        *("valid_from", "valid_to", "is_current"),
    }
)
RESERVED = BOOKKEEPING | {
    *("n", "changed_at", "source", "outcome", "reason", "waiting_table", "waiting_key"),
    *("hash", "place", "key", "verdict"),
}
_KEYS = {"name", "description", "columns", "key", "versions"}
_COLUMN_KEYS = {"type", "null", "class", "precision", "scale"}


@dataclass(frozen=True, slots=True)
class DeclaredColumn:
    type: str
    null: bool = True
    classified: str = DEFAULT_CLASS
    precision: int = PRECISION
    scale: int = SCALE

    def as_dict(self) -> dict[str, Any]:
        told = {"type": self.type, "null": self.null, "class": self.classified}
        return told | ({"precision": self.precision, "scale": self.scale} if self.type == "decimal" else {})


@dataclass(frozen=True, slots=True)
class Declaration:
    """`versions` says that the table keeps every version of a row, for `write: scd2`."""

    name: str
    columns: Mapping[str, DeclaredColumn]
    key: tuple[str, ...]
    versions: bool = False
    description: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "columns": {name: column.as_dict() for name, column in self.columns.items()},
            "key": list(self.key),
            "versions": self.versions,
        }


def read_declaration(given: Mapping[str, Any]) -> tuple[Declaration | None, list[Finding]]:
    """None with a finding."""
    findings = list(_findings(given))
    if findings:
        return None, findings
    key = given["key"]
    key = (key,) if isinstance(key, str) else tuple(key)
    columns = {name: _column(said, is_key=name in key) for name, said in given["columns"].items()}
    versions, description = bool(given.get("versions", False)), str(given.get("description", ""))
    return Declaration(given["name"], columns, key, versions, description), []


def _column(said: Any, *, is_key: bool) -> DeclaredColumn:
    said = {"type": said} if isinstance(said, str) else said
    return DeclaredColumn(
        said["type"],
        bool(said.get("null", True)) and not is_key,
        said.get("class", DEFAULT_CLASS),
        int(said.get("precision", PRECISION)),
        int(said.get("scale", SCALE)),
    )


def _findings(given: Mapping[str, Any]) -> Iterator[Finding]:
    for word in given.keys() - _KEYS:
        yield Finding(f"/{word}", "unknown_key", f"{word} is not known here; known: {', '.join(sorted(_KEYS))}.")
    if not isinstance(given.get("name"), str) or not _NAME.fullmatch(given["name"]):
        yield Finding("/name", "invalid_value", "A name has small letters, digits and _, and begins with a letter.")
    columns, key = given.get("columns"), given.get("key")
    if not isinstance(columns, Mapping) or not columns:
        yield Finding("/columns", "missing_field", "A table has columns: their names, and what each is.")
        return
    for name, said in columns.items():
        yield from (finding.below(f"/columns/{name}") for finding in _findings_of_column(name, said))
    named = [key] if isinstance(key, str) else key
    if not isinstance(named, list) or not named:
        yield Finding("/key", "missing_field", "Name the column, or the columns, by which a row is found.")
    for name in named if isinstance(named, list) else []:
        if name not in columns:
            yield Finding("/key", "unknown_column", f"The table has no column {name}.")


def _findings_of_column(name: Any, said: Any) -> Iterator[Finding]:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield Finding("", "invalid_value", "A name has small letters, digits and _, and begins with a letter.")
    if name in RESERVED:
        yield Finding("", "reserved_name", f"Every table has a {name} of its own, or loading does; use another name.")
    said = {"type": said} if isinstance(said, str) else said
    if not isinstance(said, Mapping):
        yield Finding("", "wrong_type", "A column is the name of its type, or an object with `type`.")
        return
    for word in said.keys() - _COLUMN_KEYS:
        yield Finding(f"/{word}", "unknown_key", f"{word} is not known here; known: {', '.join(sorted(_COLUMN_KEYS))}.")
    if said.get("type") not in TYPES:
        yield Finding("/type", "invalid_value", f"The type is one of {', '.join(TYPES)}.")
    if said.get("class", DEFAULT_CLASS) not in CLASSES:
        yield Finding("/class", "invalid_value", f"The class is one of {', '.join(CLASSES)}.")
    precision, scale = said.get("precision", PRECISION), said.get("scale", SCALE)
    if not (isinstance(precision, int) and isinstance(scale, int) and 0 <= scale <= precision <= 100 and precision):
        yield Finding("/scale", "invalid_value", "A decimal has 1 to 100 digits, and no more of them behind the point.")


def differences(present: Declaration, wanted: Declaration) -> list[Finding]:
    """What of a change cannot be made without a look at the rows that are there. New columns that may be null can be
    added, columns may become nullable, classes and descriptions may change."""
    found: list[Finding] = []
    if present.key != wanted.key or present.versions != wanted.versions:
        found.append(Finding("/key", "not_changeable", "The key, and whether versions are kept, are fixed."))
    for name, column in present.columns.items():
        now = wanted.columns.get(name)
        if now is None:
            found.append(Finding(f"/columns/{name}", "not_changeable", "A column with rows in it is not dropped."))
        elif (now.type, now.precision, now.scale) != (column.type, column.precision, column.scale):
            found.append(Finding(f"/columns/{name}", "not_changeable", "The type of a column is fixed."))
        elif column.null and not now.null:
            found.append(Finding(f"/columns/{name}", "not_changeable", "The column may hold nulls already."))
    found += [
        Finding(f"/columns/{name}", "not_changeable", "A new column has to be nullable.")
        for name, column in wanted.columns.items()
        if name not in present.columns and not column.null
    ]
    return found
