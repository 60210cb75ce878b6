"""A file arrives: read as a whole, its rows put down, and imported here if it is small, else by a worker."""

import uuid
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from services.propagation.domain.settings import run_options
from services.propagation.domain.sheets import MAX_BYTES, BadSheet, Column, Header, read
from services.propagation.errors import FileTooLarge
from services.propagation.models import ImportRow, Job, Rule
from services.propagation.operations.imports.convention import convention
from services.propagation.operations.imports.running import Import, end, summary
from services.propagation.operations.references import demand_reference
from services.propagation.operations.runs import job_rows
from services.propagation.operations.runs.preparing import settings_for
from services.propagation.operations.runs.request import Environment, RunRequest
from services.propagation.queries import descent
from services.propagation.queries import imports as queries
from shared.errors import Invalid
from shared.jobs.doorbell import ring
from shared.jobs.operations import find
from shared.tenancy import context_of, tenant_of

KIND = "propagation.import"
BATCH = 2000
LISTED = 1000
MAX_ID = 2**63 - 1


def enter(
    session: Session, content: bytes, rule_id: int, options: dict[str, Any], environment: Environment, *, dry_run: bool
) -> Job:
    """The job of the import: ended, or pending where a worker has it. Its rows say what became of each.

    Raises Invalid for a file that cannot be read, FileTooLarge.
    """
    if len(content) > MAX_BYTES:
        raise FileTooLarge(f"A file may have {MAX_BYTES // 2**20} MB.")
    rule = demand_reference(session, Rule, rule_id, "/rule")
    try:
        header, rows = read(content)
        convention(session, rule, header)
        job = _open(session, rule_id, header, options, environment, dry_run=dry_run)
        job.total = _stage(session, job.id, rows)
    except BadSheet as bad:
        raise Invalid.field("/file", bad.code, bad.message) from bad
    limit = run_options(settings_for(session, environment, options)).background_threshold
    if job.total >= limit:
        return _hand_over(session, job, environment)
    return _import_here(session, job, environment, limit=limit)


def again(session: Session, job_id: uuid.UUID, environment: Environment) -> Job:
    """Another import of the rows that took no effect. The caller has seen to it that the job may be tried again."""
    old = find(session, Job, job_id)
    asked, options = old.metadata_["import"], old.metadata_["request"]["options"]
    header = Header(tuple(asked["columns"]))
    job = _open(session, asked["rule"], header, options, environment, dry_run=asked["dry_run"])
    job.retry_of = old.id
    job.total = queries.copy_open(session, old.id, job.id)
    return _hand_over(session, job, environment)


def answer(session: Session, job: Job) -> dict[str, Any]:
    """What an import has come to, with its first rows."""
    rows = session.scalars(queries.rows_of(session, job.id).order_by(ImportRow.row).limit(LISTED)).all()
    counted = queries.counts(session, job.id)
    return {
        "job_id": job.id,
        "dry_run": job.metadata_["import"]["dry_run"],
        "rows": rows,
        "rows_truncated": sum(counted.values()) > len(rows),
        "summary": summary(counted, job.status),
    }


def _open(
    session: Session,
    rule_id: int,
    header: Header,
    options: dict[str, Any],
    environment: Environment,
    *,
    dry_run: bool,
) -> Job:
    context = context_of(session)
    settings = settings_for(session, environment, options)
    job = Job(
        tenant_id=tenant_of(session),
        id=uuid.uuid4(),
        kind=KIND,
        queue="propagation_light" if dry_run else "propagation",
        status="running",
        requested_by=context.actor,
        requested_by_name=context.actor_name,
        correlation_id=context.correlation_id,
        started_at=func.clock_timestamp(),
        processing_method="synchronous",
        trigger_type="import",
        error_handling=str(run_options(settings).error_handling),
        max_depth=run_options(settings).max_depth,
        metadata_={
            "import": {"rule": rule_id, "columns": list(header.columns), "dry_run": dry_run},
            "request": RunRequest("import", (), options).as_json(),
            "root_strings": [],
        },
    )
    session.add(job)
    session.flush()
    return job


def _stage(session: Session, job_id: uuid.UUID, rows: Iterator[dict[str, str]]) -> int:
    number = 0
    while batch := list(islice(rows, BATCH)):
        packed = [_packed(number + place, cells) for place, cells in enumerate(batch, start=1)]
        queries.stage(session, job_id, packed)
        number += len(batch)
    return number


def _packed(row: int, cells: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": row,
        "key": cells.get(Column.KEY) or None,
        "string_id": _id(cells.get(Column.STRING_ID)),
        "parent_id": _id(cells.get(Column.PARENT_ID)),
        "cells": cells,
    }


def _id(cell: str | None) -> int | None:
    if cell is None or not (cell.isascii() and cell.isdigit()):
        return None
    number = int(cell[:20])
    return number if 0 < number <= MAX_ID else None


def _hand_over(session: Session, job: Job, environment: Environment) -> Job:
    """To a worker, once this is committed."""
    job.status, job.started_at, job.processing_method = "pending", None, "background"
    if not job.metadata_["import"]["dry_run"] and job.total >= environment.heavy_threshold:
        job.queue = "propagation_heavy"
    session.flush()
    ring(session)
    return job


def _import_here(session: Session, job: Job, environment: Environment, *, limit: int) -> Job:
    """In this transaction, unless so much stands below the strings that a worker had better do it."""
    run = Import(job, environment)
    run.check_all(session)
    changed = queries.updated_strings(session, job.id)
    if changed and descent.count_below(session, changed, enough=limit) >= limit:
        return _hand_over(session, job, environment)
    run.carry_out(session)
    status = end(session, run)
    session.refresh(job)
    job.status, job.completed_at = status, func.clock_timestamp()
    session.flush()
    session.refresh(job)
    job_rows.audit_end(session, job, job.status)
    return job
