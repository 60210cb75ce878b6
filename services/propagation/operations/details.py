"""Choices of strings: one changed, many changed at once, and what that would do."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.settings import Mode
from services.propagation.errors import ApprovalUnavailable, ConfirmationRequired, RolledBack
from services.propagation.models import Detail
from services.propagation.operations.choices import refusal
from services.propagation.operations.runs import impact, job_rows, summary
from services.propagation.operations.runs.preparing import Prepared, prepare, settings_for
from services.propagation.operations.runs.request import Environment, Item, RunRequest
from services.propagation.operations.runs.running import Result, execute, failure_of_single, preview
from services.propagation.operations.runs.tally import Tally
from shared.db import keep_on_rollback

VALUE, TEXT = "dimension_value", "dimension_value_freetext"


def update(
    session: Session, detail: Detail, body: Mapping[str, Any], options: dict[str, Any], environment: Environment
) -> Result:
    """Changes one choice and what follows from it.

    Raises RunFailed if the string itself cannot change, RolledBack if one below cannot and the request asked for all
    or nothing, ConfirmationRequired in prompt mode.
    """
    request = single(detail, body, options)
    request = confirm(session, request, body.get("confirm_token"), environment)
    result = execute(session, request, environment)
    demand_success(session, result, body)
    return result


def single(detail: Detail, body: Mapping[str, Any], options: dict[str, Any]) -> RunRequest:
    item = Item(
        0,
        detail.id,
        body.get(VALUE),
        body.get(TEXT),
        bool(body.get("own")),
        body.get("version"),
        is_new_value=VALUE in body or TEXT in body,
    )
    return RunRequest("detail_update", (item,), options, is_single=True)


def dry_run(
    session: Session, detail: Detail, body: Mapping[str, Any], options: dict[str, Any], environment: Environment
) -> dict[str, Any]:
    """What the same request would do. Refused for the same faults; what fails in the plan is shown instead."""
    prepared = prepare(session, single(detail, body, options), environment)
    _demand_choice(prepared, body)
    return impact.analysis(session, prepared, preview(session, prepared, environment), environment)


def _demand_choice(prepared: Prepared, body: Mapping[str, Any]) -> None:
    for failure in prepared.refused.values():
        raise refusal(failure, f"/{TEXT if body.get(TEXT) is not None else VALUE}")


def demand_success(session: Session, result: Result, body: Mapping[str, Any]) -> None:
    """Turns a failed run into the call's own failure; its job and errors survive the rollback."""
    _demand_choice(result.prepared, body)
    if result.is_pending:
        return
    failure = failure_of_single(result)
    if failure is None and not (result.outcome and result.outcome.failed):
        return
    job_id = uuid.uuid4()
    outcome = result.outcome
    assert outcome is not None  # not pending
    keep_on_rollback(session, lambda kept: job_rows.keep_failed(kept, job_id, result.prepared, result.wanted, outcome))
    if failure is not None:
        problem = refusal(failure)
        problem.members["job_id"] = str(job_id)
        raise problem
    run_errors = [
        {
            "string_id": left.node.id,
            "error_type": str(left.failure.error_type),
            "code": left.failure.code,
            "error": left.failure.message,
        }
        for left in result.wanted.left_out[:20]
    ]
    raise RolledBack("Strings below cannot change, so nothing was changed.", job_id=str(job_id), run_errors=run_errors)


def confirm(session: Session, request: RunRequest, token: str | None, environment: Environment) -> RunRequest:
    """In prompt mode a call that reaches further strings needs an approval where somebody can be asked for one, else
    the token of its preview; a token sent in any mode makes the call, whoever carries it out, do exactly what was
    shown, or nothing. Raises ConfirmationRequired, ApprovalUnavailable."""
    prompts, wish = _prompts(session, request, environment), request.options.get("request_approval")
    if wish and not environment.has_approvals:
        raise ApprovalUnavailable("There is no workflow service here that could be asked for an approval.")
    if token is None and not prompts and not wish:
        return request
    prepared = prepare(session, request, environment)
    tally = preview(session, prepared, environment)
    if token is not None:
        seen = impact.read_token(session, token, prepared, environment)
        if seen != tally.seen:
            raise impact.outdated(session, prepared, tally, environment)
        return replace(request, confirmed=seen, needs_approval=bool(wish))
    named = prepared.walk().named
    reaches_further = tally.affected > sum(1 for change in tally.changes if change.string_id in named)
    if tally.affected and (wish or (reaches_further and wish is None and environment.has_approvals)):
        return replace(request, confirmed=tally.seen, needs_approval=True)
    if reaches_further and prompts:
        shown = impact.analysis(session, prepared, tally, environment)
        raise ConfirmationRequired(
            f"{tally.affected} strings would change; send the same request with the confirm token.",
            impact_analysis=shown,
            confirm_token=shown["confirm_token"],
            expires_at=shown["expires_at"],
        )
    return request


def _prompts(session: Session, request: RunRequest, environment: Environment) -> bool:
    mode = settings_for(session, environment, request.options)["propagation_mode"].value
    return Mode(mode) is Mode.PROMPT and not request.is_forced


def propagation_summary(session: Session, result: Result) -> dict[str, Any]:
    """How a call for one string went, below it included."""
    return summary.propagation_summary(
        session,
        result.prepared,
        result.job,
        wanted=result.wanted,
        done=None if result.is_pending else result.counted,
        status=_status(result),
    )


def _status(result: Result) -> str:
    options = result.prepared.options
    if result.is_pending:
        return "pending"
    if not options.regenerate:
        return "disabled"
    if result.job is None:
        return "unchanged"
    if (result.outcome and result.outcome.status != "completed") or result.wanted.failed:
        return "partial_failure"
    return "completed" if options.propagate else "direct_only"


def batch(
    session: Session, updates: Sequence[Mapping[str, Any]], options: dict[str, Any], environment: Environment
) -> tuple[dict[str, Any], int, Result]:
    """Many choices as one run: the answer, its status, and what came of it."""
    request = batch_request(updates, options)
    request = confirm(session, request, options.get("confirm_token"), environment)
    result = execute(session, request, environment)
    if result.is_pending:
        return _pending(session, result, updates), 202, result
    assert result.outcome is not None  # not pending
    status = {"completed": 200, "partial_failure": 207, "failed": 409}[str(result.outcome.status)]
    return _answer(result, updates), status, result


def batch_request(updates: Sequence[Mapping[str, Any]], options: dict[str, Any]) -> RunRequest:
    items = tuple(
        Item(index, update["string_detail_id"], update.get(VALUE), update.get(TEXT), version=update.get("version"))
        for index, update in enumerate(updates)
    )
    return RunRequest("batch_update", items, options, direct_type="batch_update")


def batch_dry_run(
    session: Session, updates: Sequence[Mapping[str, Any]], options: dict[str, Any], environment: Environment
) -> dict[str, Any]:
    prepared, tally = analyze(session, updates, options, environment)
    failed = {**{index: left.failure for left in tally.left_out for index in left.own_updates}, **prepared.refused}
    return {
        "job_id": None,
        "dry_run": True,
        "total_affected": tally.shown(regenerate=prepared.options.regenerate).affected,
        "processing_time": 0.0,
        "truncated": tally.truncated,
        "successful_updates": [],
        "failed_updates": [_failed(prepared, updates, index, failed[index]) for index in sorted(failed)],
        "skipped_updates": [],
        "summary": summary.of_batch(len(updates), 0, len(failed), 0, "completed"),
        "impact_analysis": impact.analysis(session, prepared, tally, environment),
    }


def analyze(
    session: Session, updates: Sequence[Mapping[str, Any]], options: dict[str, Any], environment: Environment
) -> tuple[Prepared, Tally]:
    """The plan of a batch, nothing written."""
    prepared = prepare(session, batch_request(updates, options), environment)
    return prepared, preview(session, prepared, environment)


def _answer(result: Result, updates: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    outcome, prepared, job = result.outcome, result.prepared, result.job
    assert outcome is not None  # not pending
    assert job is not None  # a batch always has one
    succeeded = [index for index in range(len(updates)) if index not in outcome.failed and index not in outcome.skipped]
    if outcome.status == "failed":
        succeeded = []
    skipped = [index for index in range(len(updates)) if index not in outcome.failed and index not in succeeded]
    reason = "An update before it failed." if outcome.status != "failed" else "Nothing of this run was applied."
    return {
        "job_id": str(job.id),
        "dry_run": False,
        "total_affected": result.counted.affected,
        "processing_time": round(result.seconds, 6),
        "truncated": result.wanted.truncated,
        "successful_updates": [_successful(result, index) for index in succeeded],
        "failed_updates": [
            _failed(prepared, updates, index, failure) for index, failure in sorted(outcome.failed.items())
        ],
        "skipped_updates": [
            {
                "index": index,
                "string_detail_id": updates[index]["string_detail_id"],
                "reason": reason,
            }
            for index in skipped
        ],
        "summary": summary.of_batch(
            len(updates), len(succeeded), len(outcome.failed), len(skipped), str(outcome.status)
        ),
    }


def _successful(result: Result, index: int) -> dict[str, Any]:
    target = result.prepared.targets[index]
    failed = [
        left.node.id for left in result.wanted.left_out if index in left.updates and index not in left.own_updates
    ]
    return {
        "index": index,
        "string_detail_id": target.item.detail_id,
        "string_id": target.string_id,
        "original_values": {
            VALUE: target.value.value_id,
            TEXT: target.value.text,
            "value": target.name,
        },
        "affected_count": result.counted.by_update[index],
        "failed_strings": failed,
    }


def _failed(prepared: Prepared, updates: Sequence[Mapping[str, Any]], index: int, failure: Failure) -> dict[str, Any]:
    target = prepared.targets.get(index)
    return {
        "index": index,
        "update": dict(updates[index]),
        "string_id": target.string_id if target else None,
        "error": failure.message,
        "error_type": str(failure.error_type),
        "code": failure.code,
    } | failure.members


def _pending(session: Session, result: Result, updates: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    job, prepared = result.job, result.prepared
    assert job is not None  # that is what pending means
    counts = impact.summary(session, prepared, result.wanted)
    return {
        "job_id": str(job.id),
        "dry_run": False,
        "total_affected": result.wanted.affected,
        "processing_time": round(result.seconds, 6),
        "truncated": result.wanted.truncated,
        "successful_updates": [],
        "failed_updates": [
            _failed(prepared, updates, index, failure) for index, failure in sorted(prepared.refused.items())
        ],
        "skipped_updates": [],
        "estimated_seconds": counts["estimated_seconds"],
        "tracking_url": f"/api/propagation/v1/jobs/{job.id}",
        "summary": summary.of_batch(len(updates), 0, len(prepared.refused), 0, "pending"),
    }
