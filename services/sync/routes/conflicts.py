"""Conflicts: listed, read, resolved one by one or in bulk, and decided by workflow's callback."""

from collections.abc import Mapping
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from services.sync.loaders.targets import TARGETS
from services.sync.models import SyncConflict
from services.sync.operations.catalogue import model_of
from services.sync.operations.conflicts import approving, resolving
from services.sync.operations.conflicts.resolving import Decision, Verdict
from services.sync.queries import conflicts as queries
from services.sync.schemas import conflicts as schemas
from services.sync.schemas.catalogue import schema_of
from shared import listing
from shared.access import check_signature, load, requires
from shared.current import current_session
from shared.errors import FieldError, Invalid
from shared.listing import Listing
from shared.resources import check_version, fresh, listed, with_tag

blueprint = Blueprint("conflicts", __name__, description="Rows that their source and a person have both changed.")
LISTING = Listing(
    key=SyncConflict.id,
    orderings={
        "id": SyncConflict.id,
        "created_at": SyncConflict.created_at,
        "updated_at": SyncConflict.updated_at,
        "key": SyncConflict.key,
    },
    default="-id",
    filters={
        "pipeline": listing.one_of(SyncConflict.pipeline),
        "table": listing.one_of(SyncConflict.table_name),
        "key": listing.one_of(SyncConflict.key),
        "status": listing.one_of(SyncConflict.status),
        "resolution": listing.one_of(SyncConflict.resolution),
        "run": listing.one_of(SyncConflict.run_id),
    },
)


@blueprint.route("/conflicts", methods=["GET"])
@blueprint.arguments(schemas.ConflictArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.ConflictSchema))
@requires("conflict.view")
def list_conflicts(args: dict[str, Any]) -> Any:
    return listed(queries.all_of(current_session()), LISTING, args).as_dict()


@blueprint.route("/conflicts/<key:conflict_id>", methods=["GET"])
@blueprint.response(200, schemas.ConflictSchema)
@requires("conflict.view", on=SyncConflict)
def read_conflict(conflict_id: int) -> Any:
    return fresh(load(current_session(), SyncConflict, conflict_id))


@blueprint.route("/conflicts/<key:conflict_id>/resolve", methods=["POST"])
@blueprint.arguments(schemas.ResolveSchema)
@blueprint.response(200, schemas.ConflictSchema)
@requires("conflict.resolve", on=SyncConflict)
def resolve_conflict(body: dict[str, Any], conflict_id: int) -> Any:
    """Writes one side or a merge of both, like a load; the same decision again changes nothing."""
    conflict = load(current_session(), SyncConflict, conflict_id)
    check_version(conflict, {})
    values = _merged(conflict, body.get("values") or {})
    decision = Decision(body["resolution"], values, seen=body.get("target_version"))
    return with_tag(resolving.resolve(current_session(), conflict_id, decision))


@blueprint.route("/conflicts/resolve", methods=["POST"])
@blueprint.arguments(schemas.ResolveManySchema)
@blueprint.response(200, schemas.ResolvedManySchema)
@blueprint.alt_response(207, schema=schemas.ResolvedManySchema, description="Some were not resolved.")
@requires("conflict.resolve")
def resolve_conflicts(body: dict[str, Any]) -> Any:
    """Each for itself: 200 if all are resolved, 207 if some are not."""
    session, choice = current_session(), body.get("filter")
    ids = queries.open_ids(session, choice, at_most=schemas.MOST_AT_ONCE) if choice is not None else body["ids"]
    verdicts = resolving.resolve_many(session, ids, Decision(body["resolution"]))
    results = [_told(one, verdicts[one]) for one in dict.fromkeys(ids)]
    counts = {word: sum(told["status"] == word for told in results) for word in ("resolved", "unchanged", "failed")}
    left = queries.count_open(session, choice) if choice is not None else 0
    return flask.jsonify({"results": results, **counts, "left": left}), 207 if counts["failed"] else 200


@blueprint.route("/conflicts/<key:conflict_id>/decision", methods=["POST"])
@blueprint.arguments(schemas.DecisionSchema)
@blueprint.response(200, schemas.ConflictSchema)
@requires("approval.callback", on=SyncConflict)
def take_decision(body: dict[str, Any], conflict_id: int) -> Any:
    """The callback of an approval, signed by the service that it was asked of: approved with an option resolves with
    it, anything else keeps the target."""
    check_signature("approval.callback")
    return approving.decide(current_session(), conflict_id, body)


def _told(conflict_id: int, verdict: Verdict) -> dict[str, Any]:
    refusal = verdict.refusal
    status = "failed" if refusal is not None else "resolved" if verdict.changed else "unchanged"
    said = {"code": None, "detail": None} if refusal is None else {"code": refusal.code, "detail": refusal.detail}
    return {"id": conflict_id, "status": status, **said}


def _merged(conflict: SyncConflict, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as their table takes them. Raises Invalid."""
    same = [name for name in values if name not in conflict.differing_fields]
    if same:
        errors = [FieldError(f"/values/{name}", "not_differing", "Both sides agree on this.") for name in same]
        raise Invalid("Merge the fields that differ, and no others.", code="not_differing", errors=errors)
    if not values or conflict.table_name not in TARGETS:
        return {}
    made = schema_of(TARGETS[conflict.table_name], model_of(conflict.table_name))
    schema = made(only=list(values), partial=True)
    try:
        read: dict[str, Any] = schema.load(values)
    except ma.ValidationError as wrong:
        raise _invalid(wrong.messages_dict) from None
    dumped: dict[str, Any] = schema.dump(read)
    return dumped


def _invalid(messages: Mapping[str, Any]) -> Invalid:
    errors = []
    for name, said in messages.items():
        code, bar, text = str(said[0]).partition("|")
        errors.append(FieldError(f"/values/{name}", code if bar else "invalid", text if bar else code))
    return Invalid(errors[0].detail, code=errors[0].code, errors=errors)
