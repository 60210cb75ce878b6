"""A run as one document: what the API answers and what the command prints."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.models import IntegrityFinding, IntegrityResult, IntegrityRun
from shared.errors import NotFound
from shared.tenancy import tenant_of

NOTHING: Final = {"rules": 0, "found": 0, "fixed": 0, "remaining": 0, "warnings": 0, "errors": 0}


def find(session: Session, run_id: uuid.UUID) -> IntegrityRun:
    """Raises NotFound."""
    found = session.get(IntegrityRun, (tenant_of(session), run_id))
    if found is None:
        raise NotFound("There is no such run.")
    return found


def summary(run: IntegrityRun) -> dict[str, Any]:
    """A run without its rules."""
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else None
    return {
        "run_id": str(run.id),
        "mode": run.mode,
        "tenant": str(run.tenant_id),
        "state": run.state,
        "exit_code": run.exit_code,
        "created_at": _time(run.created_at),
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
        "duration_seconds": seconds,
        "requested_by": run.created_by,
        "options": {name: value for name, value in run.options.items() if name != "mode"},
        "rule_sets": run.rule_sets,
        "totals": NOTHING | run.totals if run.mode != "undo" else run.totals,
    }


def document(session: Session, run: IntegrityRun) -> dict[str, Any]:
    """The whole of a run, with examples."""
    of_run = (IntegrityResult.tenant_id == tenant_of(session), IntegrityResult.run_id == run.id)
    results = session.scalars(select(IntegrityResult).where(*of_run).order_by(IntegrityResult.position)).all()
    samples = _samples(session, run)
    rules = [_rule(result, samples[result.rule_set, result.rule, result.table_name]) for result in results]
    return summary(run) | {"rules": rules, "info": run.info}


def _samples(session: Session, run: IntegrityRun) -> Mapping[tuple[str, str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    rows = session.scalars(
        select(IntegrityFinding)
        .where(IntegrityFinding.tenant_id == tenant_of(session), IntegrityFinding.run_id == run.id)
        .order_by(IntegrityFinding.id)
    )
    for row in rows:
        shown = {"id": row.row_id, "name": row.name, "field": row.field}
        found[row.rule_set, row.rule, row.table_name].append(shown | row.told)
    return found


def _rule(result: IntegrityResult, samples: list[dict[str, Any]]) -> dict[str, Any]:
    names = (
        *("rule_set", "rule", "check", "title", "severity", "kind", "field"),
        *("found", "fixed", "changed_rows", "remaining", "fixable", "status"),
    )
    constraint = {"name": result.constraint_name, "state": result.constraint_state} if result.constraint_name else None
    told = {name: getattr(result, name) for name in names}
    return told | {"table": result.table_name, "constraint": constraint, "samples": samples}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
