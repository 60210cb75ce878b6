"""A look at rows before anything is written: what each asks for, and everything that is wrong with it."""

import dataclasses
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.cells import plain_value
from services.propagation.domain.failures import Failure
from services.propagation.domain.generation import RuleLevel
from services.propagation.domain.sheets import CUSTOM, DIMENSION, Column, Fault, is_printable
from services.propagation.domain.values import Detail, Key, Value
from services.propagation.operations.choices import Choice, resolve_choices
from services.propagation.operations.imports.convention import Convention, Level
from services.propagation.queries import imports as queries
from services.propagation.queries.imports import Marked, Staged
from services.propagation.queries.parts import pack_parts
from services.propagation.queries.stored import Held, StoredString, stored_details, stored_strings, value_ids

MAX_TEXT = 100
MAX_CUSTOM_FIELDS = 50
NOT_AN_ID = "not_an_id"


@dataclass(slots=True)
class Row:
    """A row with what its cells stand for. `choices` are by column; None empties the detail."""

    staged: Staged
    stored: StoredString | None = None
    field: Level | None = None
    choices: dict[str, Choice] = dataclasses.field(default_factory=dict)
    resolved: dict[str, Value] = dataclasses.field(default_factory=dict)
    custom: dict[str, Any] = dataclasses.field(default_factory=dict)
    parent_id: int | None = None
    parent_row: int | None = None
    faults: list[Fault] = dataclasses.field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.staged.string_id is None

    def cell(self, column: str) -> str:
        return self.staged.cells.get(column, "")

    def refuse(self, column: str | None, code: str, message: str) -> None:
        self.faults.append(Fault(column, code, message))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is stored around the rows of one part; levels of parents that are rows themselves are by row."""

    strings: Mapping[int, StoredString]
    details: Mapping[tuple[int, int], Held]
    values: Mapping[tuple[int, str], int]
    row_fields: Mapping[int, str]


def check(session: Session, job_id: uuid.UUID, found: Sequence[Staged], convention: Convention) -> list[Marked]:
    """Stores what the rows ask for; answers those that are done with: unchanged, or refused with all their faults."""
    around = _surroundings(session, job_id, found, convention)
    rows = [_read(staged, around, convention) for staged in found]
    _resolve(session, rows)
    for row in rows:
        if row.is_new and not row.faults:
            _name(row, convention)
    queries.keep_work(session, job_id, [_work(row) for row in rows if not row.faults and _changes(row)])
    return [marked for row in rows if (marked := _marked(row)) is not None]


def _surroundings(session: Session, job_id: uuid.UUID, found: Sequence[Staged], convention: Convention) -> Surroundings:
    named = {row.string_id for row in found if row.string_id is not None}
    above = {row.parent_id for row in found if row.parent_id is not None}
    above |= {row.parent_string for row in found if row.parent_string is not None}
    dimensions = convention.dimensions
    texts = {
        (dimensions[column], text)
        for row in found
        for column, text in row.cells.items()
        if column in dimensions and text and dimensions[column] not in convention.texts and is_printable(text)
    }
    parent_rows = {row.parent_row for row in found if row.parent_row is not None}
    return Surroundings(
        strings=stored_strings(session, named | above),
        details=stored_details(session, named, dimensions.values()),
        values=value_ids(session, texts),
        row_fields=queries.fields_of_rows(session, job_id, parent_rows),
    )


def _read(staged: Staged, around: Surroundings, convention: Convention) -> Row:
    row = Row(staged)
    for column, number in ((Column.STRING_ID, staged.string_id), (Column.PARENT_ID, staged.parent_id)):
        if row.cell(column) and number is None:
            row.refuse(column, NOT_AN_ID, f"{row.cell(column)[:40]!r} is not an id.")
    if row.faults:
        return row
    if staged.string_id is not None:
        _read_stored(row, staged.string_id, around, convention)
    else:
        _read_new(row, around, convention)
    for name, dimension_id in convention.dimensions.items():
        if name in staged.cells:
            _read_choice(row, name, dimension_id, around, convention)
    _read_custom(row, convention)
    return row


def _read_stored(row: Row, string_id: int, around: Surroundings, convention: Convention) -> None:
    row.stored = around.strings.get(string_id)
    if row.stored is None:
        row.refuse(Column.STRING_ID, "not_found", f"There is no string {string_id}.")
        return
    row.field = convention.fields.get(row.stored.field_id)
    if row.field is None:
        row.refuse(Column.STRING_ID, "wrong_platform", "The string belongs to another platform than the rule.")
    elif row.cell(Column.FIELD) not in ("", row.field.name):
        row.refuse(Column.FIELD, "immutable_field", f"The string is of the field {row.field.name!r}, which stays.")
    parent_id = row.staged.parent_string if row.staged.parent_row is not None else row.staged.parent_id
    if row.staged.parent_row is not None and parent_id is None:
        message = "A string that is stored cannot move below one that is new in the same file."
        row.refuse(Column.PARENT_KEY, "invalid_parent", message)
    _refuse_unknown_key(row)
    if parent_id is not None and parent_id != row.stored.parent_id and row.field is not None:
        row.parent_id = parent_id
        _demand_level(row, around.strings.get(parent_id), row.field, convention)


def _read_new(row: Row, around: Surroundings, convention: Convention) -> None:
    if not convention.is_active:
        row.refuse(None, "rule_inactive", "The rule is inactive; it makes no new strings.")
    name = row.cell(Column.FIELD)
    levels = list(convention.named(name))
    if not levels:
        message = f"The platform of the rule has no field {name!r}." if name else "A new string needs a field."
        row.refuse(Column.FIELD, "not_found" if name else "required", message)
    if row.cell(Column.PARENT_ID) and row.cell(Column.PARENT_KEY):
        row.refuse(Column.PARENT_KEY, "both_parents", "Give the parent by id or by key, not both.")
    _refuse_unknown_key(row)
    row.parent_id, row.parent_row = row.staged.parent_id, row.staged.parent_row
    if row.faults or not levels:
        return
    row.field = levels[0]
    if row.parent_row is not None:
        above = {field.below for field in convention.named(around.row_fields.get(row.parent_row, ""))}
        fitting = [field for field in levels if field.id in above]
        row.field = fitting[0] if fitting else levels[0]
        if not fitting:
            row.refuse(Column.PARENT_KEY, "invalid_parent", "The parent is not exactly one level above.")
    elif row.parent_id is not None:
        parent = around.strings.get(row.parent_id)
        above_field = convention.fields.get(parent.field_id) if parent else None
        row.field = next((field for field in levels if above_field and field.id == above_field.below), levels[0])
        _demand_level(row, parent, row.field, convention)


def _refuse_unknown_key(row: Row) -> None:
    if row.cell(Column.PARENT_KEY) and row.staged.parent_row is None and row.staged.parent_id is None:
        row.refuse(Column.PARENT_KEY, "not_found", f"No row of the file has the key {row.cell(Column.PARENT_KEY)!r}.")


def _demand_level(row: Row, parent: StoredString | None, field: Level, convention: Convention) -> None:
    column = Column.PARENT_KEY if row.staged.parent_row is not None else Column.PARENT_ID
    above = convention.fields.get(parent.field_id) if parent else None
    if parent is None:
        row.refuse(column, "not_found", "There is no such parent.")
    elif above is None or above.below != field.id:
        row.refuse(column, "invalid_parent", "The parent is not exactly one level above.")


def _read_choice(row: Row, column: str, dimension_id: int, around: Surroundings, convention: Convention) -> None:
    text = row.cell(column)
    held = around.details.get((row.staged.string_id or 0, dimension_id))
    if text == ((held.value or "") if held else ""):
        return
    if not is_printable(text):
        row.refuse(column, "control_character", "Control characters are not allowed.")
    elif not text:
        row.choices[column] = Choice(dimension_id)
        _demand_optional(row, column, dimension_id, convention)
    elif dimension_id in convention.texts:
        row.choices[column] = Choice(dimension_id, None, text)
        if len(text) > MAX_TEXT:
            row.refuse(column, "too_long", f"A text has at most {MAX_TEXT} characters.")
    elif (dimension_id, text) in around.values:
        row.choices[column] = Choice(dimension_id, around.values[dimension_id, text])
    else:
        message = f"The dimension {column.removeprefix(DIMENSION)!r} has no value {text[:100]!r}."
        row.refuse(column, "not_found", message)


def _demand_optional(row: Row, column: str, dimension_id: int, convention: Convention) -> None:
    if row.stored is None:
        return
    parts = convention.rule_level(row.stored.rule_id, row.stored.field_id).parts
    if any(part.dimension_id == dimension_id and part.is_required for part in parts):
        message = f"The dimension {column.removeprefix(DIMENSION)!r} is required at this level."
        row.refuse(column, "required_dimension_missing", message)


def _read_custom(row: Row, convention: Convention) -> None:
    stored = row.stored.custom_fields if row.stored else {}
    for key in convention.custom:
        column = f"{CUSTOM}{key}"
        if column not in row.staged.cells:
            continue
        value = plain_value(row.cell(column))
        if not isinstance(value, (str, int, float, bool, type(None))):
            row.refuse(column, "not_plain", "A custom field holds a text, a number, true or false.")
        elif type(value) is not type(stored.get(key)) or value != stored.get(key):
            row.custom[key] = value
    if len({key for key, value in {**stored, **row.custom}.items() if value is not None}) > MAX_CUSTOM_FIELDS:
        row.refuse(None, "too_many", f"A string has at most {MAX_CUSTOM_FIELDS} custom fields.")


def _resolve(session: Session, rows: Sequence[Row]) -> None:
    """What the choices of all rows stand for; the same choice is looked at once."""
    places: dict[Choice, list[tuple[Row, str]]] = {}
    for row in rows:
        for column, choice in row.choices.items():
            places.setdefault(choice, []).append((row, column))
    for choice, found in zip(places, resolve_choices(session, list(places)), strict=True):
        for row, column in places[choice]:
            if isinstance(found, Failure):
                row.refuse(column, found.code, found.message)
            else:
                row.resolved[column] = found


def _name(row: Row, convention: Convention) -> None:
    """The name of a new string, or why there is none."""
    assert row.field is not None  # a row without a field has a fault
    level = convention.rule_level(convention.rule_id, row.field.id)
    chosen = {convention.dimensions[column]: value for column, value in row.resolved.items()}
    held: dict[Key, Detail | None] = {dimension_id: Detail(value) for dimension_id, value in chosen.items()}
    mismatch = convention.dependencies.mismatch(held, changed=chosen)
    if mismatch is not None:
        row.refuse(None, mismatch.code, mismatch.message)
    effective = [value.effective if (value := chosen.get(part.dimension_id)) else None for part in level.parts]
    generated, given = level.render(effective), row.cell(Column.VALUE)
    if isinstance(generated, Failure):
        if not (given and generated.code == "required_dimension_missing"):
            _refuse_name(row, level, generated, effective)
            return
        generated = _given(row, given)
    elif given not in ("", generated):
        row.refuse(Column.VALUE, "value_mismatch", f"The details give the name {generated!r}.")
    row.custom = {key: value for key, value in row.custom.items() if value is not None}
    row.staged.wanted.update(
        level=row.field.level,
        value=generated,
        parts=pack_parts(effective),
        is_generated=level.first_missing(effective) is None,
    )


def _given(row: Row, value: str) -> str:
    if not value.strip() or not is_printable(value) or len(value) > 400:
        row.refuse(
            Column.VALUE, "invalid", "A name has at most 400 characters, is not blank and holds no control ones."
        )
    return value


def _refuse_name(row: Row, level: RuleLevel, failure: Failure, effective: Sequence[str | None]) -> None:
    if failure.code != "required_dimension_missing":
        row.refuse(None, failure.code, failure.message)
        return
    for part, value in zip(level.parts, effective, strict=True):
        if part.is_required and not value:
            message = f"The dimension {part.dimension_name!r} is required at this level."
            row.refuse(f"{DIMENSION}{part.dimension_name}", failure.code, message)


def _changes(row: Row) -> bool:
    return row.is_new or bool(row.resolved or row.custom or row.parent_id)


def _work(row: Row) -> tuple[int, str, int, dict[str, Any]]:
    details = {column: [row.choices[column].dimension_id, *value] for column, value in row.resolved.items()}
    wanted: dict[str, Any] = {"details": details, "custom": row.custom}
    if not row.is_new:
        return row.staged.row, "update", 0, wanted | ({"parent": row.parent_id} if row.parent_id else {})
    assert row.field is not None
    wanted |= row.staged.wanted | {"field": row.field.id}
    return row.staged.row, "create", row.field.level, wanted


def _marked(row: Row) -> Marked | None:
    if row.faults:
        return Marked(row.staged.row, "refused", row.staged.string_id, None, row.faults)
    if _changes(row):
        return None
    return Marked(row.staged.row, "unchanged", row.staged.string_id, row.stored.value if row.stored else None)


def columns_of(wanted: Mapping[str, Any]) -> Iterator[str]:
    """The cells that an update consists of, in the order in which its items are made."""
    yield from wanted["details"]
    yield from (f"{CUSTOM}{key}" for key in wanted["custom"])
    if "parent" in wanted:
        yield Column.PARENT_ID
