"""Quarantine: which entries a filter means."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.sync.models import QuarantineEntry
from shared.tenancy import tenant_of


def all_of(session: Session) -> Select[Any]:
    return select(QuarantineEntry).where(QuarantineEntry.tenant_id == tenant_of(session))


def has_code(codes: Sequence[str] | str) -> ColumnElement[bool]:
    """With an error of one of these codes."""
    several = [codes] if isinstance(codes, str) else codes
    return or_(*(QuarantineEntry.errors.contains([{"code": code}]) for code in several))


def has_field(fields: Sequence[str] | str) -> ColumnElement[bool]:
    """With an error in one of these fields."""
    several = [fields] if isinstance(fields, str) else fields
    return or_(*(QuarantineEntry.errors.contains([{"field": field}]) for field in several))


def causes(session: Session, entries: Select[Any], *, at_most: int) -> Sequence[Row[Any]]:
    """What is wrong with these entries, by pipeline, kind, code and field, most entries first, each with its newest
    entry. An entry with several errors counts under each of them."""
    found = entries.add_columns(
        func.jsonb_array_elements(QuarantineEntry.errors, type_=JSONB).label("fault")
    ).subquery()
    cause = (found.c.pipeline, found.c.kind, found.c.fault["code"].astext, found.c.fault["field"].astext)
    number = func.count(found.c.id.distinct())
    grouped = (
        select(
            *(value.label(name) for name, value in zip(("pipeline", "kind", "code", "field"), cause, strict=True)),
            number.label("entries"),
            func.min(found.c.first_seen_at).label("first_seen_at"),
            func.max(found.c.last_seen_at).label("last_seen_at"),
            func.max(found.c.id).label("newest"),
        )
        .group_by(*cause)
        .order_by(number.desc(), *cause)
        .limit(at_most)
        .subquery()
    )
    told = select(grouped, QuarantineEntry.key, QuarantineEntry.errors).join(
        QuarantineEntry,
        and_(QuarantineEntry.tenant_id == tenant_of(session), QuarantineEntry.id == grouped.c.newest),
    )
    order = (grouped.c.entries.desc(), grouped.c.pipeline, grouped.c.kind, grouped.c.code, grouped.c.field)
    return session.execute(told.order_by(*order)).all()


def chosen(session: Session, choice: Mapping[str, Any]) -> Select[Any]:
    """Open entries that a request means: by `ids`, or by the fields of its `filter`."""
    found = all_of(session).where(QuarantineEntry.status == "open")
    if choice.get("ids") is not None:
        return found.where(QuarantineEntry.id.in_(choice["ids"]))
    if choice.get("up_to") is not None:
        found = found.where(QuarantineEntry.id <= choice["up_to"])
    asked = choice.get("filter") or {}
    columns = {name: getattr(QuarantineEntry, name) for name in ("pipeline", "kind", "stage", "key", "waiting_table")}
    found = found.where(*(column == asked[name] for name, column in columns.items() if name in asked))
    found = found.where(has_field(asked["field"])) if "field" in asked else found
    return found.where(has_code(asked["code"])) if "code" in asked else found


def pipelines_of(session: Session, choice: Mapping[str, Any]) -> Sequence[str]:
    """The pipelines of the chosen entries, by name."""
    names = chosen(session, choice).with_only_columns(QuarantineEntry.pipeline).distinct()
    return session.scalars(names.order_by(QuarantineEntry.pipeline)).all()


def newest(session: Session) -> int:
    """The greatest id there is: what comes later is not meant by a request of now."""
    ids = all_of(session).with_only_columns(func.coalesce(func.max(QuarantineEntry.id), 0))
    return int(session.scalars(ids).one())
