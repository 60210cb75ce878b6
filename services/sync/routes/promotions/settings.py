"""The settings of promotions: saved, overridden, restored, looked ahead with."""

from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint
from sqlalchemy import select

from services.sync.domain.promotions.settings import NAMES, SyncSettings
from services.sync.models import Brand, PromotionSettings, PromotionSettingsSave, Store
from services.sync.operations.edges.telling import arrange
from services.sync.operations.promotions import previewing, rehearsing, settings
from services.sync.routes.edge.calls import present
from services.sync.schemas.promotions import settings as schemas
from services.sync.schemas.promotions.fields import Count, Flag
from shared import editing, listing
from shared.access import load, requires, takes
from shared.current import current_session
from shared.errors import DomainError, NotFound
from shared.listing import Listing, one_of
from shared.problems import MEDIA_TYPE, field_errors
from shared.resources import Answer, check_picture, fresh, listed, tag_of

blueprint = Blueprint("promotion_settings", __name__, description="Which promotions stores get, and when.")
PAGE = "/sync/promotions/settings"
FORM = "application/x-www-form-urlencoded"
NOT_TICKED = ("", "false", "0", "off", "no")
HISTORY = Listing(
    key=PromotionSettingsSave.id,
    orderings={"id": PromotionSettingsSave.id, "saved_at": PromotionSettingsSave.saved_at},
    default="-id",
    filters={"layer": one_of(PromotionSettingsSave.layer)},
)


class SettingsRefused(DomainError):
    """The long-known page's save: one error per field, nothing stored."""

    status = 400
    code = "invalid"


@blueprint.route("/promotion-settings", methods=["GET"])
@blueprint.response(200, schemas.SettingsSchema)
@requires("promotion.view")
def read_settings() -> Answer:
    return fresh(settings.own_settings(current_session()))


@blueprint.route("/promotion-settings", methods=["PATCH"])
@blueprint.arguments(schemas.SettingsSchema)
@blueprint.response(200, schemas.SettingsSchema)
@requires("promotion.settings")
def change_settings(body: dict[str, Any]) -> Any:
    return _saved(body)


@blueprint.route("/promotion-settings", methods=["PUT"])
@blueprint.arguments(schemas.SettingsSchema)
@blueprint.response(200, schemas.SettingsSchema)
@requires("promotion.settings")
def replace_settings(body: dict[str, Any]) -> Any:
    return _saved(SyncSettings().as_dict() | body)


@blueprint.route("/promotion-settings", methods=["POST"])
@blueprint.doc(
    requestBody={
        "content": {
            "application/json": {"schema": {"type": "object", "additionalProperties": True}},
            FORM: {"schema": {"type": "object", "additionalProperties": True}},
        }
    }
)
@blueprint.response(200, schemas.SettingsSchema)
@takes("application/json", FORM)
@requires("promotion.settings")
def save_settings() -> Any:
    is_form = flask.request.mimetype == FORM
    sent: Any = _of_form() if is_form else flask.request.get_json(silent=True)
    try:
        body = schemas.SettingsSchema().load(sent)
    except ma.ValidationError as failure:
        raise _refused(failure) from failure
    answer = _saved(body)
    return flask.redirect(PAGE, 303) if is_form else answer


@blueprint.route("/promotion-settings/effective", methods=["GET"])
@blueprint.arguments(schemas.EffectiveArgs, location="query")
@blueprint.response(200, schemas.EffectiveSchema)
@requires("promotion.view")
def read_effective(args: dict[str, Any]) -> Any:
    place = previewing.place_of(current_session(), store_id=args["store_id"])
    values, origins = settings.effective_settings(current_session(), store_id=place.store_id, brand_id=place.brand_id)
    return {"values": values.as_dict(), "origins": origins}


@blueprint.route("/promotion-settings/overrides/<string:layer>/<id:target_id>", methods=["PUT"])
@blueprint.arguments(schemas.OverrideSchema)
@blueprint.response(200, schemas.OverrideSchema)
@requires("promotion.settings")
def put_override(body: dict[str, Any], layer: Any, target_id: Any) -> Any:
    _demand_layer(layer)
    session = current_session()
    load(session, Brand if layer == "brand" else Store, target_id)
    row = settings.own_override(session, layer, target_id)
    if row is not None:
        check_picture(row, None)
    row = settings.put_override(session, row, body, layer=layer, target_id=target_id)
    return row, 200, {"ETag": tag_of(row)}


@blueprint.route("/promotion-settings/overrides/<string:layer>/<id:target_id>", methods=["DELETE"])
@blueprint.response(204)
@requires("promotion.settings")
def drop_override(layer: Any, target_id: Any) -> None:
    _demand_layer(layer)
    row = settings.own_override(current_session(), layer, target_id)
    if row is None:
        raise NotFound(f"This {layer} overrides nothing.")
    check_picture(row, None)
    settings.drop_override(current_session(), row, layer=layer, target_id=target_id)


@blueprint.route("/promotion-settings/history", methods=["GET"])
@blueprint.arguments(schemas.HistoryArgs, location="query")
@blueprint.response(200, listing.envelope(schemas.SaveSchema))
@requires("promotion.view")
def list_history(args: dict[str, Any]) -> Any:
    return listed(select(PromotionSettingsSave), HISTORY, args).as_dict()


@blueprint.route("/promotion-settings/restore", methods=["POST"])
@blueprint.arguments(schemas.RestoreSchema)
@blueprint.response(200, schemas.SettingsSchema)
@requires("promotion.settings")
def restore_settings(body: dict[str, Any]) -> Any:
    save = settings.find_save(current_session(), body["id"])
    row = settings.restore(current_session(), _own(), save)
    arrange(current_session())
    return row, 200, {"ETag": tag_of(row)}


@blueprint.route("/promotion-settings/force-full-sync", methods=["POST"])
@blueprint.arguments(schemas.ForceSchema)
@blueprint.response(200, schemas.SettingsSchema)
@requires("promotion.force_sync")
def force_full_sync(body: dict[str, Any]) -> Any:
    row = settings.force_full_sync(current_session(), _own(), body["comment"], present())
    return row, 200, {"ETag": tag_of(row)}


@blueprint.route("/promotion-settings/preview-query", methods=["GET"])
@blueprint.arguments(schemas.PreviewArgs, location="query")
@blueprint.response(200, schemas.PreviewSchema)
@requires("promotion.view")
def preview_saved(args: dict[str, Any]) -> Any:
    place = previewing.place_of(current_session(), store_id=args["store_id"])
    return previewing.preview(current_session(), place, present())


@blueprint.route("/promotion-settings/preview", methods=["POST"])
@blueprint.arguments(schemas.TrySchema)
@blueprint.response(200, schemas.PreviewSchema)
@requires("promotion.view")
def preview_unsaved(body: dict[str, Any]) -> Any:
    place = previewing.place_of(current_session(), store_id=body["store_id"], brand_id=body["brand_id"])
    now = body["at"] or present()
    return previewing.rehearse(current_session(), place, body, now, samples=body["limit"])


@blueprint.route("/promotion-settings/rehearsal", methods=["POST"])
@blueprint.arguments(schemas.RehearsalSchema)
@blueprint.response(200, schemas.MovesSchema)
@requires("promotion.view")
def rehearse_settings(body: dict[str, Any]) -> Any:
    """What saving these settings would move in all active stores at once."""
    return rehearsing.moves(current_session(), body, body["at"] or present())


def told_without_company(response: flask.Response) -> flask.Response:
    """The one place where a caller without a company hears it in another form than everywhere else."""
    if response.mimetype != MEDIA_TYPE or not flask.request.path.rstrip("/").endswith("/preview-query"):
        return response
    body = response.get_json()
    if body["code"] in ("tenant_missing", "company_not_found"):
        response.status_code = 400
        told = {"title": "Bad Request", "status": 400, "success": False, "error": body["detail"]}
        response.set_data(flask.json.dumps(body | told))
    return response


def _demand_layer(layer: str) -> None:
    if layer not in ("brand", "store"):
        raise NotFound("Only brands and stores override settings.")


def _own(version: int | None = None) -> PromotionSettings:
    """The company's row, locked. Raises VersionConflict where the caller has read another than there is now."""
    row = editing.locked(current_session(), PromotionSettings, settings.own_settings(current_session()).tenant_id)
    check_picture(row, version)
    return row


def _saved(body: dict[str, Any]) -> Any:
    row, session = _own(body.get("version")), current_session()
    if settings.save(session, row, {name: value for name, value in body.items() if name in NAMES}):
        arrange(session)
    return row, 200, {"ETag": tag_of(row)}


def _of_form() -> dict[str, Any]:
    """A form says of a box only that it is ticked, and everything else as text."""
    sent, fields = flask.request.form, schemas.SettingsSchema().fields
    boxes = [name for name, field in fields.items() if isinstance(field, Flag)]
    values: dict[str, Any] = {name: sent.get(name, "").lower() not in NOT_TICKED for name in boxes}
    for name, field in fields.items():
        if isinstance(field, Count) and name in sent:
            values[name] = int(sent[name]) if sent[name].strip().lstrip("-").isdecimal() else sent[name]
    values |= {name: sent[name] for name in ("sync_strategy", "company_id") if name in sent}
    times = [each.strip() for line in sent.getlist("sync_times") for each in line.split(",") if each.strip()]
    return values | ({"sync_times": times} if "sync_times" in sent else {})


def _refused(failure: ma.ValidationError) -> SettingsRefused:
    return SettingsRefused("The settings were not saved.", errors=list(field_errors(failure.messages, "")))
