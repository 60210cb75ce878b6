"""Rows of strings that are stored: what they change is planned and applied together, a part of the tree at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.plan import Change
from services.propagation.domain.sheets import Fault
from services.propagation.domain.wave import NameKey
from services.propagation.models import Job
from services.propagation.operations.imports.checking import columns_of
from services.propagation.operations.runs import halving, recording
from services.propagation.operations.runs.applying import Record
from services.propagation.operations.runs.preparing import Prepared, prepare
from services.propagation.operations.runs.request import Environment, Item, ItemKind, RunRequest
from services.propagation.operations.runs.running import Care, check_names, demand_current
from services.propagation.operations.runs.walking import Planned
from services.propagation.queries.imports import Marked, Staged
from services.propagation.queries.stored import stored_details
from shared.db import plan_for_lookups


@dataclass
class Names:
    """Names as they will be after the run, for a dry run: those that go, and those that come.

    `families` are the parents that get new children; nobody asks for the names of others.
    """

    families: Collection[int | None] = ()
    released: set[NameKey] = field(default_factory=set)
    claimed: dict[NameKey, int] = field(default_factory=dict)

    def plan(self, change: Change) -> None:
        node = change.node
        if node.parent_id in self.families:
            self.released.add(node.name_key)
        if change.parent_id in self.families:
            self.claimed[(node.rule_id, node.field_id, change.parent_id, change.value)] = node.id

    def holder(self, key: NameKey, stored: Mapping[NameKey, int]) -> int | None:
        return self.claimed.get(key) or (None if key in self.released else stored.get(key))


@dataclass
class Part:
    """What one part of an import came to: strings that changed and that did not, and what is said of its rows.

    `below` are strings that no row names and that could not follow.
    """

    processed: int = 0
    failed: int = 0
    below: int = 0
    marked: list[Marked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: str


def update(
    session: Session,
    job: Job,
    rows: Sequence[Staged],
    environment: Environment,
    *,
    options: dict[str, Any],
    care: Care,
    names: Names | None,
    is_strict: bool = False,
) -> Part:
    """Applies the rows, or with `names` only plans them. A row of which one cell is refused is refused as a whole;
    with `is_strict` also one below which a string cannot follow."""
    faults: dict[int, list[Fault]] = {}
    prepared, cells = _prepared(session, rows, environment, options, care, faults)
    plan_for_lookups(session)
    walk, part, changed = prepared.walk(), Part(), dict[int, str]()
    record = Record(job.id, "batch_update", is_careful=prepared.is_careful)
    for planned in walk.waves(session, size=environment.chunk_size):
        demand_current(prepared, planned)
        if names is None:
            halving.apply(session, planned, record)
            recording.record_left_out(session, job.id, planned.plan)
        _count(part, planned, names)
        changed |= {change.string_id: change.value for change in planned.plan.changes if change.is_direct}
        for left in planned.plan.failed:
            for index in (left.own_updates or (left.updates if is_strict else ()))[:1]:
                faults.setdefault(cells[index].row, []).append(_fault(cells[index].column, left.failure))
    if names is None:
        check_names(session)
    part.failed += sum(1 for row in rows if row.row in faults)
    part.marked = [_marked(row, faults.get(row.row, ()), changed) for row in rows]
    return part


def _prepared(
    session: Session,
    rows: Sequence[Staged],
    environment: Environment,
    options: dict[str, Any],
    care: Care,
    faults: dict[int, list[Fault]],
) -> tuple[Prepared, list[_Cell]]:
    """Asks again without the rows that are refused, until none is."""
    known = _details(session, rows)
    while True:
        kept = [row for row in rows if row.row not in faults]
        items, cells = _items(kept, known)
        request = RunRequest("import", tuple(items), options, direct_type="batch_update")
        prepared = care.over(prepare(session, request, environment))
        if not prepared.refused:
            return prepared, cells
        for index, failure in prepared.refused.items():
            faults.setdefault(cells[index].row, []).append(_fault(cells[index].column, failure))


def _details(session: Session, rows: Sequence[Staged]) -> dict[tuple[int, int], int]:
    dimensions = {choice[0] for row in rows for choice in row.wanted["details"].values()}
    strings = {row.string_id for row in rows if row.string_id is not None}
    return {place: held.id for place, held in stored_details(session, strings, dimensions).items()}


def _items(rows: Sequence[Staged], details: Mapping[tuple[int, int], int]) -> tuple[list[Item], list[_Cell]]:
    items: list[Item] = []
    cells: list[_Cell] = []
    for row in rows:
        assert row.string_id is not None  # that makes it an update
        cells += [_Cell(row.row, column) for column in columns_of(row.wanted)]
        for dimension_id, value_id, text, _effective in row.wanted["details"].values():
            detail_id = details.get((row.string_id, dimension_id))
            if detail_id is not None:
                items.append(Item(len(items), detail_id, value_id, text))
            else:
                items.append(_added(len(items), row.string_id, dimension_id, value_id, text))
        for key, value in row.wanted["custom"].items():
            items.append(Item(len(items), kind=ItemKind.SET, string_id=row.string_id, key=key, value=value))
        if "parent" in row.wanted:
            parent_id = row.wanted["parent"]
            items.append(Item(len(items), kind=ItemKind.MOVE, string_id=row.string_id, parent_id=parent_id))
    return items, cells


def _added(index: int, string_id: int, dimension_id: int, value_id: int | None, text: str | None) -> Item:
    return Item(index, value_id=value_id, text=text, kind=ItemKind.ADD, string_id=string_id, key=dimension_id)


def _count(part: Part, planned: Planned, names: Names | None) -> None:
    plan = planned.plan
    part.processed += len(plan.changes)
    below = sum(1 for left in plan.failed if not left.own_updates) + len(plan.skipped)
    part.below += below
    part.failed += below
    if names is not None:
        for change in plan.changes:
            names.plan(change)


def _fault(column: str, failure: Failure) -> Fault:
    return Fault(column, failure.code, failure.message)


def _marked(row: Staged, faults: Sequence[Fault], changed: Mapping[int, str]) -> Marked:
    if faults:
        return Marked(row.row, "refused", row.string_id, None, faults)
    return Marked(row.row, "updated", row.string_id, changed.get(row.string_id or 0))
