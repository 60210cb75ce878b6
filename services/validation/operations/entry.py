"""What happens when a caller enters: the tenant's row, made at first contact with what every tenant starts with."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.validation.config import Settings
from services.validation.domain.gamelines import GAMELINES
from services.validation.domain.health.thresholds import USUAL
from services.validation.domain.ledger.tariffs import DEFAULTS
from services.validation.domain.ledger.tariffs import Tariff as Prices
from services.validation.domain.traits import STARTING_BACKGROUNDS
from services.validation.models import Base, Gameline, Schedule, Tariff, Tenant, Threshold, TraitDefinition
from shared import entering
from shared.schedules import put_schedule
from shared.tenancy import Context, tenant_of

# The tenant's own setting: tables that its own rules for the API are about.
API_TABLES = "api_tables"
HOURLY_REPORT = "hourly report"
# Name, kind of job, when; a tenant may change its rows.
_SCHEDULES = (
    ("cleanup", "validation.cleanup", "0 2 * * *"),
    (HOURLY_REPORT, "validation.report", "0 * * * *"),
    ("daily report", "validation.report", "0 9 * * *"),
)


def enter(settings: Settings, session: Session, context: Context, is_write: bool) -> Context:
    """The context in which the view runs. Raises TenantInactive on writes."""
    return entering.enter(settings, session, context, is_write, model=Tenant, furnish=_furnish)


def settings_of(session: Session) -> Settings:
    """The settings of the process that this unit of work runs in."""
    found: Settings = session.info["settings"]
    return found


def own_tenant(session: Session) -> Tenant:
    """The row of the session's tenant; read once for each unit of work."""
    return entering.own_tenant(session, Tenant)


def _furnish(session: Session) -> None:
    own_tenant(session).settings = {API_TABLES: []}
    _put(session, Gameline, [{"code": code, "name": name} for code, name in GAMELINES.items()])
    backgrounds = [{"code": code, "label": label, "kind": "background"} for code, label in STARTING_BACKGROUNDS.items()]
    _put(session, TraitDefinition, backgrounds)
    _put(session, Tariff, [_prices(tariff) for tariff in DEFAULTS])
    limits = [
        {name: getattr(usual, name) for name in ("metric", "target", "alert", "action")} for usual in USUAL.values()
    ]
    _put(session, Threshold, limits)
    for name, kind, cron in _SCHEDULES:
        put_schedule(session, Schedule, name=name, kind=kind, queue="validation", cron=cron, catch_up="once")


def _prices(tariff: Prices) -> dict[str, Any]:
    return {
        "kind": tariff.kind,
        "class_": tariff.trait_class,
        "factor": tariff.factor,
        "new_price": tariff.new_price,
        "change_price": tariff.change_price,
        "cap": tariff.cap,
    }


def _put(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    tenant_id = tenant_of(session)
    session.execute(insert(model).values([{"tenant_id": tenant_id, **row} for row in rows]).on_conflict_do_nothing())
