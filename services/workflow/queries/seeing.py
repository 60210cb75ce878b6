"""Which rows a caller sees: all of the tenant, or with `<area>.view_own` those that he has a part in."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, False_, True_, any_, cast, false, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.workflow.models import Checkpoint, JobEvent, Task
from shared.tenancy import Context, context_of, tenant_of

# Persons of an item; whichever of them a table has.
PEOPLE = ("created_by", "requester", "assigned_to_user", "person", "permit_approvers", "verifiers")

# Who sees an item sees what is below it.
PARENTS: Mapping[type[Any], tuple[Any, type[Any]]] = {Checkpoint: (Checkpoint.task_id, Task)}


def sees_all(context: Context, area: str) -> bool:
    """Any permission of the area includes seeing; `view_own` narrows it unless `view` is held as well."""
    held = {name for name in context.permissions if name.startswith(f"{area}.")}
    return f"{area}.view" in held or (bool(held) and f"{area}.view_own" not in held)


def sees_own(context: Context, area: str) -> bool:
    return f"{area}.view_own" in context.permissions


def seen_by_caller(session: Session, model: type[Any], area: str) -> ColumnElement[bool]:
    """The condition for lists and lookups. The system sees everything."""
    context = context_of(session)
    if context.actor is None or sees_all(context, area):
        return true()
    if model in PARENTS:
        column, parent = PARENTS[model]
        seen: ColumnElement[bool] = column.in_(select(parent.id).where(seen_by_caller(session, parent, area)))
        return seen
    if not sees_own(context, area):
        return false()
    columns = [model.__table__.c[name] for name in PEOPLE if name in model.__table__.c]
    parts = [
        literal(context.actor) == any_(column) if isinstance(column.type, ARRAY) else column == context.actor
        for column in columns
    ]
    team = model.__table__.c.get("assigned_to_team")
    if team is not None and context.teams:
        parts.append(team.in_(sorted(context.teams)))
    return or_(*parts)


def events_seen(session: Session, kinds: Mapping[str, tuple[type[Any], str]]) -> ColumnElement[bool]:
    """The condition on live events: those of items that the caller sees now. `kinds` is entity to model and area."""
    seen = {name: seen_by_caller(session, model, area) for name, (model, area) in kinds.items()}
    whole = [name for name, condition in seen.items() if isinstance(condition, True_)]
    entity = JobEvent.data["entity"].astext
    entity_id = cast(JobEvent.data["entity_id"].astext, BigInteger)
    parts = [
        (entity == name) & entity_id.in_(select(model.id).where(model.tenant_id == tenant_of(session), seen[name]))
        for name, (model, _area) in kinds.items()
        if not isinstance(seen[name], (True_, False_))
    ]
    return or_(entity.in_(whole), *parts)
