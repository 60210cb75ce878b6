"""A compiled mapping: what is done with every page, without looking at the configuration again."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Options
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any

from services.sync.domain.filters.evaluating import value_at
from services.sync.domain.pages import Row
from services.sync.domain.transform.columns import Columns, FieldError, Transformed, bad_rows
from services.sync.domain.transform.functions import Function
from services.sync.domain.transform.lookups import Lookup
from services.sync.domain.transform.profiles.profile import Numbered, Profile
from services.sync.domain.transform.types.reading import Column, OnError, Trouble, Unreadable
from services.sync.domain.transform.types.texts import as_text


class FunctionFailed(Exception):
    """A transform function raised; `name` says which."""

    code = "function_failed"

    def __init__(self, name: str, failure: Exception) -> None:
        super().__init__(f"The function {name} failed ({type(failure).__name__}).")
        self.name = name


@dataclass(frozen=True, slots=True)
class Entry:
    """One source field to one target field. `instead` (not null) stands, with a warning, for what cannot be read."""

    source: str
    target: str
    column: Column
    type: str
    on_error: OnError
    instead: Any = None


@dataclass(frozen=True)
class Mapping:
    """`stored` are the columns of the target; None keeps every field. See `compiling` for how one is made."""

    entries: Sequence[Entry]
    constants: Options[str, Any]
    defaults: Options[str, Any]
    profile: Profile | None
    profile_options: Options[str, Any]
    functions: Sequence[tuple[str, Function, Options[str, Any]]]
    lookups: Sequence[Lookup]
    stored: frozenset[str] | None

    def apply(self, page_rows: list[Row]) -> Transformed:
        """Raises FunctionFailed."""
        page = Columns(page_rows, {}, list(range(len(page_rows))))
        self._read(page)
        page.settle()
        if self.profile is not None:
            self.profile.apply(page, self.profile_options)
            page.settle()
        for name, function, options in self.functions:
            page = _called(name, function, page, options)
        helpers = {name: self._helper(page, name) for name in sorted(self._helper_names - self._row_fields(page))}
        columns = {name: values for name, values in page.columns.items() if self._is_stored(name)}
        return Transformed(
            columns=columns,
            kept=page.indexes,
            bad=bad_rows(page_rows, page.bad),
            skipped=page.skipped,
            field_errors=page.field_errors,
            warnings=page.warnings,
            helpers=helpers,
            unmapped=frozenset(chain.from_iterable(page_rows)) - self._named,
        )

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The columns that every page brings, in their order. Raises FunctionFailed."""
        return tuple(self.apply([]).columns)

    @property
    def numbered(self) -> Numbered | None:
        return self.profile.numbered if self.profile is not None else None

    @property
    def sources(self) -> frozenset[str]:
        """The source fields that something is made of, as they are written."""
        return frozenset({entry.source for entry in self.entries} | self._helper_names)

    @cached_property
    def _named(self) -> frozenset[str]:
        """Top names of source fields that something is made of."""
        return self.sources | {name.partition(".")[0] for name in self.sources}

    @cached_property
    def _helper_names(self) -> frozenset[str]:
        return frozenset().union(*(lookup.fields() for lookup in self.lookups))

    def _is_stored(self, name: str) -> bool:
        return self.stored is None or name in self.stored

    def _row_fields(self, page: Columns) -> set[str]:
        return {name for name in page.columns if self._is_stored(name)}

    def _helper(self, page: Columns, name: str) -> list[Any]:
        """What a lookup matches by and nobody stores: a helper field, else the field of the source."""
        values = page.columns[name] if name in page else page.source(name)
        return [_key_text(value) for value in values]

    def _read(self, page: Columns) -> None:
        fields = dict(self._fields(page.rows))
        for entry in self.entries:
            values, troubles = entry.column.read(fields[entry.source])
            page.columns[entry.target] = values
            for trouble in troubles:
                _report(page, entry, trouble)
        for target, value in self.constants.items():
            page.columns[target] = [value] * len(page)
        for target, value in self.defaults.items():
            page.columns[target] = [value if found is None else found for found in page.get(target)]

    def _fields(self, rows: list[Row]) -> Iterator[tuple[str, list[Any]]]:
        """The values of each source field. Rows of one shape, which most pages have, are read together."""
        names = self._plain_sources
        try:
            if len(names) > 1 and rows:
                yield from zip(names, map(list, zip(*map(itemgetter(*names), rows), strict=True)), strict=True)
                names = ()
        except KeyError:
            pass
        for name in names:
            yield name, [row.get(name) for row in rows]
        for name in self._nested_sources:
            yield name, [value_at(row, name) for row in rows]

    @cached_property
    def _plain_sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.source for entry in self.entries if "." not in entry.source))

    @cached_property
    def _nested_sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.source for entry in self.entries if "." in entry.source))


def _report(page: Columns, entry: Entry, trouble: Trouble) -> None:
    if entry.on_error == "reject" or trouble.code == "nul_character":
        page.flag(trouble.at, trouble.code, trouble.text, field=entry.target)
    elif entry.instead is not None:
        page.columns[entry.target][trouble.at] = entry.instead
        page.warnings.append(FieldError(page.indexes[trouble.at], entry.target, trouble.code, trouble.text))
    else:
        page.note(trouble.at, entry.target, trouble.code, trouble.text)


def _called(name: str, function: Function, page: Columns, options: Options[str, Any]) -> Columns:
    try:
        page = function(page, options)
        page.settle()
    except Exception as failure:
        raise FunctionFailed(name, failure) from failure
    if any(len(values) != len(page) for values in page.columns.values()):
        raise FunctionFailed(name, ValueError("the columns are not of one length"))
    return page


def _key_text(value: Any) -> str | None:
    try:
        return None if value is None else as_text(value) or None
    except Unreadable:
        return None
