"""A bulk call carried out in one transaction."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.workflow.domain.bulk import Pick
from services.workflow.operations.bulk import recording
from services.workflow.operations.bulk.reporting import ROLLED_BACK, Report
from services.workflow.operations.bulk.works import NOWHERE, Done, Work
from services.workflow.operations.entities import Entity
from services.workflow.operations.transitions.lifecycle import Wanted
from shared.tenancy import context_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for. `operation` is the word of the address; with `rollback` it is all or nothing."""

    entity: Entity
    operation: str
    work: Work
    dry_run: bool = False
    rollback: bool = True


def run(session: Session, call: Call, picks: Sequence[Pick], *, warnings: Sequence[str] = ()) -> Report:
    """Does it and records it, also when it was rolled back. Raises EntityBusy, and what `demand` of the work raises."""
    started = time.perf_counter()
    call.work.demand(session, call.entity, count=len(picks), dry_run=call.dry_run)
    done = examine(session, call, picks, write=not call.dry_run)
    was_rolled_back = call.rollback and not call.dry_run and any(one.status == "failed" for one in done)
    if was_rolled_back:
        done = [one if one.status == "failed" else replace(one, status=ROLLED_BACK) for one in done]
    report = Report(
        operation_type=call.work.operation_type,
        picks=picks,
        done=done,
        dry_run=call.dry_run,
        was_rolled_back=was_rolled_back,
        warnings=warnings,
        correlation_id=context_of(session).correlation_id,
    )
    if not call.dry_run:
        recording.record(session, call.entity, call.operation, report, seconds=time.perf_counter() - started)
    return report


def examine(session: Session, call: Call, picks: Sequence[Pick], *, write: bool) -> list[Done]:
    """What came, or would come, of each pick in its order; a constant number of statements."""
    is_doomed = call.rollback and any(pick.id is None for pick in picks)
    wanted = [Wanted(pick.id, pick.version) for pick in picks if pick.id is not None]
    done = iter(call.work.do(session, call.entity, wanted, write=write and not is_doomed, all_or_nothing=call.rollback))
    return [NOWHERE if pick.id is None else next(done) for pick in picks]
