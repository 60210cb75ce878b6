"""From a page to what is staged of it, and what leaves on the way: bad rows, skipped rows, notes about fields."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress
from typing import Any

from services.sync.clients.rule_sets import Judge
from services.sync.domain.checks.compiling import Met
from services.sync.domain.cursors import Cursor, later, latest, read_cursor, read_cursors, written
from services.sync.domain.filters.evaluating import value_at, values_at
from services.sync.domain.pages import MAX_ROWS, BadRow, Fault, Page, Row
from services.sync.domain.storing import canonical
from services.sync.domain.tally import Tally
from services.sync.domain.transform.columns import Transformed
from services.sync.errors import CursorMissing
from services.sync.loaders.staging import numbered
from services.sync.operations.runs.preparing import Setup
from services.sync.operations.runs.recording import Aside, Listed


@dataclass
class Digested:
    """Of a page. `columns` are ready to be copied; what is in `aside` is counted when it has been stored, and `marks`
    of values are to be known from then on, by the number of the rule."""

    page: Page
    columns: list[Sequence[Any]] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    listed: list[Listed] = field(default_factory=list)
    greatest: Cursor | None = None
    marks: Mapping[int, Sequence[int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return len(self.columns[0]) if self.columns else 0


class Digester:
    """Works on the pages of one partition."""

    def __init__(self, setup: Setup, judge: Judge | None = None) -> None:
        self._setup, self._judge = setup, judge
        self._key, self._stage = setup.configuration.target.key, setup.stage
        self._key_fields, self._checks = setup.key_fields, setup.checks
        incremental = setup.configuration.incremental
        self._cursor_field = incremental.field if incremental else None
        self._bad_before_rules = 0
        self._on_missing = incremental.on_missing if incremental else "include"

    def digest(self, page: Page, first: int, last: int, tally: Tally, met: Met) -> Digested:
        """The rows from `first` to before `last` of a page; the page's own bad rows belong to its first rows.

        Raises CursorMissing, FunctionFailed, and what the judge raises.
        """
        found = Digested(page)
        rows = page.rows[first:last]
        began_bad = page.bad if first == 0 else []
        for bad in began_bad:
            found.aside.append(
                self._aside("extract", bad, page.place(bad.index) if bad.index is not None else bad.place)
            )
        tally.stages["extract"].add(len(rows) + len(began_bad), len(rows), failed=len(began_bad))
        indexes, cursors = self._with_cursor(page, rows, first, found, tally)
        rows = [rows[at] for at in indexes] if len(indexes) < len(rows) else rows
        transformed = self._transformed(rows, page.number * MAX_ROWS + first, found, tally, met)
        self._note_leaving(page, rows, [first + at for at in indexes], transformed, found, tally)
        self._take(page, rows, [first + at for at in indexes], transformed, cursors, found)
        return found

    def _transformed(self, rows: list[Row], first_row: int, found: Digested, tally: Tally, met: Met) -> Transformed:
        """Mapped, then looked at by the rules and the rule set; who breaks one is a bad row of that stage."""
        started = time.perf_counter()
        mapped = self._setup.mapping.apply(rows)
        between = time.perf_counter()
        passing = self._checks.apply(mapped, rows, met)
        found.marks = passing.marks
        checked = self._judged(passing.page, rows, first_row, tally)
        self._bad_before_rules = len(mapped.bad)
        kept, passed = len(mapped.kept), len(checked.kept)
        tally.stages["transform"].add(len(rows), kept, failed=len(mapped.bad), seconds=between - started)
        tally.stages["validate"].add(kept, passed, failed=kept - passed, seconds=time.perf_counter() - between)
        tally.counts["transformed"] += kept
        tally.note_unmapped(mapped.unmapped)
        return checked

    def _judged(self, checked: Transformed, rows: list[Row], first_row: int, tally: Tally) -> Transformed:
        if self._judge is None or not checked.kept:
            return checked
        verdict = self._judge.judge(checked.columns, first_row=first_row)
        tally.counts["warnings"] += len(verdict.warned)
        return checked.without(verdict.broken, rows)

    def _with_cursor(
        self, page: Page, rows: Sequence[Row], first: int, found: Digested, tally: Tally
    ) -> tuple[list[int], Sequence[Cursor | None]]:
        """The places of rows that stay, and their cursor values."""
        if self._cursor_field is None:
            return list(range(len(rows))), []
        name = self._cursor_field
        values = read_cursors(values_at(rows, name), zone=self._setup.zone)
        staying = list(range(len(rows)))
        if self._on_missing != "include" and None in values:
            missing = [at for at, value in enumerate(values) if value is None]
            if self._on_missing == "raise":
                place = page.place(first + missing[0])
                raise CursorMissing(f"A row has no value of {name}.", position=dict(place))
            for at in missing:
                self._skip(page, rows[at], first + at, "missing_cursor", found, tally)
            staying = [at for at, value in enumerate(values) if value is not None]
            values = [values[at] for at in staying]
        found.greatest = latest(values)
        return staying, values

    def _note_leaving(
        self,
        page: Page,
        rows: Sequence[Row],
        places: Sequence[int],
        transformed: Transformed,
        found: Digested,
        tally: Tally,
    ) -> None:
        for number, bad in enumerate(transformed.bad):
            assert bad.index is not None  # it was a row
            stage = "transform" if number < self._bad_before_rules else "validate"
            found.aside.append(self._aside(stage, bad, page.place(places[bad.index])))
        for skipped in transformed.skipped:
            self._skip(page, rows[skipped.index], places[skipped.index], skipped.reason, found, tally)
        for outcome, notes in (("field_errors", transformed.field_errors), ("warnings", transformed.warnings)):
            tally.counts[outcome] += len(notes)
            found.listed += [
                Listed(
                    outcome,
                    self.key_of(rows[note.index]),
                    page.place(places[note.index]),
                    note.code,
                    note.field,
                    note.text,
                )
                for note in notes
            ]

    def _take(
        self,
        page: Page,
        rows: Sequence[Row],
        places: Sequence[int],
        transformed: Transformed,
        cursors: Sequence[Cursor | None],
        found: Digested,
    ) -> None:
        """The rows with a key, in the order of the stage's columns."""
        kept = transformed.kept
        columns: list[Sequence[Any]] = [numbered(page.number, [places[at] for at in kept])]
        columns.append(self._changed(rows, kept, cursors))
        columns += [transformed.columns[name] for name in self._stage.copied]
        columns += [transformed.helpers[name] for name in self._stage.helpers]
        if self._stage.keeps_source:
            columns.append([canonical(rows[at]) for at in kept])
        keys = [transformed.columns[name] for name in self._key]
        lacking = {at for values in keys if None in values or "" in values for at in _empty(values)}
        if lacking:
            staying = [at not in lacking for at in range(len(kept))]
            columns = [list(compress(values, staying)) for values in columns]
        found.columns = columns
        for at in sorted(lacking):
            fault = Fault("missing_key", "The row has no key.", self._key[0])
            row = rows[kept[at]]
            found.aside.append(Aside("transform", (fault,), row, None, page.place(places[kept[at]])))

    def _changed(self, rows: Sequence[Row], kept: Sequence[int], cursors: Sequence[Cursor | None]) -> Sequence[Any]:
        """When each row was changed at its source, as far as it says so."""
        name = self._setup.time_field
        if name is None:
            return [None] * len(kept)
        if name == self._cursor_field:
            values: Sequence[Cursor | None] = [cursors[at] for at in kept]
        else:
            values = read_cursors(values_at([rows[at] for at in kept], name), zone=self._setup.zone)
        return [value if isinstance(value, datetime) else None for value in values]

    def _skip(self, page: Page, row: Row, place: int, reason: str, found: Digested, tally: Tally) -> None:
        tally.skip(reason)
        found.listed.append(Listed("skipped", self.key_of(row), page.place(place), reason))

    def _aside(self, stage: str, bad: BadRow, place: Any) -> Aside:
        return Aside(stage, bad.faults, bad.row, self.key_of(bad.row), place)

    def key_of(self, row: Any) -> str | None:
        """As far as it can be read from the source's row."""
        if not isinstance(row, dict) or not self._key or len(self._key_fields) < len(self._key):
            return None
        values = [value_at(row, name) for name in self._key_fields]
        if any(value is None or value == "" for value in values):
            return None
        return " / ".join(str(value).strip() for value in values)


def _empty(values: Sequence[Any]) -> list[int]:
    return [at for at, value in enumerate(values) if value is None or value == ""]


def greatest_of(tally: Tally, found: Digested) -> str | None:
    """The greatest cursor value so far, as it is stored."""
    best = later(read_cursor(tally.greatest), found.greatest)
    return None if best is None else written(best)
