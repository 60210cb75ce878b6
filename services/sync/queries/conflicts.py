"""Conflicts: which of them a filter means."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.sync.models import SyncConflict
from shared.tenancy import tenant_of


def all_of(session: Session) -> Select[Any]:
    return select(SyncConflict).where(SyncConflict.tenant_id == tenant_of(session))


def open_ids(session: Session, choice: Mapping[str, Any], *, at_most: int) -> Sequence[int]:
    """Ids of open conflicts, oldest first."""
    chosen = _chosen(session, choice).with_only_columns(SyncConflict.id)
    return session.scalars(chosen.order_by(SyncConflict.id).limit(at_most)).all()


def count_open(session: Session, choice: Mapping[str, Any]) -> int:
    return session.scalar(select(func.count()).select_from(_chosen(session, choice).subquery())) or 0


def _chosen(session: Session, choice: Mapping[str, Any]) -> Select[Any]:
    found = all_of(session).where(SyncConflict.status == "open")
    columns = {"pipeline": SyncConflict.pipeline, "table": SyncConflict.table_name}
    return found.where(*(column == choice[name] for name, column in columns.items() if name in choice))
