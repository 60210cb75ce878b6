"""Conflicts: which of them a filter means."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
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


def untold(session: Session, pipeline: str) -> Select[SyncConflict]:
    """Conflicts that workflow has to be told about: nobody was asked yet, or somebody was asked in vain."""
    return select(SyncConflict).where(
        SyncConflict.tenant_id == tenant_of(session),
        SyncConflict.pipeline == pipeline,
        or_(
            and_(SyncConflict.status == "open", SyncConflict.approval_asked_at.is_(None)),
            SyncConflict.former_approval_id.is_not(None),
        ),
    )


def are_untold(session: Session, pipeline: str) -> bool:
    return session.scalar(untold(session, pipeline).with_only_columns(SyncConflict.id).limit(1)) is not None
