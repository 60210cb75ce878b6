"""Forgets what nobody can ask for any more: values from before a fix, and counts of how operations ended."""

from datetime import datetime

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.validation.models import BeforeImage, OperationStat
from shared.tenancy import tenant_of

KEPT_DAYS = 400
AT_ONCE = 10_000


def forget_old(session: Session) -> int:
    """The number of rows that went; fewer than AT_ONCE: nothing is left that is too old."""
    return max(_forget(session, BeforeImage.created_at), _forget(session, OperationStat.minute))


def _forget(session: Session, age: InstrumentedAttribute[datetime]) -> int:
    table: Table = age.class_.__table__
    keys = list(table.primary_key.columns)
    old = (
        select(*keys)
        .where(table.c.tenant_id == tenant_of(session), age < func.now() - func.make_interval(0, 0, 0, KEPT_DAYS))
        .limit(AT_ONCE)
        .subquery()
    )
    gone = delete(table).where(*(table.c[key.name] == old.c[key.name] for key in keys)).returning(keys[0])
    return len(session.execute(gone).all())
