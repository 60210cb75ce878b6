"""Rule sets: stored, read, documented. What they say of records stands in `evaluations`."""

from typing import Any

import flask
import yaml
from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.definitions.documents import Document
from services.validation.domain.rules import documenting
from services.validation.domain.rules.documenting import Known
from services.validation.errors import ReservedName
from services.validation.models import IntegrityRun, RuleSet, RuleSetVersion
from services.validation.models.registry import built_in
from services.validation.operations.rule_sets import storing
from services.validation.operations.rule_sets.finding import Found, demand_known, find, row_of
from services.validation.queries.constraints import states
from services.validation.queries.rule_sets import catalogue, history, last_results
from services.validation.schemas import rule_sets as schemas
from shared.access import requires, takes
from shared.current import current_session
from shared.errors import NotFound
from shared.listing import ListArgs, Listing, envelope, one_of
from shared.resources import check_picture, fresh, listed, tag
from shared.tenancy import tenant_of

blueprint = Blueprint("rule_sets", __name__, description="Rules that records and tables are judged by.")

VIEW, MANAGE = "rules.view", "rules.manage"
JSON = "application/json"
YAML = ("application/yaml", "application/x-yaml", "text/yaml")
BODIES = {
    JSON: {"schema": schemas.DefinitionSchema},
    **{kind: {"schema": {"type": "string"}} for kind in YAML},
}
MARKDOWN, HTML = "text/markdown", "text/html"
VERSIONS = Listing(key=RuleSetVersion.number, orderings={"version": RuleSetVersion.number}, default="-version")

HISTORY = Listing(key=IntegrityRun.id, orderings={"created_at": IntegrityRun.created_at}, default="-created_at")


def known_set(_row: None) -> bool:
    """For `requires`: a set that does not exist is told before a missing permission."""
    demand_known(current_session(), (flask.request.view_args or {})["name"])
    return False


@blueprint.route("/rule-sets", methods=["GET"])
@blueprint.arguments(schemas.RuleSetArgs, location="query")
@blueprint.response(200, envelope(schemas.RuleSetSchema))
@requires(VIEW)
def list_rule_sets(args: dict[str, Any]) -> Any:
    """Those in use, the built-in ones too."""
    sets = catalogue(current_session())
    how = Listing(
        key=sets.c.name, orderings={"name": sets.c.name}, default="name", filters={"target": one_of(sets.c.target)}
    )
    page = listed(select(sets), how, args).as_dict()
    page["results"] = [dict(zip(sets.c.keys(), row, strict=True)) | {"latest": row[3]} for row in page["results"]]
    return page


@blueprint.route("/rule-sets/<name>", methods=["GET"])
@blueprint.arguments(schemas.VersionArgs, location="query")
@blueprint.response(200, schemas.RuleSetWithDefinitionSchema)
@blueprint.alt_response(200, schema={"type": "string"}, content_type=YAML[0])
@requires(VIEW, hidden=known_set)
def read_rule_set(args: dict[str, Any], name: str) -> Any:
    """With its definition; with `Accept: application/yaml` the definition alone, as YAML."""
    found = find(current_session(), name, number=args["version"])
    if flask.request.accept_mimetypes.best_match([JSON, *YAML]) in YAML:
        text = yaml.safe_dump(storing.plain(found.rules.source), sort_keys=False, allow_unicode=True)
        return flask.Response(text, content_type=f"{YAML[0]}; charset=utf-8")
    return fresh(_shape(found), _tag(found))


@blueprint.route("/rule-sets/<name>", methods=["PUT"])
@blueprint.doc(requestBody={"required": True, "content": BODIES})
@blueprint.response(200, schemas.RuleSetWithDefinitionSchema)
@blueprint.alt_response(201, schema=schemas.RuleSetWithDefinitionSchema)
@takes(JSON, *YAML)
@requires(MANAGE)
def put_rule_set(name: str) -> Any:
    """Stores a definition as the newest version; one that says the same changes nothing."""
    session, document = current_session(), _sent()
    row = storing.present(session, name)
    if row is not None:
        check_picture(row, None)
    row, is_new = storing.put(session, name, document, row=row)
    found = find(session, row.name)
    headers = {"ETag": _tag(found)} | ({"Location": flask.request.path} if is_new else {})
    return flask.jsonify(schemas.RuleSetWithDefinitionSchema().dump(_shape(found))), 201 if is_new else 200, headers


@blueprint.route("/rule-sets/<name>", methods=["DELETE"])
@blueprint.response(204)
@requires(MANAGE, hidden=known_set)
def delete_rule_set(name: str) -> None:
    """Retires it: nobody is judged by it any more, its versions stay readable."""
    session = current_session()
    if name in built_in():
        raise ReservedName(name)
    row = storing.present(session, name)
    if row is None or row.retired_at is not None:
        raise NotFound("There is no such rule set.")
    check_picture(row, None)
    storing.retire(session, row)


@blueprint.route("/rule-sets/<name>/versions", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, envelope(schemas.VersionSchema))
@requires(VIEW, hidden=known_set)
def list_versions(args: dict[str, Any], name: str) -> Any:
    """All versions of a set, the newest first; also of a retired one. A built-in set is versioned with the service."""
    session = current_session()
    if name in built_in():
        found = find(session, name)
        return {"results": [{"number": found.number}], "next": None, "previous": None}
    rows = select(RuleSetVersion).where(
        RuleSetVersion.tenant_id == tenant_of(session), RuleSetVersion.rule_set_id == row_of(session, name).id
    )
    return listed(rows, VERSIONS, args).as_dict()


@blueprint.route("/rule-sets/<name>/docs", methods=["GET"])
@blueprint.arguments(schemas.DocsArgs, location="query")
@blueprint.response(200, {"type": "string"}, content_type=HTML)
@blueprint.alt_response(200, schema={"type": "string"}, content_type=MARKDOWN)
@requires(VIEW, hidden=known_set)
def read_docs(args: dict[str, Any], name: str) -> Any:
    """The set as a page for people: each rule with reason, severity, limits, constraint and last result."""
    session = current_session()
    found = find(session, name, number=args["version"])
    enforced = [rule.constraint for rule in found.rules.rules if rule.enforce == "database"]
    present = states(session, enforced) if enforced else {}
    known = Known(constraints=present, results=last_results(session, name))
    wanted = args["format"] or flask.request.accept_mimetypes.best_match([HTML, MARKDOWN])
    if wanted in ("markdown", MARKDOWN):
        return flask.Response(documenting.markdown(found.rules, known), content_type=f"{MARKDOWN}; charset=utf-8")
    return flask.Response(documenting.page(found.rules, known), content_type=f"{HTML}; charset=utf-8")


@blueprint.route("/rules/<name>/<rule>/history", methods=["GET"])
@blueprint.arguments(ListArgs, location="query")
@blueprint.response(200, envelope(schemas.FoundByRunSchema))
@requires(VIEW, hidden=known_set)
def list_history(args: dict[str, Any], name: str, rule: str) -> Any:
    """What each integrity run found of a rule, the newest first; also of one that the set has no more."""
    session = current_session()
    runs = history(session, name, rule)
    page = listed(runs, HISTORY, args).as_dict()
    if not page["results"] and find(session, name).rules.rule(rule) is None:
        raise NotFound("There is no such rule.")
    names = [column["name"] for column in runs.column_descriptions]
    page["results"] = [dict(zip(names, row, strict=True)) for row in page["results"]]
    return page


def _sent() -> Document:
    """The document in the body. Raises BadRequest, InvalidDefinition."""
    if flask.request.mimetype in YAML:
        return storing.document_of(flask.request.get_data())
    storing.demand_size(flask.request.get_data())
    return Document(flask.request.get_json(force=True))


def _tag(found: Found) -> str:
    if found.row is None:
        return tag(found.number, parts=[flask.json.dumps(storing.plain(found.rules.source))])
    return tag(found.row.version, parts=[] if found.number == found.row.latest else [found.number])


def _shape(found: Found) -> dict[str, Any]:
    row: RuleSet | None = found.row
    return {
        "name": found.rules.name,
        "title": found.rules.title,
        "target": found.rules.target,
        "version": found.number,
        "latest": found.number if row is None else row.latest,
        "built_in": found.built_in,
        "rules": len(found.rules.rules),
        "created_at": found.created_at,
        "created_by": found.created_by,
        "retired_at": None if row is None else row.retired_at,
        "definition": storing.plain(found.rules.source),
        "lists": list(found.rules.lists),
    }
