"""Stages 1 to 7 for a set of items, with a constant number of statements. Writes nothing and never raises a refusal."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask, Finding, Veto
from services.workflow.domain.machines.checking import Verdict, came_to_facts, judge, look_at_facts
from services.workflow.domain.machines.registry import NOTES, STAMPS
from services.workflow.domain.machines.voting import Ballot
from services.workflow.operations.transitions.lifecycle import Lifecycle, Wanted
from services.workflow.operations.transitions.separating import excluded
from services.workflow.operations.transitions.voting import ballots
from services.workflow.queries.seeing import seen_by_caller
from shared.locking import lock_rows
from shared.tenancy import tenant_of
from shared.versioning import VersionConflict

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Checked:
    """One wanted item: its row (None: not found), what the stages say, what would be stamped and noted; the votes
    before this one where its edge takes several."""

    wanted: Wanted
    row: Any = None
    verdict: Verdict | None = None
    facts: Any = None
    stamps: Mapping[str, Any] | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    conflict: VersionConflict | None = None
    ballot: Ballot | None = None

    @property
    def findings(self) -> Sequence[Finding]:
        return self.verdict.findings if self.verdict else [NOT_FOUND]

    @property
    def moves(self) -> bool:
        """Whether it passes, is not there already, and no vote is missing."""
        passes = self.verdict is not None and self.verdict.passes and not self.verdict.unchanged
        return passes and (self.ballot is None or self.ballot.missing == 0)

    @property
    def votes(self) -> bool:
        """Whether what was asked for is a vote, be it the last one."""
        return self.verdict is not None and self.verdict.passes and self.ballot is not None


NOT_FOUND = Finding("not_found", "There is no such item.", status=404)


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """`items` in the order that was asked for."""

    items: Sequence[Checked]
    lock_wait_ms: float


def check(
    session: Session, lifecycle: Lifecycle, wanted: Sequence[Wanted], target: str, ask: Ask, *, lock: bool
) -> CheckedSet:
    """Raises Busy if somebody holds a row for longer than the lock wait."""
    started = time.perf_counter()
    rows = {row.id: row for row in seen_rows(session, lifecycle, [item.id for item in wanted], lock=lock)}
    lock_wait_ms = (time.perf_counter() - started) * 1000
    found = [Checked(item, rows.get(item.id)) for item in wanted]
    for item in found:
        if item.row is not None:
            item.verdict = _first_stages(lifecycle, item, target, ask)
    _last_stage(session, lifecycle, [i for i in found if i.verdict and came_to_facts(i.verdict)], ask)
    if any(finding.code == "unknown_state" for item in found for finding in item.findings):
        log.warning("unknown_state", machine=lifecycle.machine, target=target[:50])
    return CheckedSet(found, lock_wait_ms)


def seen_rows(session: Session, lifecycle: Lifecycle, ids: Sequence[int], *, lock: bool) -> Sequence[Any]:
    """Those of the items that the caller sees, locked in ascending order if so wanted. Raises Busy."""
    model = lifecycle.model
    rows: Select[Any] = select(model).where(
        model.tenant_id == tenant_of(session), model.id.in_(ids), seen_by_caller(session, model, lifecycle.area)
    )
    return lock_rows(session, rows) if lock else session.scalars(rows).all()


def _first_stages(lifecycle: Lifecycle, item: Checked, target: str, ask: Ask) -> Verdict:
    row, state = item.row, lifecycle.state_of(item.row)
    item.conflict = _conflict(item)
    if item.conflict is not None:
        members = dict(item.conflict.members)
        finding = Finding("version_conflict", item.conflict.detail, "/version", item.conflict.status, members)
        return Verdict(state, target, findings=[finding])
    return judge(lifecycle.machine_of(row), state, target, ask)


def _conflict(item: Checked) -> VersionConflict | None:
    """Stage 2: the header decides before the version of the body."""
    try:
        if item.wanted.picture is not None:
            item.wanted.picture(item.row)
    except VersionConflict as stale:
        return stale
    sent = item.wanted.version
    if sent is None or sent == item.row.version:
        return None
    return VersionConflict(expected=sent, actual=item.row.version, current_etag=None)


def _last_stage(session: Session, lifecycle: Lifecycle, items: Sequence[Checked], ask: Ask) -> None:
    facts = lifecycle.facts(session, [item.row for item in items], ask) if items else {}
    wanted = [(item.row, item.verdict.edge) for item in items if item.verdict and item.verdict.edge]
    cast = ballots(session, lifecycle, wanted, ask)
    for item, persons, (ballot, barred) in zip(items, excluded(session, lifecycle, wanted), cast, strict=True):
        assert item.verdict is not None  # came_to_facts has seen it
        item.facts, item.ballot = facts[item.row.id], ballot
        machine = lifecycle.machine_of(item.row)
        item.verdict = look_at_facts(machine, item.verdict, item.facts, ask, excluded=persons, barred=barred)
        if item.verdict.passes:
            _stamp(item, ask)


def _stamp(item: Checked, ask: Ask) -> None:
    """Before-effects are pure, so that a dry run can learn of a veto as well."""
    assert item.verdict is not None
    assert item.verdict.edge is not None
    effects = item.verdict.edge.effects
    stamps: dict[str, Any] = dict(ask.also)
    try:
        for name in effects:
            stamps |= STAMPS[name](item.facts, ask) if name in STAMPS else {}
    except Veto as veto:
        item.verdict = replace(item.verdict, findings=[veto.finding])
        return
    item.stamps = stamps
    noted = [NOTES[name](item.facts, ask) for name in effects if name in NOTES]
    item.notes = {name: value for notes in noted for name, value in notes.items()}
    if item.ballot is not None:
        item.notes |= {"votes": item.ballot.cast + 1, "votes_needed": item.ballot.needed}
