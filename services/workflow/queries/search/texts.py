"""The texts of items, as they are indexed and as they are shown."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, Table, Text, any_, bindparam, literal, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.workflow.domain.search.entities import OUTSIDE
from services.workflow.models import SearchDocument, Task, Ticket, WorkOrder
from shared.tenancy import tenant_of

Item = type[WorkOrder] | type[Task] | type[Ticket] | type[SearchDocument]
_MODELS: dict[str, Item] = {"work_order": WorkOrder, "ticket": Ticket, "task": Task, "tour": Task}

SEARCHED: tuple[Item, ...] = (WorkOrder, Task, Ticket, SearchDocument)


@dataclass(frozen=True, slots=True)
class Texts:
    """What one item says. `key` is its id as its owner knows it."""

    entity: str
    entity_id: int
    key: int | str
    title: str
    subtitle: str | None
    body: str | None
    metadata: dict[str, Any]


def model_of(entity: str) -> Item:
    return SearchDocument if entity in OUTSIDE else _MODELS[entity]


def texts_of(session: Session, model: Item, ids: Collection[int]) -> Iterable[Texts]:
    """The texts of the tenant's rows with these ids, in one statement, in no order."""
    session.flush()
    rows = session.connection().execute(_named(model), {"tenant": tenant_of(session), "ids": list(ids)})
    for entity, entity_id, key, title, subtitle, body, *more in rows:
        yield Texts(entity, entity_id, key, title, subtitle, body, _metadata(model, more))


_SHOWN = ("state", "priority", "assigned_to_user", "assigned_to_team", "due_at")


@cache
def _named(model: Item) -> Select[*tuple[Any, ...]]:
    """Made once, and without objects: every search asks it."""
    table: Table = model.__table__  # type: ignore[assignment]  # a mapped class has one
    named = table.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger)))
    return select(*_columns(model, table.c)).where(table.c.tenant_id == bindparam("tenant"), named)


def _columns(model: Item, c: Any) -> Sequence[Any]:
    if model is SearchDocument:
        return c.entity, c.id, c.document_id, c.title, c.subtitle, c.body, c.data, c.state, c.priority
    shown = [c[name] for name in _SHOWN]
    if model is Ticket:
        return literal("ticket"), c.id, c.id, c.subject, c.number, c.description, *shown, c.category
    if model is WorkOrder:
        return literal("work_order"), c.id, c.id, c.title, c.number, c.description, *shown, c.location_id
    return c.kind, c.id, c.id, c.title, null().cast(Text), c.description, *shown, c.location_id


def _metadata(model: Item, values: list[Any]) -> dict[str, Any]:
    if model is SearchDocument:
        data, state, priority = values
        return dict(data) | {name: text for name, text in (("state", state), ("priority", priority)) if text}
    last = "category" if model is Ticket else "location_id"
    return dict(zip((*_SHOWN, last), values, strict=True))
