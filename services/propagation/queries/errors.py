"""Errors of runs beside the name of the string that they speak of."""

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from services.propagation.models import RunError, String
from shared.tenancy import tenant_of


def with_string(session: Session) -> Select[*tuple[Any, ...]]:
    """(error, value of its string); the string may be gone."""
    joined = and_(String.tenant_id == RunError.tenant_id, String.id == RunError.string_id)
    rows = select(RunError, String.value).outerjoin(String, joined)
    return rows.where(RunError.tenant_id == tenant_of(session))
