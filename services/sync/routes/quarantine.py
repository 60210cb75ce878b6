"""Quarantine: rows that did not load, listed, read, corrected, discarded, tried again."""

from typing import Any

from flask_smorest import Blueprint

from services.sync.models import PipelineRun, QuarantineEntry
from services.sync.operations.quarantine import retrying, settling
from services.sync.queries import quarantine as queries
from services.sync.schemas import quarantine as schemas
from services.sync.schemas.runs import RunSchema, RunsSchema
from shared import listing
from shared.access import load, requires
from shared.current import current_context, current_session
from shared.editing import locked
from shared.listing import Listing
from shared.resources import check_version, fresh, listed, tag

blueprint = Blueprint("quarantine", __name__, description="Rows that did not load, or wait for their parent.")
LISTING = Listing(
    key=QuarantineEntry.id,
    orderings={
        "id": QuarantineEntry.id,
        "first_seen_at": QuarantineEntry.first_seen_at,
        "last_seen_at": QuarantineEntry.last_seen_at,
        "times_seen": QuarantineEntry.times_seen,
        "key": QuarantineEntry.key,
    },
    default="-id",
    filters={
        "pipeline": listing.one_of(QuarantineEntry.pipeline),
        "kind": listing.one_of(QuarantineEntry.kind),
        "stage": listing.one_of(QuarantineEntry.stage),
        "status": listing.one_of(QuarantineEntry.status),
        "key": listing.one_of(QuarantineEntry.key),
        "run": listing.one_of(QuarantineEntry.run_id),
        "waiting_table": listing.one_of(QuarantineEntry.waiting_table),
        "code": queries.has_code,
        "field": queries.has_field,
    },
)


@blueprint.route("/quarantine", methods=["GET"])
@blueprint.arguments(schemas.EntryArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.EntrySchema))
@requires("quarantine.view")
def list_entries(args: dict[str, Any]) -> Any:
    found, raw = listed(queries.all_of(current_session()), LISTING, args).as_dict(), _sees_values()
    return found | {"results": [schemas.shown(entry, raw=raw) for entry in found["results"]]}


@blueprint.route("/quarantine/causes", methods=["GET"])
@blueprint.arguments(schemas.CausesArgs, location="query")
@blueprint.response(200, schemas.CausesSchema)
@requires("quarantine.view")
def list_causes(args: dict[str, Any]) -> Any:
    """What keeps rows from loading: open entries by pipeline, kind, code and field, most entries first."""
    session, asked = current_session(), LISTING.filters.keys() & args.keys()
    meant = queries.all_of(session).where(*(LISTING.filters[name](args[name]) for name in asked))
    return {"results": [schemas.cause_shown(cause) for cause in queries.causes(session, meant, at_most=args["limit"])]}


@blueprint.route("/quarantine/<key:entry_id>", methods=["GET"])
@blueprint.response(200, schemas.EntrySchema)
@requires("quarantine.view", on=QuarantineEntry)
def read_entry(entry_id: int) -> Any:
    entry = load(current_session(), QuarantineEntry, entry_id)
    return fresh(schemas.shown(entry, raw=_sees_values()), _tag(entry))


@blueprint.route("/quarantine/<key:entry_id>", methods=["PATCH"])
@blueprint.arguments(schemas.CorrectionSchema)
@blueprint.response(200, schemas.EntrySchema)
@requires("quarantine.correct", on=QuarantineEntry)
def correct_entry(body: dict[str, Any], entry_id: int) -> Any:
    """Stores a corrected row, which the next re-drive takes."""
    entry = locked(current_session(), QuarantineEntry, entry_id)
    values = check_version(entry, body, etag=_tag(entry))
    settling.correct(current_session(), entry, values["corrected_row"])
    return _answer(entry)


@blueprint.route("/quarantine/<key:entry_id>/redrive", methods=["POST"])
@blueprint.response(202, RunSchema)
@requires("quarantine.redrive", on=QuarantineEntry)
def redrive_entry(entry_id: int) -> Any:
    """Tries the row again, with the pipeline's present version, as a run of kind redrive."""
    entry = load(current_session(), QuarantineEntry, entry_id)
    settling.demand_open(entry)
    (run,) = retrying.redrive(current_session(), {"ids": [entry_id]})
    return run, 202, _location(run)


@blueprint.route("/quarantine/redrive", methods=["POST"])
@blueprint.arguments(schemas.RedriveSchema)
@blueprint.response(202, RunsSchema)
@requires("quarantine.redrive")
def redrive_entries(body: dict[str, Any]) -> Any:
    """Tries open entries again: a run for each pipeline that they are of."""
    runs = retrying.redrive(current_session(), body)
    return {"results": runs}, 202, _location(runs[0])


@blueprint.route("/quarantine/<key:entry_id>/discard", methods=["POST"])
@blueprint.arguments(schemas.DiscardSchema)
@blueprint.response(200, schemas.EntrySchema)
@requires("quarantine.discard", on=QuarantineEntry)
def discard_entry(body: dict[str, Any], entry_id: int) -> Any:
    """A run that meets the same content again skips it."""
    entry = locked(current_session(), QuarantineEntry, entry_id)
    check_version(entry, body, etag=_tag(entry))
    settling.discard(current_session(), entry, body["comment"])
    return _answer(entry)


def _location(run: PipelineRun) -> dict[str, str]:
    return {"Location": f"/api/sync/v1/runs/{run.id}"}


def _answer(entry: QuarantineEntry) -> Any:
    return schemas.shown(entry, raw=_sees_values()), 200, {"ETag": _tag(entry)}


def _tag(entry: QuarantineEntry) -> str:
    """Who sees the values sees something else than who does not."""
    return tag(entry.version, parts=[_sees_values()])


def _sees_values() -> bool:
    return "quarantine.view_raw" in current_context().permissions
