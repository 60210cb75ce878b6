"""Health: the report and its history, limits that alarm, alerts."""

from typing import Any

import flask
from flask_smorest import Blueprint
from sqlalchemy import select

from services.validation.domain.health.alerts import State
from services.validation.models import Alert, Threshold
from services.validation.operations.health import handling, reporting
from services.validation.operations.health.history import history
from services.validation.queries.health import newest_report
from services.validation.schemas import health as schemas
from shared import editing
from shared.access import load, requires
from shared.current import current_session
from shared.listing import Listing, envelope, one_of
from shared.resources import Answer, Plain, Values, fresh, listed, register, with_tag
from shared.tenancy import tenant_of

blueprint = Blueprint("health", __name__, description="How healthy the data is, and who is told.")

VIEW, MANAGE = "health.view", "alerts.manage"
ALERTS = Listing(
    key=Alert.id,
    orderings={"id": Alert.id, "created_at": Alert.created_at},
    default="-id",
    filters={"state": one_of(Alert.state), "group": one_of(Alert.group), "severity": one_of(Alert.severity)},
)
register(
    blueprint,
    Plain(
        "thresholds",
        Threshold,
        schemas.ThresholdSchema,
        schemas.ThresholdArgs,
        view=VIEW,
        manage="policy.manage",
        filters={"metric": Threshold.metric},
        orderings={"metric": Threshold.metric},
    ),
)


@blueprint.route("/health", methods=["GET"])
@blueprint.arguments(schemas.HealthArgs, location="query")
@blueprint.response(200, schemas.HealthSchema)
@requires(VIEW)
def read_health(args: Values) -> Answer:
    """The report, made now, or as it was recorded last."""
    session = current_session()
    kept = None if args["fresh"] else newest_report(session)
    if kept is not None:
        return flask.jsonify(kept.report)
    return flask.jsonify(reporting.report(session, period_hours=args["period_hours"])[0])


@blueprint.route("/health/history", methods=["GET"])
@blueprint.arguments(schemas.HealthHistoryArgs, location="query")
@blueprint.response(200, schemas.HealthHistorySchema)
@requires(VIEW)
def read_history(args: Values) -> Any:
    """The points of a metric, with its trend."""
    return history(current_session(), args["metric"], since=args["since"], until=args["until"], step_hours=args["step"])


@blueprint.route("/alerts", methods=["GET"])
@blueprint.arguments(schemas.AlertArgs, location="query")
@blueprint.response(200, envelope(schemas.AlertSchema))
@requires(VIEW)
def list_alerts(args: Values) -> Any:
    """Alerts, newest first."""
    return listed(select(Alert).where(Alert.tenant_id == tenant_of(current_session())), ALERTS, args).as_dict()


@blueprint.route("/alerts/<key:row_id>", methods=["GET"])
@blueprint.response(200, schemas.AlertSchema)
@requires(VIEW, on=Alert)
def read_alert(row_id: int) -> Answer:
    """One alert."""
    return fresh(load(current_session(), Alert, row_id))


@blueprint.route("/alerts/<key:row_id>/acknowledge", methods=["POST"])
@blueprint.arguments(schemas.AlertAsk)
@blueprint.response(200, schemas.AlertSchema)
@requires(MANAGE, on=Alert)
def acknowledge_alert(body: Values, row_id: int) -> Answer:
    """Somebody has it: it is not repeated."""
    return _handled(row_id, State.ACKNOWLEDGED, body)


@blueprint.route("/alerts/<key:row_id>/mute", methods=["POST"])
@blueprint.arguments(schemas.AlertMuteAsk)
@blueprint.response(200, schemas.AlertSchema)
@requires(MANAGE, on=Alert)
def mute_alert(body: Values, row_id: int) -> Answer:
    """Silent until a time, unless it gets worse."""
    return _handled(row_id, State.MUTED, body)


@blueprint.route("/alerts/<key:row_id>/resolve", methods=["POST"])
@blueprint.arguments(schemas.AlertAsk)
@blueprint.response(200, schemas.AlertSchema)
@requires(MANAGE, on=Alert)
def resolve_alert(body: Values, row_id: int) -> Answer:
    """Over by hand; what still alarms opens another one."""
    return _handled(row_id, State.RESOLVED, body)


def _handled(row_id: int, state: State, body: Values) -> Answer:
    session = current_session()
    alert = editing.locked(session, Alert, row_id)
    handling.handle(session, alert, state, reason=body["reason"], until=body.get("until"))
    return with_tag(alert)
