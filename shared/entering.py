"""What happens when a caller enters a service: the tenant's row, made at first contact."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.config import Settings
from shared.errors import DomainError
from shared.tenancy import Context, TenantMixin, tenant_of

Tenant = TypeVar("Tenant", bound=TenantMixin)
Furnish = Callable[[Session], None]


class TenantInactive(DomainError):
    """An inactive tenant can be read, nothing else."""

    status = 403
    code = "tenant_inactive"


def enter(
    settings: Settings,
    session: Session,
    context: Context,
    is_write: bool,
    *,
    model: type[TenantMixin],
    furnish: Furnish,
) -> Context:
    """The context in which the view runs. `furnish` makes what every tenant of the service begins with; several first
    calls at once may each do so. Raises TenantInactive on writes."""
    session.info["settings"] = settings
    tenant = session.scalar(_own(model), {"tenant": context.tenant_id})  # type: ignore[arg-type]  # classes hash
    if tenant is None:
        slug = str(context.tenant_id)[:8]
        first = {"tenant_id": context.tenant_id, "slug": slug, "name": f"Tenant {slug}"}
        session.execute(insert(model).values(first).on_conflict_do_nothing())
        furnish(session)
        tenant = session.get_one(model, context.tenant_id)
    if is_write and tenant.status == "inactive":
        raise TenantInactive("This tenant is inactive; it can be read only.")
    session.info["tenant"] = tenant  # held, or the session would forget it and read it again
    return replace(context, if_match_required=tenant.if_match_required)


@cache
def _own(model: type[TenantMixin]) -> Select[Any]:
    """Made once: every request asks it."""
    return select(model).where(model.tenant_id == bindparam("tenant"))


def own_tenant(session: Session, model: type[Tenant]) -> Tenant:
    """The row of the session's tenant; read once for each unit of work."""
    tenant = session.get_one(model, tenant_of(session))
    session.info["tenant"] = tenant
    return tenant
