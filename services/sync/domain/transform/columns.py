"""A page turned on its side: what was mapped so far, by column, and the rows that left it on the way."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

from services.sync.domain.filters.evaluating import value_at
from services.sync.domain.pages import BadRow, Fault, Row


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is left out on purpose; `index` is its place in the page's rows."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field that became null (or, as a warning, empty) while its row stays."""

    index: int
    field: str
    code: str
    text: str


@dataclass(slots=True)
class Columns:
    """What a transform function receives: lists of one length, one value for each row that is still there.

    A function may change or add columns, and `skip` or `flag` rows by their place in the columns; these leave when it
    returns. `rows` are the page's rows as they came; `indexes[at]` is where the row `at` stands among them.
    """

    rows: list[Row]
    columns: dict[str, list[Any]]
    indexes: list[int]
    skipped: list[Skipped] = field(default_factory=list)
    bad: dict[int, list[Fault]] = field(default_factory=dict)
    field_errors: list[FieldError] = field(default_factory=list)
    warnings: list[FieldError] = field(default_factory=list)
    _leaving: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.indexes)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def get(self, name: str) -> list[Any]:
        """The values of a column, nulls where there is none of the name."""
        found = self.columns.get(name)
        return [None] * len(self) if found is None else found

    def take(self, name: str) -> list[Any]:
        """The values of a helper field, which is then no column any more."""
        values = self.get(name)
        self.columns.pop(name, None)
        return values

    def change(self, name: str, change: Callable[[Any], Any]) -> None:
        """Changes each value of a column that is there."""
        if name in self.columns:
            self.columns[name] = [change(value) for value in self.columns[name]]

    def source(self, name: str) -> list[Any]:
        """The values of a source field, for the rows that are still there."""
        return [value_at(self.rows[index], name) for index in self.indexes]

    def skip(self, at: int, reason: str) -> None:
        if at not in self._leaving:
            self.skipped.append(Skipped(self.indexes[at], reason))
            self._leaving.add(at)

    def flag(self, at: int, code: str, text: str, *, field: str | None = None) -> None:
        """Makes the row a bad one."""
        self.bad.setdefault(self.indexes[at], []).append(Fault(code, text, field))
        self._leaving.add(at)

    def note(self, at: int, field: str, code: str, text: str) -> None:
        """Records that the field became null although its row stays."""
        self.field_errors.append(FieldError(self.indexes[at], field, code, text))

    def settle(self) -> None:
        """Lets go the rows that were skipped or flagged."""
        if not self._leaving:
            return
        staying = [at not in self._leaving for at in range(len(self))]
        self.indexes = list(compress(self.indexes, staying))
        self.columns = {name: list(compress(values, staying)) for name, values in self.columns.items()}
        self._leaving.clear()


@dataclass(frozen=True, slots=True)
class Transformed:
    """A page after its transformation. All lists of `columns` and `helpers` are as long as `kept`.

    `kept` are the indexes of the page's rows that are still there. `helpers` are fields that lookups match by and that
    are not stored. `unmapped` are the source fields that no mapping names.
    """

    columns: dict[str, list[Any]]
    kept: list[int]
    bad: list[BadRow]
    skipped: list[Skipped]
    field_errors: list[FieldError]
    warnings: list[FieldError]
    helpers: Mapping[str, list[Any]]
    unmapped: frozenset[str]

    def without(self, faults: Mapping[int, Iterable[Fault]], rows: list[Row]) -> "Transformed":
        """The same page without the rows at these places of the columns, which become bad rows."""
        if not faults:
            return self
        staying = [at not in faults for at in range(len(self.kept))]
        by_index = {self.kept[at]: found for at, found in faults.items()}
        return replace(
            self,
            columns={name: list(compress(values, staying)) for name, values in self.columns.items()},
            helpers={name: list(compress(values, staying)) for name, values in self.helpers.items()},
            kept=list(compress(self.kept, staying)),
            bad=[*self.bad, *bad_rows(rows, by_index)],
        )


def bad_rows(rows: list[Row], faults: Mapping[int, Iterable[Fault]]) -> list[BadRow]:
    return [BadRow(tuple(found), rows[index], index=index) for index, found in sorted(faults.items())]
