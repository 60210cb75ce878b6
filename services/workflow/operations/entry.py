"""What happens when a caller enters: the tenant's row, made at first contact."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.errors import TenantInactive
from services.workflow.models import Schedule, Tenant
from services.workflow.queries.delegations import lent_to
from shared.schedules import put_schedule
from shared.tenancy import Context, tenant_of


def enter(settings: Settings, session: Session, context: Context, is_write: bool) -> Context:
    """The context in which the view runs. Raises TenantInactive on writes."""
    session.info["settings"] = settings
    tenant = session.get(Tenant, context.tenant_id) or _arrive(session, context)
    if is_write and tenant.status == "inactive":
        raise TenantInactive("This tenant is inactive; it can be read only.")
    return _with_lent(session, replace(context, if_match_required=tenant.if_match_required))


def _with_lent(session: Session, context: Context) -> Context:
    """The caller also has what others lend him at the moment; what he holds himself counts as his own."""
    if context.actor is None or context.is_service:
        return context
    borrowed = lent_to(session, context.actor, datetime.now(UTC))
    lent = {name: lender for name, lender in borrowed.items() if name not in context.permissions}
    session.info["lent"] = lent
    return replace(context, permissions=context.permissions | lent.keys()) if lent else context


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
