"""What a batch of strings answers: done, handed to a worker, rehearsed, or only looked at."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.operations.runs import impact, summary
from services.propagation.operations.runs.preparing import Prepared
from services.propagation.operations.runs.request import Environment
from services.propagation.operations.runs.running import Result
from services.propagation.operations.runs.tally import LISTED, Tally
from services.propagation.queries.batches import names_of

Answer = dict[str, Any]
Asked = Sequence[Mapping[str, Any]]


def done(session: Session, result: Result, asked: Asked) -> Answer:
    outcome, job = result.outcome, result.job
    assert outcome is not None  # not pending
    assert job is not None  # a batch always has one
    others = [index for index in range(len(asked)) if index not in outcome.failed]
    is_lost = outcome.status == "failed"
    updated = [] if is_lost else [index for index in others if index not in outcome.skipped]
    skipped = others if is_lost else [index for index in others if index in outcome.skipped]
    reason = "Nothing of this run was applied." if is_lost else "An update before it failed."
    return {
        "success": outcome.status == "completed",
        "dry_run": False,
        "job_id": str(job.id),
        "updated_strings": _updated(session, result, updated),
        "failed_updates": _failed(result.prepared, asked, outcome.failed),
        "skipped_updates": [
            {"index": index, "string_id": asked[index]["string_id"], "reason": reason} for index in skipped
        ],
        "total_affected": result.counted.affected,
        "processing_time": round(result.seconds, 6),
        "truncated": result.wanted.truncated,
        "summary": summary.of_batch(len(asked), len(updated), len(outcome.failed), len(skipped), str(outcome.status)),
    }


def pending(session: Session, result: Result, asked: Asked) -> Answer:
    job, prepared = result.job, result.prepared
    assert job is not None  # that is what pending means
    return {
        "success": not prepared.refused,
        "dry_run": False,
        "job_id": str(job.id),
        "updated_strings": [],
        "failed_updates": _failed(prepared, asked, prepared.refused),
        "skipped_updates": [],
        "total_affected": result.wanted.affected,
        "processing_time": round(result.seconds, 6),
        "truncated": result.wanted.truncated,
        "estimated_seconds": impact.summary(session, prepared, result.wanted)["estimated_seconds"],
        "tracking_url": f"/api/propagation/v1/jobs/{job.id}",
        "summary": summary.of_batch(len(asked), 0, len(prepared.refused), 0, "pending"),
    }


def rehearsed(session: Session, prepared: Prepared, tally: Tally, asked: Asked, environment: Environment) -> Answer:
    failed = {index: left.failure for left in tally.left_out for index in left.own_updates} | prepared.refused
    return {
        "success": not (failed or tally.failed),
        "dry_run": True,
        "job_id": None,
        "updated_strings": [],
        "failed_updates": _failed(prepared, asked, failed),
        "skipped_updates": [],
        "total_affected": tally.shown(regenerate=prepared.options.regenerate).affected,
        "processing_time": 0.0,
        "truncated": tally.truncated,
        "summary": summary.of_batch(len(asked), 0, len(failed), 0, "completed"),
        "impact_analysis": impact.analysis(session, prepared, tally, environment),
    }


def impact_of(session: Session, prepared: Prepared, tally: Tally, environment: Environment) -> Answer:
    """The analysis of a plan, with what is direct and what follows counted, and all that would stop a run."""
    analysis = impact.analysis(session, prepared, tally, environment)
    counts = analysis["summary"]
    direct = counts["by_level"].get("0", 0)
    return analysis | {
        "impact": {
            "direct_updates": direct,
            "inherited_updates": counts["total_affected"] - direct,
            "total_affected": counts["total_affected"],
            "max_depth": counts["max_depth"],
        },
        "blockers": [*_refused(prepared), *_left_out(tally)],
    }


def _refused(prepared: Prepared) -> Iterable[Answer]:
    for index, failure in sorted(prepared.refused.items()):
        target = prepared.targets.get(index)
        yield _blocker(failure, target.string_id if target else None) | {"index": index}


def _left_out(tally: Tally) -> Iterable[Answer]:
    for left in tally.left_out[:LISTED]:
        yield _blocker(left.failure, left.node.id)


def _blocker(failure: Failure, string_id: int | None) -> Answer:
    kind = str(failure.error_type)
    if failure.code == "circular_dependency":
        kind = "circular_reference"
    elif failure.conflicting_string_id is not None:
        kind = "duplicate_value"
    shown = {"type": kind, "code": failure.code, "message": failure.message, "severity": "high", "string_id": string_id}
    holder = failure.conflicting_string_id
    return shown if holder is None else shown | {"conflicting_string_id": holder}


def _updated(session: Session, result: Result, indexes: Sequence[int]) -> list[Answer]:
    targets = {index: result.prepared.targets[index] for index in indexes}
    now = names_of(session, {target.string_id for target in targets.values()})
    below: dict[int, list[int]] = {}
    for left in result.wanted.left_out:
        for index in set(left.updates) - set(left.own_updates):
            below.setdefault(index, []).append(left.node.id)
    return [
        {
            "index": index,
            "string_id": target.string_id,
            "original_value": target.name,
            "value": now[target.string_id][0],
            "version": now[target.string_id][1],
            "affected_count": result.counted.by_update[index],
            "failed_strings": below.get(index, []),
        }
        for index, target in targets.items()
    ]


def _failed(prepared: Prepared, asked: Asked, failures: Mapping[int, Failure]) -> list[Answer]:
    return [
        {
            "index": index,
            "update": dict(asked[index]),
            "string_id": asked[index]["string_id"] if index in prepared.targets else None,
            "error": failure.message,
            "error_type": str(failure.error_type),
            "code": failure.code,
        }
        | ({"conflicting_string_id": failure.conflicting_string_id} if failure.conflicting_string_id else {})
        for index, failure in sorted(failures.items())
    ]
