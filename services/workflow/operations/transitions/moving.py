"""Doors to a transition: of a set (`move`, `take`) and of one item that must go (`move_one`)."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from services.workflow import metrics
from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.results import Result
from services.workflow.operations.transitions import recording
from services.workflow.operations.transitions.carrying_out import carry_out
from services.workflow.operations.transitions.checked import Checked
from services.workflow.operations.transitions.checking import check
from services.workflow.operations.transitions.lifecycle import Lifecycle, Wanted
from services.workflow.operations.transitions.refusing import refuse
from services.workflow.operations.transitions.seeing import See, pictures, seen_rows
from shared.errors import NotFound
from shared.tenancy import context_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one wanted item, in the order that was asked for; `row` is None where there is none."""

    wanted: Wanted
    row: Any
    result: Result
    checked: Checked


def move(session: Session, lifecycle: Lifecycle, wanted: Sequence[Wanted], target: str, ask: Ask) -> list[Outcome]:
    """Moves what may move and tells of each item; refusals are results.

    A dry run (of `ask`) locks and writes nothing. Raises EntityBusy.
    """
    items, ids = take(session, lifecycle, wanted, target, ask, see=seen_rows)
    return [Outcome(item.wanted, item.row, _result(session, item, target, ask, ids), item) for item in items]


def take(
    session: Session,
    lifecycle: Lifecycle,
    wanted: Sequence[Wanted],
    target: str,
    ask: Ask,
    *,
    all_or_nothing: bool = False,
    see: See = pictures,
) -> tuple[Sequence[Checked], Mapping[int, int]]:
    """`move` for many: the checked items, which are pictures, and the record of each that moved.

    With `all_or_nothing` one refusal leaves everything as it is. Raises EntityBusy.
    """
    started = time.perf_counter()
    checked = check(session, lifecycle, wanted, target, ask, lock=not ask.dry_run, see=see)
    refused = [item for item in checked.items if item.findings]
    ids: Mapping[int, int] = {}
    if not ask.dry_run and not (all_or_nothing and refused):
        ids = carry_out(session, lifecycle, checked, ask, started=started)
    seconds = time.perf_counter() - started
    if not ask.dry_run:
        codes = [found.code for item in refused for found in item.findings]
        metrics.count_transitions(lifecycle.machine, moved=len(ids), refused=codes, seconds=seconds)
    return checked.items, ids


def move_one(session: Session, lifecycle: Lifecycle, wanted: Wanted, target: str, ask: Ask) -> Outcome:
    """Moves one item, or tells what a dry run would do.

    Raises NotFound, and for every other refusal what stands in `refusing`; the attempt is recorded after the rollback.
    """
    started = time.perf_counter()
    (outcome,) = move(session, lifecycle, [wanted], target, ask)
    if outcome.row is None:
        raise NotFound(f"There is no such {lifecycle.entity.replace('_', ' ')}.")
    if not outcome.result.success and not ask.dry_run:
        timing = recording.Timing({}, (time.perf_counter() - started) * 1000, 0.0)
        refuse(session, lifecycle, outcome.checked, outcome.result, ask, timing=timing)
    return outcome


def _result(session: Session, item: Checked, target: str, ask: Ask, ids: Mapping[int, int]) -> Result:
    verdict = item.verdict
    base = Result(
        success=verdict is not None and verdict.passes,
        from_state=verdict.from_state if verdict else None,
        to_state=verdict.to_state if verdict else target,
        timestamp=ask.timestamp,
        dry_run=ask.dry_run,
        errors=item.findings,
        metadata=ask.metadata,
        audit_correlation_id=context_of(session).correlation_id,
    )
    if verdict is None:
        return base
    return replace(
        base,
        to_state=item.to_state,
        unchanged=verdict.unchanged,
        required_permissions=verdict.edge.permissions if verdict.edge else (),
        missing_permissions=verdict.missing,
        allowed_targets=verdict.allowed_targets,
        warnings=verdict.warnings,
        metadata=dict(ask.metadata) | dict(item.notes),
        transition_id=ids.get(item.row.id),
    )
