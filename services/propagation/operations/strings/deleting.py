"""A string leaves the tree, alone or with all that stands below it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, any_, cast, func, null, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.propagation.errors import HasChildren
from services.propagation.models import AuditEvent, Detail, RunError, String
from services.propagation.queries.strings import downward
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_rows
from shared.errors import Busy, InUse
from shared.tenancy import tenant_of

ATTEMPTS = 3


def delete(session: Session, row: String, *, cascade: bool = False) -> list[int]:
    """Ids of what is gone, from the top down. Raises HasChildren, and InUse while a submission starts there."""
    ids = _locked(session, row, cascade=cascade)
    _record(session, ids)
    _forget_in_errors(session, ids)
    gone = delete_from(String).where(String.tenant_id == tenant_of(session), _among(String.id, ids))
    try:
        with session.begin_nested():
            session.execute(gone.execution_options(synchronize_session=False))
    except IntegrityError as failure:
        raise InUse("A submission starts below one of these strings.") from failure
    session.expunge(row)
    return ids


def preview(session: Session, row: String, *, cascade: bool = False) -> list[int]:
    """Ids of what `delete` would remove. Raises HasChildren."""
    ids, children = _below(session, row)
    if children and not cascade:
        raise HasChildren(f"{children} strings stand directly below this one.", children=children)
    return ids


def _locked(session: Session, row: String, *, cascade: bool) -> list[int]:
    """Everything from this string down, kept from changing; a child that came meanwhile means another look."""
    for _attempt in range(ATTEMPTS):
        ids = preview(session, row, cascade=cascade)
        together = ids if row.parent_id is None else [*ids, row.parent_id]  # the parent counts its children
        lock = select(String.id).where(String.tenant_id == tenant_of(session), _among(String.id, together))
        session.execute(lock.order_by(String.id).with_for_update())
        if _below(session, row)[0] == ids:
            return ids
    raise Busy("Strings are being added below this one; try again.")


def _below(session: Session, row: String) -> tuple[list[int], int]:
    """This string and all below it, and how many are directly below."""
    walk = downward(session, row.id, levels=None)
    found = session.execute(select(walk.c.id, walk.c.level).order_by(walk.c.level, walk.c.id)).all()
    return [string_id for string_id, _level in found], sum(level == 1 for _id, level in found)


def _record(session: Session, ids: Sequence[int]) -> None:
    entry = Entry("string.deleted", "string", event_type=EventType.DELETED)
    gone = select(String.id, String.value).where(String.tenant_id == tenant_of(session), _among(String.id, ids))
    source = gone.order_by(String.id).subquery()
    changes = func.jsonb_build_object("value", func.jsonb_build_array(source.c.value, null()))
    session.execute(record_rows(session, AuditEvent, entry, source=source, entity_id=source.c.id, changes=changes))


def _forget_in_errors(session: Session, ids: Sequence[int]) -> None:
    """Errors outlive the strings that they speak of."""
    tenant = tenant_of(session)
    details = select(Detail.id).where(Detail.tenant_id == tenant, _among(Detail.string_id, ids))
    speaks_of = _among(RunError.string_id, ids) | RunError.string_detail_id.in_(details)
    forget = update(RunError).where(RunError.tenant_id == tenant, speaks_of)
    forget = forget.values(string_id=None, string_detail_id=None, updated_at=func.now())
    session.execute(forget.execution_options(synchronize_session=False))


def _among(column: InstrumentedAttribute[Any], ids: Sequence[int]) -> ColumnElement[bool]:
    """One array instead of a parameter for each id."""
    among: ColumnElement[bool] = column == any_(cast(list(ids), ARRAY(BigInteger)))
    return among
