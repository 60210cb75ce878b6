"""The items of a set as their caller sees them: rows of the session, or pictures of a third of the cost."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, Protocol

from sqlalchemy import BigInteger, Select, any_, inspect, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.workflow.operations.transitions.lifecycle import Lifecycle
from services.workflow.queries.seeing import seen_by_caller
from shared.locking import busy_when_locked, lock_rows
from shared.tenancy import tenant_of


class See(Protocol):
    """Those of the items that the caller sees, locked in ascending order if so wanted. Raises Busy."""

    def __call__(self, session: Session, lifecycle: Lifecycle, ids: Sequence[int], *, lock: bool) -> Sequence[Any]: ...


class Picture:
    """A row that no session keeps: its columns are attributes."""

    def __init__(self, lifecycle: Lifecycle, columns: dict[str, Any]) -> None:
        self.__dict__ = columns
        self.__table__ = lifecycle.table


def seen_rows(session: Session, lifecycle: Lifecycle, ids: Sequence[int], *, lock: bool) -> Sequence[Any]:
    rows = _named(session, lifecycle, ids)
    return lock_rows(session, rows) if lock else session.scalars(rows).all()


def pictures(session: Session, lifecycle: Lifecycle, ids: Sequence[int], *, lock: bool) -> Sequence[Picture]:
    model = lifecycle.model
    names = [attribute.key for attribute in inspect(model).column_attrs]
    rows = _named(session, lifecycle, ids).with_only_columns(*(getattr(model, name) for name in names))
    if lock:
        rows = rows.order_by(model.id).with_for_update(of=model)
    session.flush()
    with busy_when_locked() if lock else nullcontext():
        found = session.connection().execute(rows).all()  # past the session, to which each row might be an object
        return [Picture(lifecycle, dict(zip(names, row, strict=True))) for row in found]


def _named(session: Session, lifecycle: Lifecycle, ids: Sequence[int]) -> Select[Any]:
    model = lifecycle.model
    named = model.id == any_(literal(list(ids), ARRAY(BigInteger)))  # one parameter, however many
    seen = seen_by_caller(session, model, lifecycle.area)
    return select(model).where(model.tenant_id == tenant_of(session), named, seen)
