"""Strings from a CSV file, and what became of each of its rows."""

import uuid
from contextlib import closing
from typing import Any

import flask

from services.propagation.domain.sheets import MAX_BYTES
from services.propagation.models import ImportRow, Job
from services.propagation.operations.imports import entering, reporting
from services.propagation.queries import imports as queries
from services.propagation.routes import csv_answers
from services.propagation.routes.environment import environment
from services.propagation.routes.uploads import MULTIPART, FormBlueprint
from services.propagation.schemas import imports as schemas
from services.propagation.schemas.imports import row_view
from services.propagation.schemas.runs import RunSchema
from shared import listing
from shared.access import requires, takes
from shared.current import current_session
from shared.jobs.answers import accepted, job_address
from shared.listing import Listing
from shared.resources import listed

blueprint = FormBlueprint("imports", __name__, description="Strings from a file, as one run.")
AROUND_THE_FILE = 64 * 1024
STATUS = {"completed": 200, "partial_failure": 207, "failed": 409}
ROWS = Listing(
    key=ImportRow.row,
    orderings={"row": ImportRow.row},
    default="row",
    filters={"outcome": listing.one_of(ImportRow.outcome)},
)


@blueprint.route("/imports", methods=["POST"])
@blueprint.arguments(schemas.ImportForm, location="files")
@blueprint.response(200, schemas.ImportSchema)
@blueprint.alt_response(202, schema=schemas.ImportSchema, description="A worker has it.")
@blueprint.alt_response(207, schema=schemas.ImportSchema, description="Some rows were refused.")
@blueprint.alt_response(409, schema=schemas.ImportSchema, description="Nothing was imported.")
@takes(MULTIPART, max_bytes=MAX_BYTES + AROUND_THE_FILE)
@requires("string.edit")
def import_strings(form: dict[str, Any]) -> Any:
    """One run for the whole file. Columns: string_id, key, parent_id, parent_key, field, value, `dimension:<name>`,
    `custom:<key>`; those of an export.

    A row with a string_id changes that string, one without makes a new one. `dry_run` is on unless switched off.
    """
    session = current_session()
    options = {name: form[name] for name in ("error_handling",) if name in form}
    savepoint = session.begin_nested()
    with closing(form["file"]) as file:
        content = file.read()
    job = entering.enter(session, content, form["rule"], options, environment(), dry_run=form["dry_run"])
    answer = _shown(entering.answer(session, job))
    if not job.is_ended:
        savepoint.commit()
        answer |= {"tracking_url": job_address(job)}
        return flask.jsonify(answer), *accepted(job, RunSchema)[1:]
    if form["dry_run"]:
        savepoint.rollback()
        return flask.jsonify(answer | {"job_id": None})
    savepoint.commit()
    status = STATUS[job.status]
    if status == 409:
        answer["code"] = "nothing_applied"
    return flask.jsonify(answer), status, {"Location": job_address(job)}


@blueprint.route("/imports/<uuid:job_id>", methods=["GET"])
@blueprint.response(200, schemas.ImportSchema)
@requires("job.view", on=Job)
def read_import(job_id: uuid.UUID) -> Any:
    """How far an import is, with its first rows."""
    job = reporting.find(current_session(), job_id)
    return flask.jsonify(_shown(entering.answer(current_session(), job)) | {"tracking_url": job_address(job)})


@blueprint.route("/imports/<uuid:job_id>/rows", methods=["GET"])
@blueprint.arguments(schemas.ImportRowArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.ImportRowSchema))
@blueprint.alt_response(200, **csv_answers.DOCUMENTED)
@requires("job.view", on=Job)
def list_import_rows(args: dict[str, Any], job_id: uuid.UUID) -> Any:
    """What became of each row; as CSV a line for each fault."""
    job = reporting.find(current_session(), job_id)
    if args["format"] == "csv" or csv_answers.is_asked_for():
        outcomes = args.get("outcome") or ()
        return csv_answers.streamed(f"import-{job_id}.csv", lambda own: reporting.export(own, job.id, outcomes))
    found = listed(queries.rows_of(current_session(), job.id), ROWS, args).as_dict()
    return found | {"results": [row_view(row) for row in found["results"]]}


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"rows": [row_view(row) for row in answer["rows"]]}
