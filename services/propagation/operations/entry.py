"""What happens when a caller enters: the tenant's row and the person's part in it, made at first contact."""

from dataclasses import dataclass, replace

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.propagation.config import ROLE_PERMISSIONS
from services.propagation.errors import MemberInactive, WorkspaceInactive
from services.propagation.models import Member, Schedule, Workspace
from shared.schedules import put_schedule
from shared.tenancy import Context


@dataclass(frozen=True, slots=True)
class Standing:
    """The workspace and the caller's part in it, as one read found them."""

    name: str
    status: str
    if_match_required: bool
    settings: dict[str, object]
    role: str | None
    is_active: bool | None


def enter(session: Session, context: Context, is_write: bool) -> Context:
    """The context in which the view runs: what the token grants, lowered by the member's row.

    Raises MemberInactive on every call, WorkspaceInactive on writes.
    """
    standing = _standing(session, context) or _arrive(session, context)
    if standing.is_active is None and not context.is_service:
        standing = _arrive(session, context)
    if standing.is_active is False:
        raise MemberInactive("You have been switched off in this workspace.")
    if is_write and standing.status == "inactive":
        raise WorkspaceInactive("This workspace is inactive; it can be read only.")
    session.info["standing"] = standing
    context = replace(context, if_match_required=standing.if_match_required)
    if standing.role is None:
        return context
    return replace(context, permissions=context.permissions & ROLE_PERMISSIONS[standing.role])


def standing_of(session: Session) -> Standing:
    found: Standing = session.info["standing"]
    return found


def _standing(session: Session, context: Context) -> Standing | None:
    own = and_(Member.tenant_id == Workspace.tenant_id, Member.user_id == context.actor)
    columns = (
        Workspace.name,
        Workspace.status,
        Workspace.if_match_required,
        Workspace.settings,
        Member.role,
        Member.is_active,
    )
    row = session.execute(
        select(*columns).outerjoin(Member, own).where(Workspace.tenant_id == context.tenant_id)
    ).one_or_none()
    return Standing(*row) if row else None


def _arrive(session: Session, context: Context) -> Standing:
    """First contact of a tenant or person. Two at once are one: the second finds the first's rows."""
    slug = str(context.tenant_id)[:8]
    session.execute(
        insert(Workspace)
        .values(tenant_id=context.tenant_id, slug=slug, name=f"Workspace {slug}")
        .on_conflict_do_nothing()
    )
    put_schedule(
        session,
        Schedule,
        name="cleanup",
        kind="propagation.cleanup",
        queue="propagation",
        cron="0 2 * * *",
        catch_up="once",
    )
    if not context.is_service:
        session.execute(
            insert(Member)
            .values(
                tenant_id=context.tenant_id, user_id=context.actor, name=context.actor_name, created_by=context.actor
            )
            .on_conflict_do_nothing()
        )
    standing = _standing(session, context)
    assert standing is not None  # inserted above, or found by the conflict
    return standing
