"""Names read back by their rules: one at once, or a whole list."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.models import CheckedName, Job
from services.propagation.operations.names import background, files
from services.propagation.operations.names.checking import Checker, Counts
from services.propagation.operations.names.parsing import parse
from services.propagation.operations.names.wanted import NameRow
from services.propagation.routes import answers, csv_answers
from services.propagation.routes.uploads import MULTIPART, FormBlueprint
from services.propagation.schemas import names as schemas
from services.propagation.schemas.runs import RunSchema
from shared import listing
from shared.access import requires, takes
from shared.current import current_session
from shared.jobs import operations
from shared.listing import Listing
from shared.resources import listed
from shared.tenancy import tenant_of

blueprint = FormBlueprint("names", __name__, description="Names read back by their rules.")
ROWS_OF_A_JOB = 1000
JSON, CSV = "application/json", "text/csv"
BODIES = {
    JSON: {"schema": schemas.CheckSchema},
    CSV: {"schema": {"type": "string", "format": "binary"}},
    MULTIPART: {"schema": schemas.CheckForm},
}
RESULTS = Listing(
    key=CheckedName.row,
    orderings={"row": CheckedName.row},
    default="row",
    filters={"valid": lambda wanted: CheckedName.result["valid"].as_boolean() == wanted},
)


@blueprint.route("/names/parse", methods=["POST"])
@blueprint.arguments(schemas.ParseSchema)
@blueprint.response(200, schemas.ParsedSchema)
@requires("string.view")
def parse_name(body: dict[str, Any]) -> Any:
    """What a name says by the rule of its field, or why it says nothing."""
    return parse(current_session(), body["rule"], body["field"], body["value"], parent_id=body["parent"])


@blueprint.route("/names/check", methods=["POST"])
@blueprint.arguments(schemas.CheckArgs, location="query")
@blueprint.doc(requestBody={"required": True, "content": BODIES})
@blueprint.response(200, schemas.CheckedSchema)
@blueprint.alt_response(200, **csv_answers.DOCUMENTED)
@blueprint.alt_response(202, schema=RunSchema, description="A worker checks them; `jobs/{id}/names` has the answer.")
@takes(JSON, CSV, MULTIPART)
@requires("string.view")
def check_names(args: dict[str, Any]) -> Any:
    """Names checked beside each other, from JSON or from a CSV file; answered as JSON, or as the CSV with columns
    added. From 1000 rows on a job does it."""
    session, rule = current_session(), args["rule"]
    columns, rows = _sent()
    if len(rows) >= ROWS_OF_A_JOB:
        job = background.submit(session, rows, default_rule=rule, columns=columns)
        return answers.ended(RunSchema().dump(job), {}, pending=job)
    checker = Checker.make(session, rows, default_rule=rule)
    found = [(row, checker.check(row)) for row in rows]
    if csv_answers.is_asked_for():
        pieces = files.with_findings(found, columns=columns, dimensions=checker.dimension_names)
        return flask.Response(b"".join(pieces), content_type=csv_answers.CONTENT_TYPE)
    counts = Counts()
    for _row, result in found:
        counts.add(result)
    return flask.jsonify(
        counts.as_dict() | {"duplicates": checker.duplicates(), "results": [result for _row, result in found]}
    )


@blueprint.route("/jobs/<uuid:job_id>/names")
@blueprint.arguments(schemas.CheckedNameArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.CheckedNameSchema))
@blueprint.alt_response(200, **csv_answers.DOCUMENTED)
@requires("job.view", on=Job)
def list_checked_names(args: dict[str, Any], job_id: uuid.UUID) -> Any:
    """What a check of many names has found so far; as CSV the file with columns added. The figures are in the job's
    metadata."""
    session = current_session()
    job = operations.find(session, Job, job_id)
    if args["format"] == "csv" or csv_answers.is_asked_for():
        columns, dimensions = job.metadata_.get("columns", []), job.metadata_.get("names", {}).get("dimensions", [])

        def produce(own: Session) -> Iterator[bytes]:
            return files.with_findings(background.results(own, job_id), columns=columns, dimensions=dimensions)

        return csv_answers.streamed(f"names-{job_id}.csv", produce)
    rows = select(CheckedName.result).where(
        CheckedName.tenant_id == tenant_of(session), CheckedName.job_id == job_id, CheckedName.result.is_not(None)
    )
    return listed(rows, RESULTS, args).as_dict()


def _sent() -> tuple[tuple[str, ...], list[NameRow]]:
    """The columns of the file, none for JSON, and the rows."""
    request, parser = flask.request, blueprint.ARGUMENTS_PARSER
    if request.mimetype == CSV:
        return files.read_rows(request.get_data())
    if request.mimetype == MULTIPART:
        with closing(parser.parse(schemas.CheckForm(), request, location="files")["file"]) as file:
            return files.read_rows(file.read())
    body = parser.parse(schemas.CheckSchema(), request, location="json")
    return (), [NameRow(number, **row) for number, row in enumerate(body["rows"], 1)]
