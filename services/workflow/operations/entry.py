"""What happens when a caller enters: the tenant's row, made at first contact."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.errors import TenantInactive
from services.workflow.models import Schedule, Tenant
from shared.schedules import put_schedule
from shared.tenancy import Context, tenant_of


def enter(settings: Settings, session: Session, context: Context, is_write: bool) -> Context:
    """The context in which the view runs. Raises TenantInactive on writes."""
    session.info["settings"] = settings
    tenant = session.get(Tenant, context.tenant_id) or _arrive(session, context)
    if is_write and tenant.status == "inactive":
        raise TenantInactive("This tenant is inactive; it can be read only.")
    return context


def settings_of(session: Session) -> Settings:
    """The settings of the process that this unit of work runs in."""
    found: Settings = session.info["settings"]
    return found


def own_tenant(session: Session) -> Tenant:
    """The row of the session's tenant; read once for each unit of work."""
    tenant = session.get_one(Tenant, tenant_of(session))
    session.info["tenant"] = tenant  # held, or the session would forget it and read it again
    return tenant


def _arrive(session: Session, context: Context) -> Tenant:
    """First contact of a tenant. Two at once are one: the second finds the first's rows."""
    slug = str(context.tenant_id)[:8]
    session.execute(
        insert(Tenant)
        .values(tenant_id=context.tenant_id, slug=slug, name=f"Tenant {slug}", version=0)
        .on_conflict_do_nothing()
    )
    put_schedule(
        session, Schedule, name="cleanup", kind="workflow.cleanup", queue="workflow", cron="0 2 * * *", catch_up="once"
    )
    put_schedule(
        session, Schedule, name="due", kind="workflow.due", queue="workflow", cron="* * * * *", catch_up="skip"
    )
    put_schedule(
        session, Schedule, name="search-upkeep", kind="workflow.search_upkeep", queue="workflow", cron="30 2 * * *"
    )
    return session.get_one(Tenant, context.tenant_id)
