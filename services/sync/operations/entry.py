"""What happens when a caller enters: the tenant's row and its schedules, made at first contact."""

from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.models import Schedule, Tenant
from shared import entering
from shared.schedules import put_schedule
from shared.tenancy import Context


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
    put_schedule(session, Schedule, name="cleanup", kind="sync.cleanup", queue="sync", cron="0 2 * * *")
