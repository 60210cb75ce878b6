"""What became of the rows of an import."""

import uuid
from collections.abc import Collection, Iterator

from sqlalchemy.orm import Session

from services.propagation.domain.cells import lines
from services.propagation.models import ImportRow, Job
from services.propagation.operations.imports.entering import KIND
from services.propagation.queries import imports as queries
from shared.errors import NotFound
from shared.jobs import operations

COLUMNS = ("row", "line", "outcome", "key", "string_id", "value", "column", "code", "message")
ROWS_AT_ONCE = 1000


def find(session: Session, job_id: uuid.UUID) -> Job:
    """Raises NotFound for a job that is no import."""
    job = operations.find(session, Job, job_id)
    if job.kind != KIND:
        raise NotFound("There is no such import.")
    return job


def export(session: Session, job_id: uuid.UUID, outcomes: Collection[str]) -> Iterator[bytes]:
    """As CSV in pieces: a line for each fault, and one for each row without."""
    rows = queries.rows_of(session, job_id).order_by(ImportRow.row)
    if outcomes:
        rows = rows.where(ImportRow.outcome.in_(outcomes))
    yield lines([COLUMNS])
    last = 0
    while part := session.scalars(rows.where(ImportRow.row > last).limit(ROWS_AT_ONCE)).all():
        last = part[-1].row
        yield lines(line for row in part for line in _lines(row))
        session.expunge_all()


def _lines(row: ImportRow) -> Iterator[tuple[object, ...]]:
    same = (row.row, row.row + 1, row.outcome, row.key, row.string_id, row.value)
    for fault in row.faults:
        yield (*same, fault["column"], fault["code"], fault["message"])
    if not row.faults:
        yield (*same, None, None, None)
