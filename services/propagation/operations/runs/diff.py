"""What a plan or a run changes, string by string, as rows of CSV; no more of it in memory than a wave."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from services.propagation.domain.cells import lines, plain_cell
from services.propagation.domain.failures import Failure
from services.propagation.domain.plan import Change, Move, WavePlan
from services.propagation.domain.values import Detail, Key, unpacked
from services.propagation.domain.wave import Node
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.running import PREVIEW_SIZE
from services.propagation.operations.runs.walking import Walk
from services.propagation.queries import strings as trees
from services.propagation.queries.naming import dimension_names
from services.propagation.queries.runs import changes_of
from shared.db import plan_for_lookups

COLUMNS = (
    "string_id",
    "level",
    "path",
    "change_type",
    "dimension",
    "old",
    "new",
    "old_value",
    "new_value",
    "problem",
)
ROWS_AT_ONCE = 1000
Path = tuple[int, ...]


class Line(NamedTuple):
    """One changed key of one string, or the problem of a string that would not change."""

    string_id: int | None
    level: int | None
    path: str
    change_type: str
    dimension: str | None = None
    old: str | None = None
    new: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    problem: str | None = None


@dataclass
class Paths:
    """Ids from the topmost string of a walk down; of earlier waves only what the walk goes on below is kept."""

    known: dict[int, Path] = field(default_factory=dict)

    def meet(self, nodes: Iterable[Node]) -> None:
        parents = {node.id: node.parent_id for node in nodes}
        for string_id in parents:
            self._find(string_id, parents)

    def _find(self, string_id: int, parents: Mapping[int, int | None]) -> Path:
        way: list[int] = []
        above: int | None = string_id
        while above is not None and above in parents and above not in self.known and above not in way:
            way.append(above)
            above = parents[above]
        path = () if above is None else self.known.get(above, ())
        for below in reversed(way):
            path = self.known[below] = (*path, below)
        return self.known[string_id]

    def forget(self, walk: Walk) -> None:
        waiting = {family.parent_id for family in walk.queue}
        self.known = {string_id: path for string_id, path in self.known.items() if string_id in waiting}


def preview(session: Session, prepared: Prepared) -> Iterator[bytes]:
    """The diff of a request as CSV, in pieces; nothing is written."""
    plan_for_lookups(session)
    names = dimension_names(session)
    yield lines([COLUMNS])
    yield lines(_before_planning(prepared))
    walk, paths = prepared.walk(), Paths()
    for planned in walk.waves(session, size=PREVIEW_SIZE):
        paths.meet(planned.nodes)
        yield lines(_of_plan(planned.plan, paths.known, names, is_shown=prepared.options.regenerate))
        paths.forget(walk)


def problem_of(failure: Failure) -> str:
    return f"{failure.code}: {failure.message}"


def _before_planning(prepared: Prepared) -> Iterator[Line]:
    """Updates that are refused by themselves, and the kill switch."""
    for index, failure in sorted(prepared.refused.items()):
        target = prepared.targets.get(index)
        string_id = target.string_id if target else None
        name = target.name if target else None
        yield Line(string_id, 0, str(string_id or ""), "direct", old_value=name, problem=problem_of(failure))
    if not prepared.options.regenerate:
        yield Line(None, None, "", "", problem="regeneration_disabled: Regeneration is switched off.")


def _of_plan(plan: WavePlan, paths: Mapping[int, Path], names: Mapping[Key, str], *, is_shown: bool) -> Iterator[Line]:
    for change in plan.changes if is_shown else ():
        yield from _of_change(change, _shown_path(paths[change.string_id]), names)
    for left in plan.failed:
        kind = "direct" if left.own_updates else "inherited"
        path = _shown_path(paths[left.node.id])
        values = {"old_value": left.node.value, "new_value": left.value}
        yield Line(left.node.id, left.level, path, kind, **values, problem=problem_of(left.failure))
    for skipped in plan.skipped:
        path = _shown_path(paths[skipped.node.id])
        reason = f"skipped: The string {skipped.stopped_by} above it is left out."
        yield Line(skipped.node.id, skipped.level, path, "inherited", old_value=skipped.node.value, problem=reason)


def _of_change(change: Change, path: str, names: Mapping[Key, str]) -> Iterator[Line]:
    same = (change.string_id, change.level, path, change.change_type)
    values = (change.value_before, change.value)
    if change.parent_id != change.node.parent_id:
        yield Line(*same, "parent", _id(change.node.parent_id), _id(change.parent_id), *values)
    for move in change.moves:
        yield Line(*same, *_of_move(move, names), *values)
    if not change.moves and change.parent_id == change.node.parent_id:  # made again, from the same details
        yield Line(*same, None, None, None, *values)


def _of_move(move: Move, names: Mapping[Key, str]) -> tuple[str, str | None, str | None]:
    return str(names.get(move.key, move.key)), _shown(move.key, move.before), _shown(move.key, move.after)


def _shown(key: Key, detail: Detail | None) -> str | None:
    if detail is None or detail.value.is_empty:
        return None
    return plain_cell(unpacked(detail.value.text)) if isinstance(key, str) else detail.value.effective


def _id(string_id: int | None) -> str | None:
    return None if string_id is None else str(string_id)


def _shown_path(path: Sequence[Any]) -> str:
    return "/".join(map(str, path))


def stored(
    session: Session, job_id: uuid.UUID, keeps: Callable[[Any], Sequence[ColumnElement[bool]]]
) -> Iterator[bytes]:
    """What a run did, or an analysis found, as CSV in pieces; `keeps` makes conditions from the columns."""
    names = dimension_names(session)
    changes = changes_of(session, job_id)
    rows = select(*changes.c).where(*keeps(changes.c)).order_by(changes.c.level, changes.c.string_id)
    yield lines([(*COLUMNS, "outcome")])
    with session.execute(rows, execution_options={"stream_results": True, "yield_per": ROWS_AT_ONCE}) as found:
        for part in found.partitions():
            paths = _stored_paths(session, part)
            yield lines((*line, row.outcome) for row in part for line in _of_row(row, paths, names))


def _stored_paths(session: Session, rows: Sequence[Row[Any]]) -> dict[int, Path]:
    """From the directly changed string, as many levels above, down: as the tree is now."""
    walk = trees.upward(session, [row.string_id for row in rows], levels=max(row.level for row in rows) + 1)
    ways = select(walk.c.root, walk.c.path).order_by(walk.c.level)
    paths = {root: path for root, path in session.execute(ways)}  # of each string the longest, which comes last
    return {row.string_id: tuple(paths.get(row.string_id, (row.string_id,))[-row.level - 1 :]) for row in rows}


def _of_row(row: Row[Any], paths: Mapping[int, Path], names: Mapping[Key, str]) -> Iterator[Line]:
    same = (row.string_id, row.level, _shown_path(paths[row.string_id]), row.change_type)
    keys = dict.fromkeys((*row.before, *row.after))
    for key in keys:
        sides = (_stored_side(key, row.before.get(key)), _stored_side(key, row.after.get(key)))
        yield Line(*same, _key_name(key, names), *sides, row.value_before, row.value, row.problem)
    if not keys:
        yield Line(*same, None, None, None, row.value_before, row.value, row.problem)


def _key_name(key: str, names: Mapping[Key, str]) -> str:
    if key.startswith("."):
        return key[1:]
    return names.get(int(key), key) if key.isdigit() else key


def _stored_side(key: str, side: Any) -> str | None:
    """Of a stored detail (value id, text, effective value, …), or of a plain id."""
    if not isinstance(side, list):
        return _id(side)
    if side[2] is None:
        return None
    return plain_cell(unpacked(side[1])) if key.startswith(".") else str(side[2])
