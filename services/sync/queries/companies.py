"""The one question that is asked across companies."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def company_exists(session: Session, company_id: uuid.UUID) -> bool:
    """Whether the id is that of a company, anybody's; nothing else can be learnt of one."""
    return bool(session.scalar(select(func.company_exists(company_id))))
