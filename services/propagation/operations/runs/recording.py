"""What a run did not do, in its rows: strings that failed or were skipped, and one error row for each failure."""

import uuid
from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.plan import LeftOut, Skipped, WavePlan
from shared.db import execute_prepared
from shared.tenancy import context_of, tenant_of


def record_left_out(session: Session, job_id: uuid.UUID, plan: WavePlan) -> None:
    """Failed and skipped strings in the job's changes, one error row for each that failed by itself."""
    record_changes(session, job_id, left_out_rows(plan))
    record_errors(
        session,
        job_id,
        [
            error_row(left.failure, string_id=left.node.id, level=left.level, version=left.node.version)
            for left in plan.failed
        ],
    )


def left_out_rows(plan: WavePlan) -> list[dict[str, Any]]:
    return [_left_out_row(left) for left in plan.failed] + [_skipped_row(skipped) for skipped in plan.skipped]


def unreached_rows(plan: WavePlan, failure: Failure) -> list[dict[str, Any]]:
    """All that a plan would have changed, and that was not tried."""
    strings = [(change.node, change.level, change.updates, change.value) for change in plan.changes]
    strings += [(left.node, left.level, left.updates, left.value) for left in plan.failed]
    rows = [
        {
            "string_id": node.id,
            "level": level,
            "change_type": "inherited",
            "cause": updates,
            "before": {"value": node.value},
            "after": {"value": value, "problem": f"{failure.code}: {failure.message}"},
            "version_before": node.version,
            "outcome": "skipped",
        }
        for node, level, updates, value in strings
    ]
    return rows + [_skipped_row(skipped) for skipped in plan.skipped]


def record_changes(session: Session, job_id: uuid.UUID, rows: Collection[dict[str, Any]]) -> None:
    """Rows of the job's changes that are not in the history of their strings."""
    if rows:
        execute_prepared(
            session,
            """insert into propagation_changes (tenant_id, job_id, string_id, level, change_type, cause, before, after,
                   version_before, outcome)
               select %(tenant)s, %(job)s, x.* from jsonb_to_recordset(%(rows)s::jsonb) as x(string_id bigint,
                   level bigint, change_type text, cause jsonb, before jsonb, after jsonb, version_before bigint,
                   outcome text)
               on conflict do nothing""",
            {"tenant": tenant_of(session), "job": job_id, "rows": orjson.dumps(rows).decode()},
        )


def _left_out_row(left: LeftOut) -> dict[str, Any]:
    return {
        "string_id": left.node.id,
        "level": left.level,
        "change_type": "direct" if left.own_updates else "inherited",
        "cause": left.updates,
        "before": {"value": left.node.value},
        "after": {"value": left.value, "problem": f"{left.failure.code}: {left.failure.message}"},
        "version_before": left.node.version,
        "outcome": "failed",
    }


def _skipped_row(skipped: Skipped) -> dict[str, Any]:
    return {
        "string_id": skipped.node.id,
        "level": skipped.level,
        "change_type": "inherited",
        "cause": skipped.updates,
        "before": {"value": skipped.node.value},
        "after": {"problem": f"skipped: The string {skipped.stopped_by} above it is left out."},
        "version_before": skipped.node.version,
        "outcome": "skipped",
    }


def error_row(
    failure: Failure,
    *,
    string_id: int | None = None,
    detail_id: int | None = None,
    **context: Any,
) -> dict[str, Any]:
    return {
        "string_id": string_id,
        "string_detail_id": detail_id,
        "error_type": str(failure.error_type),
        "error_code": failure.code,
        "error_message": failure.message,
        "context_data": context,
        "is_retryable": failure.is_retryable,
    }


def record_errors(session: Session, job_id: uuid.UUID, rows: Collection[dict[str, Any]]) -> None:
    if not rows:
        return
    correlation = str(context_of(session).correlation_id)
    for row in rows:
        row["context_data"] = row["context_data"] | {"correlation_id": correlation}
    execute_prepared(
        session,
        """insert into propagation_errors (tenant_id, job_id, created_by, string_id, string_detail_id, error_type,
               error_code, error_message, context_data, is_retryable)
           select %(tenant)s, %(job)s, %(actor)s, x.* from jsonb_to_recordset(%(rows)s::jsonb) as x(string_id bigint,
               string_detail_id bigint, error_type text, error_code text, error_message text, context_data jsonb,
               is_retryable boolean)""",
        {
            "tenant": tenant_of(session),
            "job": job_id,
            "actor": context_of(session).actor,
            "rows": orjson.dumps(list(rows)).decode(),
        },
    )
