"""Takes a run back: the versions that it wrote say what was before, and the planner puts that in its place again.

Works through the run's versions level by level, whole families together, so memory is bounded by the wave and names
that were swapped are swapped back.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.freshness import caught_up
from services.propagation.domain.plan import LeftOut
from services.propagation.domain.planner import names_to_look_up, plan_wave
from services.propagation.domain.values import Detail, Value
from services.propagation.domain.wave import Entry, Node, Scope, Update, UpdateKind, Wave
from services.propagation.operations.runs.codec import key_of
from services.propagation.operations.runs.families import PagedWalk, whole_families
from services.propagation.operations.runs.walking import Planned
from services.propagation.queries import walk as rows
from shared.db import execute_prepared
from shared.tenancy import tenant_of

START = [-1, 0, 0]
# An undo that did only a part may be tried again: what it has taken back is not met a second time.
_STANDS = """not exists (
    select from string_versions back
    join propagation_jobs undo on undo.tenant_id = back.tenant_id and undo.id = back.job_id
    where back.tenant_id = v.tenant_id and back.string_id = v.string_id and back.version > v.version
      and undo.undo_of = %(job)s)"""


@dataclass
class UndoWalk(PagedWalk):
    """Where an undo stands: the place (level, parent, string) of the last version that was looked at; `unwritable` are
    strings that the database would not take."""

    job_id: uuid.UUID
    scope: Scope
    place: list[int] = field(default_factory=lambda: list(START))
    fallen: set[int] = field(default_factory=set)
    is_done: bool = False
    levels: Mapping[int, int] | None = None
    unwritable: Mapping[int, Failure] = field(default_factory=dict)

    def next_wave(self, session: Session, *, size: int) -> Planned:
        if self.levels is None:
            self.levels = rows.field_levels(session)
        found = self._versions(session, size)
        before = {string_id: details for string_id, is_unchanged, details in found if is_unchanged}
        refused = {string_id for string_id, is_unchanged, _details in found if not is_unchanged}
        keys = {key_of(name) for details in before.values() for name in details if name != "parent"}
        names = _present_names(session, before.values())
        nodes = rows.load(session, keys, ids=before.keys() | refused, levels=self.levels)
        restored = [node for node in nodes if node.id in before]
        wave = Wave(
            nodes=restored,
            updates=[update for node in restored for update in _updates(node, before[node.id], names)],
            entries=[entry for node in restored for entry in _entries(node, before[node.id])],
            fallen=self.fallen | refused,
            refused=self.unwritable,
        )
        taken = rows.holders(session, names_to_look_up(wave, self.scope))
        plan = plan_wave(wave, self.scope, taken=taken)
        plan.failed += [_moved_on(node) for node in nodes if node.id in refused]
        self.fallen = plan.fallen
        return Planned(plan, restored, caught_up=caught_up(plan, restored, self.scope))

    def _versions(self, session: Session, size: int) -> list[tuple[int, bool, dict[str, Any]]]:
        """(string, is it still as the run left it, what was before), up to the end of a family."""
        found = execute_prepared(
            session,
            f"""
            select v.level, coalesce(s.parent_id, 0), v.string_id, s.version = v.version, v.details_before
            from string_versions v join strings s on s.tenant_id = v.tenant_id and s.id = v.string_id
            where v.tenant_id = %(tenant)s and v.job_id = %(job)s and {_STANDS}
              and (v.level, coalesce(s.parent_id, 0), v.string_id) > (%(level)s, %(parent)s, %(string)s)
            order by 1, 2, 3 limit %(limit)s
            """,  # noqa: S608 - a constant
            {
                "tenant": tenant_of(session),
                "job": self.job_id,
                "level": self.place[0],
                "parent": self.place[1],
                "string": self.place[2],
                "limit": size + 1,
            },
        ).fetchall()
        self.is_done = len(found) <= size
        found = whole_families(found, size=size, named_by=2)
        if found:
            self.place = list(found[-1][:3])
        return [(row[2], row[3], row[4]) for row in found]


def count_versions(session: Session, job_id: uuid.UUID) -> int:
    row = execute_prepared(
        session,
        f"select count(*) from string_versions v where v.tenant_id = %(tenant)s and v.job_id = %(job)s and {_STANDS}",  # noqa: S608 - a constant
        {"tenant": tenant_of(session), "job": job_id},
    ).fetchone()
    return int(row[0])


def _present_names(session: Session, details: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """What the list values of these details are called now: one may have been renamed since the run."""
    ids = {packed[0] for side in details for name, packed in side.items() if name != "parent" and packed and packed[0]}
    return rows.value_names(session, ids)


def _updates(node: Node, before: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[Update]:
    for name, packed in before.items():
        if name != "parent":
            yield Update(0, node.id, key_of(name), kind=UpdateKind.RESTORE, restored=_detail(packed, names))


def _entries(node: Node, before: Mapping[str, Any]) -> Iterator[Entry]:
    if "parent" in before:
        yield Entry(0, node.id, before["parent"])


def _detail(packed: list[Any] | None, names: Mapping[int, str]) -> Detail | None:
    if packed is None:
        return None
    value_id, text, effective, is_inherited, source_id = packed
    return Detail(Value(value_id, text, names.get(value_id, effective)), is_inherited, source_id)


def _moved_on(node: Node) -> LeftOut:
    message = f"The string {node.id} was changed after the run; it stays as it is."
    failure = Failure(ErrorType.CONFLICT, "changed_since", message)
    return LeftOut(node, 0, (0,), (0,), failure, node.value)
