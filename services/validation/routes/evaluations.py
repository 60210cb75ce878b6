"""Posted records judged by rule sets, and definitions tried before they are stored."""

from typing import Any

import flask
import orjson
from flask_smorest import Blueprint
from sqlalchemy import select
from webargs.flaskparser import FlaskParser

from services.validation.definitions.documents import Document
from services.validation.errors import InvalidDefinition
from services.validation.models.registry import built_in
from services.validation.operations.rule_sets import evaluating, storing
from services.validation.operations.rule_sets.finding import find, row_of
from services.validation.queries.rule_sets import totals
from services.validation.routes.rule_sets import VIEW, known_set
from services.validation.schemas import rule_sets as schemas
from shared.access import requires
from shared.current import current_session
from shared.listing import Listing, envelope, one_of
from shared.resources import listed


class _RecordsParser(FlaskParser):
    """Reads large bodies in a fifth of the time, and nothing that is no JSON (`NaN`)."""

    def _raw_load_json(self, req: flask.Request) -> Any:
        return orjson.loads(req.get_data())


class _RecordsBlueprint(Blueprint):  # type: ignore[misc]  # flask-smorest ships no types
    ARGUMENTS_PARSER = _RecordsParser()


blueprint = _RecordsBlueprint("evaluations", __name__, description="What rule sets say of posted records.")

EVALUATE = "rules.evaluate"


@blueprint.route("/rule-sets/<name>/evaluate", methods=["POST"])
@blueprint.arguments(schemas.EvaluateSchema)
@blueprint.response(200, schemas.EvaluationSchema)
@requires(EVALUATE, hidden=known_set)
def evaluate(body: dict[str, Any], name: str) -> Any:
    """Which records break which rule: 200 also when all of them do. Nothing of the records is stored."""
    session = current_session()
    found = find(session, name, number=body["version"])
    return flask.jsonify(evaluating.evaluate(session, found, body))


@blueprint.route("/rule-sets/check", methods=["POST"])
@blueprint.arguments(schemas.CheckDefinitionSchema)
@blueprint.response(200, schemas.CheckedDefinitionSchema)
@requires(EVALUATE)
def check_definition(body: dict[str, Any]) -> Any:
    """What is wrong with a definition, or what it says of some records; nothing is stored."""
    sent = body["definition"]
    try:
        document = storing.document_of(sent.encode()) if isinstance(sent, str) else Document(sent)
        rules = storing.read_document(document)
    except InvalidDefinition as refusal:
        return flask.jsonify({"valid": False, "faults": [fault.as_dict() for fault in refusal.errors], "results": None})
    results = None
    if body["records"] is not None:
        results = evaluating.tried(current_session(), rules, body)
    return flask.jsonify({"valid": True, "faults": [], "results": results})


@blueprint.route("/rule-sets/<name>/evaluations", methods=["GET"])
@blueprint.arguments(schemas.EvaluationArgs, location="query")
@blueprint.response(200, envelope(schemas.EvaluationTotalsSchema))
@requires(VIEW, hidden=known_set)
def list_evaluations(args: dict[str, Any], name: str) -> Any:
    """The totals of callers' runs, by the label that they gave."""
    if name in built_in():
        return {"results": [], "next": None, "previous": None}
    session = current_session()
    runs = totals(session, row_of(session, name))
    how = Listing(
        key=runs.c.label,
        orderings={"label": runs.c.label, "last_at": runs.c.last_at},
        default="-last_at",
        filters={"label": one_of(runs.c.label)},
    )
    page = listed(select(runs), how, args).as_dict()
    page["results"] = [dict(zip(runs.c.keys(), row, strict=True)) for row in page["results"]]
    return page
