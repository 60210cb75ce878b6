"""What happens when a caller enters: the tenant's row, made at first contact, and the trace of who was refused."""

from dataclasses import replace

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.errors import TenantInactive
from services.sync.models import Schedule, Tenant
from shared.schedules import put_schedule
from shared.tenancy import Context, tenant_of


def enter(settings: Settings, session: Session, context: Context, is_write: bool) -> Context:
    """The context in which the view runs. Raises TenantInactive on writes."""
    session.info["settings"] = settings
    tenant = session.get(Tenant, context.tenant_id) or _arrive(session, context)
    if is_write and tenant.status == "inactive":
        raise TenantInactive("This tenant is inactive; it can be read only.")
    return replace(context, if_match_required=tenant.if_match_required)


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
        .values(tenant_id=context.tenant_id, slug=slug, name=f"Tenant {slug}", version=1)
        .on_conflict_do_nothing()
    )
    put_schedule(session, Schedule, name="cleanup", kind="sync.cleanup", queue="sync", cron="0 2 * * *")
    return session.get_one(Tenant, context.tenant_id)
