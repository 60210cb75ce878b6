"""Numbers of items that people can say aloud: `WO-000042`, counted by tenant."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.workflow.models import Counter
from shared.tenancy import tenant_of


def next_number(session: Session, model: type, prefix: str) -> str:
    """The next number that nobody has, also none given by hand; others who create wait until this is committed."""
    while True:
        number = f"{prefix}-{_count(session, prefix):06}"
        taken = select(model.id).where(model.tenant_id == tenant_of(session), model.number == number)  # type: ignore[attr-defined]
        if session.scalar(taken) is None:
            return number


def _count(session: Session, name: str) -> int:
    first = insert(Counter).values(tenant_id=tenant_of(session), name=name, last=1)
    counted = first.on_conflict_do_update(
        index_elements=["tenant_id", "name"], set_={"last": Counter.last + 1}
    ).returning(Counter.last)
    return session.scalars(counted).one()
