"""What the bodies and lists of all items have in common."""

from collections.abc import Mapping
from copy import copy
from typing import Any, ClassVar

import marshmallow as ma

from services.workflow.schemas.fields import MAX_ID, Body, Moment
from shared.listing import ListArgs, Several


class ItemChange(Body):
    """A PATCH: what may be changed are the fields; what is protected is told apart from what nobody knows."""

    protected: ClassVar[frozenset[str]] = frozenset()
    read: ClassVar[frozenset[str]] = frozenset()

    @ma.pre_load
    def _refuse_what_is_protected(self, data: Any, **_options: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        faults = {name: [f"read_only|{name} is read only."] for name in sorted(self.read & data.keys())}
        faults |= {name: [f"protected_field|{name} is protected."] for name in sorted(self.protected & data.keys())}
        if faults:
            raise ma.ValidationError(faults)
        if not data.keys() - {"version"}:
            raise ma.ValidationError("empty|Name at least one field to change.")
        return data


def change_schema(full: type[ma.Schema], open_fields: frozenset[str]) -> type[ItemChange]:
    """The PATCH form of an item's schema: `open_fields` (and `version`) of it, none required; the rest is protected."""
    known: dict[str, ma.fields.Field[Any]] = full._declared_fields
    names = open_fields | {"version"}
    made = ItemChange.from_dict(
        {name: _optional(known[name]) for name in sorted(names)},
        name=full.__name__.removesuffix("Schema") + "Change",
    )
    assert issubclass(made, ItemChange)  # from_dict makes subclasses of its own class
    made.read = frozenset(name for name, field in known.items() if field.dump_only) - names
    made.protected = ALWAYS_PROTECTED | (known.keys() - made.read - names)
    return made


# Under the names that other systems give them.
ALWAYS_PROTECTED = frozenset({"uuid", "tenant", "tenant_id", "status", "created_on", "updated_on"})


def _optional(field: ma.fields.Field[Any]) -> ma.fields.Field[Any]:
    """A copy that need not be sent and has no default."""
    optional = copy(field)
    optional.required, optional.load_default = False, ma.missing
    return optional


def key() -> ma.fields.Integer:
    """An id in a query, where everything is text."""
    return ma.fields.Integer(validate=ma.validate.Range(1, MAX_ID), metadata={"example": 7})


class ItemArgs(ListArgs):
    """Filters that every list of items has; several values of one are alternatives."""

    state = Several(ma.fields.String(metadata={"example": "DRAFT"}))
    created_after = Moment()
    created_before = Moment()
    updated_after = Moment()
    updated_before = Moment()


class WorkArgs(ItemArgs):
    """Of what people are assigned to."""

    priority = Several(ma.fields.String(metadata={"example": "HIGH"}))
    assignee = Several(ma.fields.String(metadata={"example": "ada"}))
    team = Several(ma.fields.String(metadata={"example": "elevators"}))
    requester = Several(ma.fields.String(metadata={"example": "ada"}))
    overdue = ma.fields.Boolean(metadata={"description": "Past its due time and not at its end."})
    due_after = Moment()
    due_before = Moment()
