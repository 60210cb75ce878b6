"""Who acts, for which tenant: the context of one unit of work, and the tenant column that every table carries."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Text, func, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared.errors import DomainError


class TenantMissing(DomainError):
    """The token names no tenant, so there is nothing that it could see."""

    status = 403
    code = "tenant_missing"


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf a transaction runs.

    `actor` is the token's subject; None is the system itself. A job runs in the context stored in its row,
    never under a stored token. `if_match_required` is the tenant's wish for every change.
    """

    tenant_id: uuid.UUID | None
    actor: str | None = None
    actor_name: str | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    correlation_id: uuid.UUID = field(default_factory=uuid.uuid4)
    origin_correlation_id: uuid.UUID | None = None
    client_address: str | None = None
    session_id: str | None = None
    # What else the token says, for what only one service understands.
    claims: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    if_match_required: bool = False

    @property
    def is_service(self) -> bool:
        return self.actor is not None and self.actor.startswith("service:")


def context_of(session: Session) -> Context:
    """The context that the unit of work of this session was opened with."""
    context: Context = session.info["context"]
    return context


def tenant_of(session: Session) -> uuid.UUID:
    """Tenant of this session; raises TenantMissing outside of any tenant."""
    tenant_id = context_of(session).tenant_id
    if tenant_id is None:
        raise TenantMissing("This call needs a tenant: use a token that carries the claim `tenant`.")
    return tenant_id


def enter_tenant(session: Session, tenant_id: uuid.UUID | None) -> None:
    """Shows the rows of one tenant to this transaction (and only to it: the setting ends with it)."""
    session.execute(text("select set_config('app.tenant_id', :t, true)"), {"t": str(tenant_id) if tenant_id else ""})


class TenantOwned:
    """A table whose rows belong to a tenant. The column leads every primary, unique and foreign key."""

    @declared_attr
    @classmethod
    def tenant_id(cls) -> Mapped[uuid.UUID]:
        default = text("nullif(current_setting('app.tenant_id', true), '')::uuid")
        return mapped_column(UUID, primary_key=True, server_default=default, sort_order=-10)


class TenantMixin:
    """The service's own row about a tenant, made at the first authenticated call that carries it.

    Unlike all other tables its key is the tenant's id itself.
    """

    __personal__: ClassVar = ""

    tenant_id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=False)
    name: Mapped[str] = mapped_column(Text)
    time_zone: Mapped[str] = mapped_column(Text, server_default="UTC")
    if_match_required: Mapped[bool] = mapped_column(server_default=text("false"))
    status: Mapped[str] = mapped_column(Text, server_default="active")
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
