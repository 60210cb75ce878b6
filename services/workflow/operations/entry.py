"""What happens when a caller enters: the tenant's row, made at first contact."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.orm import Session

from services.workflow.config import Settings
from services.workflow.models import Schedule, Tenant
from services.workflow.queries.delegations import lent_to
from shared import entering
from shared.schedules import put_schedule
from shared.tenancy import Context


def enter(settings: Settings, session: Session, context: Context, is_write: bool) -> Context:
    """The context in which the view runs. Raises TenantInactive on writes."""
    return _with_lent(session, entering.enter(settings, session, context, is_write, model=Tenant, furnish=_furnish))


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
    return entering.own_tenant(session, Tenant)


def _furnish(session: Session) -> None:
    put = partial(put_schedule, session, Schedule, queue="workflow")
    put(name="cleanup", kind="workflow.cleanup", cron="0 2 * * *", catch_up="once")
    put(name="due", kind="workflow.due", cron="* * * * *", catch_up="skip")
    put(name="search-upkeep", kind="workflow.search_upkeep", cron="30 2 * * *")
