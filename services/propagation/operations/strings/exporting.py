"""Strings as CSV, in the columns that an import takes."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from services.propagation.domain.cells import lines, plain_cell
from services.propagation.domain.sheets import CUSTOM, DIMENSION, Column
from services.propagation.queries.sheets import SheetColumns, SheetRow, columns_of, pages_of

OWN = (Column.STRING_ID, Column.KEY, Column.PARENT_ID, Column.PARENT_KEY, Column.FIELD, Column.VALUE)


def export(session: Session, keeps: Sequence[ColumnElement[bool]]) -> Iterator[bytes]:
    """The strings that fulfil the conditions, in pieces; a column for each dimension and custom field among them.

    `key` and `parent_key` are empty: they are for rows that somebody adds.
    """
    columns = columns_of(session, keeps)
    dimensions = [f"{DIMENSION}{name}" for _id, name in columns.dimensions]
    yield lines([[*map(str, OWN), *dimensions, *(f"{CUSTOM}{key}" for key in columns.custom)]])
    for page in pages_of(session, keeps):
        yield lines(_cells(row, columns) for row in page)


def _cells(row: SheetRow, columns: SheetColumns) -> list[object]:
    custom = row.custom_fields
    return [
        *(row.string_id, None, row.parent_id, None, row.field, row.value),
        *(row.values.get(dimension_id) for dimension_id, _name in columns.dimensions),
        *(plain_cell(custom[key]) if key in custom else None for key in columns.custom),
    ]
