"""Stages 1 to 7 for a set of items, with a constant number of statements. Writes nothing and never raises a refusal."""

import time
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask, Finding, Veto
from services.workflow.domain.machines.checking import Verdict, came_to_facts, judge, look_at_facts
from services.workflow.domain.machines.registry import NOTES, STAMPS
from services.workflow.operations.transitions.checked import Checked, CheckedSet
from services.workflow.operations.transitions.lifecycle import Lifecycle, Wanted
from services.workflow.operations.transitions.seeing import See
from services.workflow.operations.transitions.separating import excluded
from services.workflow.operations.transitions.voting import ballots
from shared.versioning import VersionConflict

log = structlog.get_logger(__name__)


def check(
    session: Session,
    lifecycle: Lifecycle,
    wanted: Sequence[Wanted],
    target: str,
    ask: Ask,
    *,
    lock: bool,
    see: See,
) -> CheckedSet:
    """Raises Busy if somebody holds a row for longer than the lock wait."""
    started = time.perf_counter()
    rows = {row.id: row for row in see(session, lifecycle, [item.id for item in wanted], lock=lock)}
    lock_wait_ms = (time.perf_counter() - started) * 1000
    found = [Checked(item, rows.get(item.id)) for item in wanted]
    _first_stages(lifecycle, [item for item in found if item.row is not None], target, ask)
    _last_stage(session, lifecycle, [i for i in found if i.verdict and came_to_facts(i.verdict)], ask)
    if any(finding.code == "unknown_state" for item in found for finding in item.findings):
        log.warning("unknown_state", machine=lifecycle.machine, target=target[:50])
    return CheckedSet(found, lock_wait_ms)


def _first_stages(lifecycle: Lifecycle, items: Sequence[Checked], target: str, ask: Ask) -> None:
    """Items in the same state of the same definition get the same verdict."""
    judged: dict[tuple[int, str], Verdict] = {}
    for item in items:
        row, state = item.row, lifecycle.state_of(item.row)
        item.conflict = _conflict(item)
        if item.conflict is not None:
            item.verdict = _stale(item.conflict, state, target)
            continue
        machine = lifecycle.machine_of(row)
        known = judged.get((id(machine), state))
        item.verdict = known or judged.setdefault((id(machine), state), judge(machine, state, target, ask))


def _stale(conflict: VersionConflict, state: str, target: str) -> Verdict:
    finding = Finding("version_conflict", conflict.detail, "/version", conflict.status, dict(conflict.members))
    return Verdict(state, target, findings=[finding])


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
    """Items that look alike are looked at once: verdict, stamps and notes are then the same objects."""
    facts = lifecycle.facts(session, [item.row for item in items], ask) if items else {}
    wanted = [(item.row, item.verdict.edge) for item in items if item.verdict and item.verdict.edge]
    cast = ballots(session, lifecycle, wanted, ask)
    seen: dict[Hashable, Checked] = {}
    for item, persons, (ballot, barred) in zip(items, excluded(session, lifecycle, wanted), cast, strict=True):
        assert item.verdict is not None  # came_to_facts has seen it
        item.facts, item.ballot = facts[item.row.id], ballot
        look = (id(item.verdict), id(item.facts), persons) if ballot is None else item.row.id
        like = seen.setdefault(look, item)
        if like is not item:
            item.verdict, item.stamps, item.notes = like.verdict, like.stamps, like.notes
            continue
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
