"""Searches kept under a name, by the person who keeps them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.workflow.models import SavedSearch, Schedule
from shared import editing
from shared.auth import demand
from shared.errors import NotFound
from shared.schedules import put_schedule
from shared.tenancy import context_of, tenant_of

PAUSES = {
    "realtime": timedelta(minutes=1),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
}
EVERY_MINUTE, EVERY_HOUR = "* * * * *", "0 * * * *"


def save(session: Session, values: Mapping[str, Any]) -> SavedSearch:
    """A new saved search of the caller. Raises PermissionMissing for a public one without search.share."""
    _demand_share(session, values)
    saved = editing.create(session, SavedSearch, {**values, **_alerting(session, values), **_rights(session)})
    _schedule(session)
    return saved


def change(session: Session, saved: SavedSearch, values: Mapping[str, Any]) -> bool:
    """Alerts that are switched on look at what changes from now on."""
    _demand_share(session, values)
    same = all(getattr(saved, name) == values.get(name, getattr(saved, name)) for name in _OF_ALERTS)
    planned = {name: getattr(saved, name) for name in _OF_ALERTS} | dict(values)
    changed = editing.change(session, saved, {**values, **({} if same else _alerting(session, planned))})
    for name, value in _rights(session).items():
        setattr(saved, name, value)
    _schedule(session)
    return changed


def remove(session: Session, saved: SavedSearch) -> None:
    editing.delete(session, saved)
    _schedule(session)


def find(session: Session, saved_id: int, *, own: bool = False) -> SavedSearch:
    """The caller's saved search, or a public one unless `own`. Raises NotFound."""
    saved = session.get(SavedSearch, (tenant_of(session), saved_id))
    if saved is None or not (saved.created_by == context_of(session).actor or saved.is_public):
        raise NotFound("There is no such saved search.")
    if own and saved.created_by != context_of(session).actor:
        demand(context_of(session), "search.manage")
    return saved


_OF_ALERTS = ("alert_enabled", "alert_frequency")


def _alerting(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """When the alerts of a search with these values are due first."""
    now = datetime.now(UTC)
    if not values.get("alert_enabled"):
        return {"next_alert_at": None, "alerted_until": None}
    pause = PAUSES[values.get("alert_frequency") or "daily"]
    # What this very transaction still writes is later than its `now()`.
    return {"next_alert_at": now + pause, "alerted_until": session.scalar(select(func.now()))}


def _rights(session: Session) -> dict[str, Any]:
    """What the owner sees by the token of the last save: alerts are computed without one."""
    context = context_of(session)
    return {"owner_permissions": sorted(context.permissions), "owner_teams": sorted(context.teams)}


def _demand_share(session: Session, values: Mapping[str, Any]) -> None:
    if values.get("is_public"):
        demand(context_of(session), "search.share")


def _schedule(session: Session) -> None:
    """A tenant's alerts are looked after as often as its quickest one needs, and not at all without any."""
    session.flush()
    enabled = select(SavedSearch.alert_frequency).where(
        SavedSearch.tenant_id == tenant_of(session), SavedSearch.alert_enabled
    )
    frequencies = set(session.scalars(enabled.distinct()))
    put_schedule(
        session,
        Schedule,
        name="search-alerts",
        kind="workflow.search_alerts",
        queue="workflow",
        cron=EVERY_MINUTE if "realtime" in frequencies else EVERY_HOUR,
        active=bool(frequencies),
    )
