"""The texts of items, as they are indexed and as they are shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, cast, literal, select
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
    rows = _columns(model).where(model.tenant_id == tenant_of(session), model.id.in_(ids))
    for entity, entity_id, key, title, subtitle, body, *more in session.execute(rows):
        yield Texts(entity, entity_id, key, title, subtitle, body, _metadata(model, more))


_SHOWN = ("state", "priority", "assigned_to_user", "assigned_to_team", "due_at")


def _columns(model: Item) -> Select[*tuple[Any, ...]]:
    if model is SearchDocument:
        document = SearchDocument
        body = (document.title, document.subtitle, document.body, document.data, document.state, document.priority)
        return select(document.entity, document.id, document.document_id, *body)
    shown = [getattr(model, name) for name in _SHOWN]
    if model is Ticket:
        ticket = (Ticket.subject, Ticket.number, Ticket.description, *shown, Ticket.category)
        return select(literal("ticket"), Ticket.id, Ticket.id, *ticket)
    if model is WorkOrder:
        order = (WorkOrder.title, WorkOrder.number, WorkOrder.description, *shown, WorkOrder.location_id)
        return select(literal("work_order"), WorkOrder.id, WorkOrder.id, *order)
    return select(Task.kind, Task.id, Task.id, Task.title, cast(None, Text), Task.description, *shown, Task.location_id)


def _metadata(model: Item, values: list[Any]) -> dict[str, Any]:
    if model is SearchDocument:
        data, state, priority = values
        return dict(data) | {name: text for name, text in (("state", state), ("priority", priority)) if text}
    last = "category" if model is Ticket else "location_id"
    return dict(zip((*_SHOWN, last), values, strict=True))
