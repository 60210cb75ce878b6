"""A check of many names in a worker: rows are kept with the job, and each step answers some of them."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import cast, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.propagation.models import AuditEvent, CheckedName, Job
from services.propagation.operations.names.checking import Checker, Counts
from services.propagation.operations.names.wanted import NameRow, Word
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.jobs import operations
from shared.jobs.run import Run
from shared.tenancy import tenant_of

KIND = "propagation.names"
ROWS_OF_A_STEP = 500


def submit(session: Session, rows: Sequence[NameRow], *, default_rule: Word | None, columns: Sequence[str]) -> Job:
    """A job for these rows. `columns` are those of the file that they came from, if they came in one."""
    job = operations.submit(
        session,
        Job,
        kind=KIND,
        queue="propagation_light",
        payload={"rule": default_rule},
        total=len(rows),
        trigger_type="analysis",
        processing_method="background",
        metadata_={"columns": list(columns)},
    )
    packed = orjson.dumps([row.as_json() for row in rows]).decode()
    session.execute(
        text("""
            insert into checked_names (tenant_id, job_id, row, given)
            select :tenant, :job, place, given
            from jsonb_array_elements(cast(:rows as jsonb)) with ordinality as x(given, place)
        """),
        {"tenant": tenant_of(session), "job": job.id, "rows": packed},
    )
    record(
        session,
        AuditEvent,
        action="names.check_requested",
        entity_type="job",
        entity_id=job.id,
        event_type=EventType.CREATED,
        metadata={"rows": len(rows)},
    )
    session.refresh(job)
    return job


def again(session: Session, job: Job) -> Job:
    """The same rows once more. Raises JobNotRetryable."""
    new = operations.retry(
        session,
        Job,
        job.id,
        total=job.total,
        trigger_type=job.trigger_type,
        processing_method=job.processing_method,
        metadata_={"columns": job.metadata_["columns"]},
    )
    session.execute(
        text("""
            insert into checked_names (tenant_id, job_id, row, given)
            select tenant_id, :new, row, given from checked_names where tenant_id = :tenant and job_id = :old
        """),
        {"tenant": tenant_of(session), "new": new.id, "old": job.id},
    )
    return new


def carry_out(work: Run) -> None:
    """A step answers some rows; one that is started again goes on behind the last that was answered."""
    job = work.job
    assert isinstance(job, Job)
    with work.reading() as session:
        rows = _rows(session, job.id)
        checker = Checker.make(session, rows, default_rule=job.payload["rule"])
        done = _answered(session, job.id)
    for first in range(done, len(rows), ROWS_OF_A_STEP):
        with work.step() as session:
            part = rows[first : first + ROWS_OF_A_STEP]
            _store(session, job.id, [checker.check(row) for row in part])
            work.progress(session, processed=len(part))
    with work.step() as session:
        _conclude(session, job, checker)
        work.finish(session)


def results(session: Session, job_id: uuid.UUID) -> Iterator[tuple[NameRow, dict[str, Any]]]:
    """Rows with what was found, in the order of the file, streamed."""
    row = CheckedName
    found = select(row.row, row.given, row.result).where(
        row.tenant_id == tenant_of(session), row.job_id == job_id, row.result.is_not(None)
    )
    for number, given, result in session.execute(found.order_by(row.row).execution_options(yield_per=500)):
        yield NameRow.from_json(number, given), result


def _rows(session: Session, job_id: uuid.UUID) -> list[NameRow]:
    """All of them: a name may be another's parent or twin, and there are at most 10,000."""
    row = CheckedName
    found = select(row.row, row.given).where(row.tenant_id == tenant_of(session), row.job_id == job_id)
    return [NameRow.from_json(number, given) for number, given in session.execute(found.order_by(row.row))]


def _answered(session: Session, job_id: uuid.UUID) -> int:
    row = CheckedName
    last = select(func.max(row.row)).where(
        row.tenant_id == tenant_of(session), row.job_id == job_id, row.result.is_not(None)
    )
    return session.scalar(last) or 0


def _store(session: Session, job_id: uuid.UUID, found: Sequence[dict[str, Any]]) -> None:
    session.execute(
        text("""
            update checked_names n set result = x.result
            from jsonb_array_elements(cast(:found as jsonb)) as x(result)
            where n.tenant_id = :tenant and n.job_id = :job and n.row = cast(x.result->>'row' as bigint)
        """),
        {"tenant": tenant_of(session), "job": job_id, "found": orjson.dumps(found).decode()},
    )


def _conclude(session: Session, job: Job, checker: Checker) -> None:
    """The figures over all rows go into the job's metadata."""
    counts = Counts()
    for _row, result in results(session, job.id):
        counts.add(result)
    shown = counts.as_dict() | {
        "duplicates": checker.duplicates(),
        "dimensions": checker.dimension_names,
        "results_url": f"/api/propagation/v1/jobs/{job.id}/names",
    }
    row = update(Job).where(Job.tenant_id == job.tenant_id, Job.id == job.id)
    merged = row.values(metadata_=Job.metadata_.op("||")(cast({"names": shown}, JSONB)))
    session.execute(merged.execution_options(synchronize_session=False))
