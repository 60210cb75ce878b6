"""The settings of a company's promotions: read, saved, overridden, restored, each save with its history."""

import uuid
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final, Literal

import structlog
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.sync.domain.promotions.settings import NAMES, OVERRIDABLE, Layer, SyncSettings, effective
from services.sync.models import (
    Outbox,
    PromotionOverride,
    PromotionSettings,
    PromotionSettingsSave,
    Webhook,
)
from shared import editing
from shared.auditing.classification import diff
from shared.errors import NotFound
from shared.tenancy import context_of, tenant_of
from shared.webhooks.publishing import Event, publish

Target = Literal["brand", "store"]
Overrides = dict[tuple[str, uuid.UUID | None], dict[str, Any]]
CHANGED: Final = "promotion_settings.changed"
log = structlog.get_logger(__name__)


def own_settings(session: Session) -> PromotionSettings:
    """The company's row, made with the defaults at first use by anyone. Two at once are one."""
    tenant_id = tenant_of(session)
    found = session.get(PromotionSettings, tenant_id)
    if found is None:
        session.execute(insert(PromotionSettings).values(tenant_id=tenant_id, version=1).on_conflict_do_nothing())
        found = session.get_one(PromotionSettings, tenant_id)
    session.info["promotion_settings"] = found  # held, or the session would forget it and read it again
    return found


def values_of(row: PromotionSettings) -> SyncSettings:
    return SyncSettings().with_values({name: getattr(row, name) for name in NAMES})


def effective_settings(
    session: Session, *, store_id: uuid.UUID | None, brand_id: uuid.UUID | None
) -> tuple[SyncSettings, dict[str, Layer]]:
    """What counts for a store with a brand in force, and from which layer each value comes."""
    overrides = overrides_of(session, store_ids=[store_id], brand_ids=[brand_id])
    return in_force(values_of(own_settings(session)), overrides, store_id=store_id, brand_id=brand_id)


def in_force(
    company: SyncSettings, overrides: Overrides, *, store_id: uuid.UUID | None, brand_id: uuid.UUID | None
) -> tuple[SyncSettings, dict[str, Layer]]:
    """The same of values that have been read."""
    return effective(
        company, brand=overrides.get(("brand", brand_id), {}), store=overrides.get(("store", store_id), {})
    )


def overrides_of(
    session: Session,
    *,
    store_ids: list[uuid.UUID | None] | None = None,
    brand_ids: list[uuid.UUID | None] | None = None,
) -> Overrides:
    """Values by layer and id; all of the company unless some are named."""
    statement = select(PromotionOverride)
    if store_ids is not None or brand_ids is not None:
        statement = statement.where(
            or_(PromotionOverride.store_id.in_(store_ids or []), PromotionOverride.brand_id.in_(brand_ids or []))
        )
    found: Overrides = {}
    for row in session.scalars(statement):
        key = ("brand", row.brand_id) if row.brand_id else ("store", row.store_id)
        found[key] = {name: getattr(row, name) for name in OVERRIDABLE}
    return found


def save(session: Session, row: PromotionSettings, values: Mapping[str, Any], *, comment: str | None = None) -> bool:
    """Stores what differs, with its history and the event; returns whether there was anything."""
    before = {name: getattr(row, name) for name in NAMES}
    if not editing.change(session, row, values):
        return False
    _record(session, "company", None, before, {name: getattr(row, name) for name in NAMES}, comment)
    return True


def force_full_sync(session: Session, row: PromotionSettings, comment: str, now: datetime) -> PromotionSettings:
    """Makes every cursor issued so far void."""
    before = {"forced": row.forced}
    editing.change(session, row, {"forced": row.forced + 1, "forced_at": now}, verb="full_sync_forced")
    values = {name: getattr(row, name) for name in NAMES}
    _record(session, "company", None, before, {"forced": row.forced}, comment, values=values)
    return row


def own_override(session: Session, layer: Target, target_id: uuid.UUID) -> PromotionOverride | None:
    """What a brand or store overrides, locked."""
    column = PromotionOverride.brand_id if layer == "brand" else PromotionOverride.store_id
    return session.scalar(select(PromotionOverride).where(column == target_id).with_for_update())


def put_override(
    session: Session,
    row: PromotionOverride | None,
    values: Mapping[str, Any],
    *,
    layer: Target,
    target_id: uuid.UUID,
) -> PromotionOverride:
    """Makes these the whole override of a brand or store: what is not named counts as above."""
    whole = {name: values.get(name) for name in OVERRIDABLE}
    before = {name: getattr(row, name, None) for name in OVERRIDABLE}
    if row is None:
        row = editing.create(session, PromotionOverride, {f"{layer}_id": target_id} | whole)
    elif not editing.change(session, row, whole):
        return row
    _record(session, layer, target_id, before, whole, None)
    return row


def drop_override(session: Session, row: PromotionOverride, *, layer: Target, target_id: uuid.UUID) -> None:
    before = {name: getattr(row, name) for name in OVERRIDABLE}
    editing.delete(session, row)
    _record(session, layer, target_id, before, dict.fromkeys(OVERRIDABLE), None)


def find_save(session: Session, save_id: int) -> PromotionSettingsSave:
    """A save of the company's settings. Raises NotFound."""
    found = session.get(PromotionSettingsSave, (tenant_of(session), save_id))
    if found is None or found.layer != "company":
        raise NotFound("There is no such version of the settings.")
    return found


def restore(session: Session, row: PromotionSettings, found: PromotionSettingsSave) -> PromotionSettings:
    """Brings the company's values back to what they were after one save."""
    values = {name: found.values[name] for name in NAMES if name in found.values}
    values["sync_times"] = [time.fromisoformat(each) for each in values.get("sync_times", [])]
    save(session, row, values, comment=f"restored from {found.id}")
    return row


def _record(
    session: Session,
    layer: str,
    target_id: uuid.UUID | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    comment: str | None,
    *,
    values: Mapping[str, Any] | None = None,
) -> None:
    context, changes = context_of(session), diff(before, after)
    if not changes:
        return
    session.add(
        PromotionSettingsSave(
            tenant_id=tenant_of(session),
            layer=layer,
            target_id=target_id,
            saved_by=context.actor,
            saved_by_name=context.actor_name,
            changes=changes,
            values=_plain(values or after),
            comment=comment,
        )
    )
    told = {"layer": layer, "target_id": target_id and str(target_id), "changes": changes}
    log.info(CHANGED, **told)
    publish(session, Outbox, Webhook, [Event(CHANGED, told)])


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [each.isoformat() for each in value] if isinstance(value, (list, tuple)) else value
        for name, value in values.items()
    }
