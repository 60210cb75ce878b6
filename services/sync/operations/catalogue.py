"""Edits of catalogue rows by people: what the next run takes for one side of a conflict."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from services.sync.loaders.targets import TARGETS
from services.sync.models import CATALOGUE
from shared import editing
from shared.tenancy import context_of

# By table name, to find what a foreign key leads to.
_MODELS: Mapping[str, Any] = {inspect(model).local_table.name: model for model in CATALOGUE}


def model_of(table: str) -> Any:
    """The model of a table of the catalogue, by the name that pipelines use. Raises KeyError."""
    return TARGETS[table].model


def prepare_edit(session: Session, row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Says who edits, which the database notes on the row, and looks at references. Raises UnknownReference."""
    for key in type(row).__table__.foreign_key_constraints:
        name, parent = key.column_keys[-1], _MODELS.get(key.referred_table.name)
        if name in values and parent is not None:
            editing.demand_reference(session, parent, values[name], f"/{name}")
    session.execute(select(func.set_config("app.actor", context_of(session).actor or "", True)))
    return values
