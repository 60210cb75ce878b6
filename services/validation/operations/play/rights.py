"""Who ends and awards what is played in a chronicle."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.validation.config import STAFF
from services.validation.errors import NotStoryteller
from services.validation.models import StRelationship
from services.validation.queries.seeing import is_head
from shared.auth import demand
from shared.tenancy import context_of, tenant_of

MANAGE = "chronicle.manage"


def demand_storyteller(session: Session, chronicle_id: int | None, *, managing: bool = False) -> None:
    """Head or storyteller of the chronicle, in any gameline, or staff; without a chronicle, who manages them.

    `managing`: who manages chronicles may as well.

    Raises NotStoryteller, PermissionMissing.
    """
    context = context_of(session)
    if chronicle_id is None:
        demand(context, MANAGE)
    elif managing and MANAGE in context.permissions:
        return
    elif STAFF not in context.permissions and not _tells(session, chronicle_id):
        raise NotStoryteller


def _tells(session: Session, chronicle_id: int) -> bool:
    context = context_of(session)
    told = (
        select(StRelationship.id)
        .where(
            StRelationship.tenant_id == tenant_of(session),
            StRelationship.chronicle_id == chronicle_id,
            StRelationship.user_id == context.actor,
        )
        .exists()
    )
    return bool(session.scalar(select(or_(is_head(session, context, chronicle_id), told))))
