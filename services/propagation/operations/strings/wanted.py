"""What a call wants of a new string, and the place in the tree that it is meant for."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.models import Field, Rule, String, Submission
from services.propagation.operations.references import demand_reference
from services.propagation.queries.strings import find_parent, lock_above
from shared.errors import Invalid


@dataclass(frozen=True, slots=True)
class WantedDetail:
    """A choice as the call words it: dimension by id or name, value by id or text; `pointer` leads to it.

    With `is_short` the text stands for a list value wherever the dimension is a list.
    """

    pointer: str
    dimension_id: int | None = None
    dimension_name: str | None = None
    value_id: int | None = None
    text: str | None = None
    own: bool = False
    is_short: bool = False

    @property
    def value_pointer(self) -> str:
        if self.is_short:
            return self.pointer
        return f"{self.pointer}/{'dimension_value' if self.value_id is not None else 'dimension_value_freetext'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewString:
    field_id: int
    rule_id: int | None = None
    submission_id: int | None = None
    parent_id: int | None = None
    parent_uuid: uuid.UUID | None = None
    details: Sequence[WantedDetail] = ()
    custom_fields: Mapping[str, Any] = field(default_factory=dict)
    inherit_missing: bool = False
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    field: Field
    rule: Rule
    parent: String | None
    submission: Submission | None


def find_place(session: Session, wanted: NewString) -> Place:
    """Raises Invalid for what does not exist or does not fit together. What stands above stays until the commit."""
    field_row = demand_reference(session, Field, wanted.field_id, "/field")
    parent = _parent(session, wanted, field_row)
    submission = demand_reference(session, Submission, wanted.submission_id, "/submission")
    rule = _rule(session, wanted, parent, submission)
    if rule.platform_id != field_row.platform_id:
        raise Invalid.field("/rule", "wrong_platform", "The rule belongs to another platform than the field.")
    if rule.status != "active":
        raise Invalid.field("/rule", "rule_inactive", f"The rule {rule.name!r} is inactive; it makes no new strings.")
    return Place(field_row, rule, parent, submission)


def _parent(session: Session, wanted: NewString, field_row: Field) -> String | None:
    if wanted.parent_id is None and wanted.parent_uuid is None:
        return None
    pointer = "/parent" if wanted.parent_id is not None else "/parent_uuid"
    parent = find_parent(session, wanted.parent_id, wanted.parent_uuid)
    if parent is None:
        raise Invalid.field(pointer, "not_found", "There is no such parent.")
    if parent.field.next_field_id != field_row.id:
        detail = f"Below a string of the field {parent.field.name!r} stands no string of the field {field_row.name!r}."
        raise Invalid.field(pointer, "invalid_parent", detail)
    lock_above(session, [parent.id])
    return parent


def _rule(session: Session, wanted: NewString, parent: String | None, submission: Submission | None) -> Rule:
    inherited = parent.rule_id if parent else submission.rule_id if submission else None
    rule: Rule | None = demand_reference(session, Rule, wanted.rule_id or inherited, "/rule")
    if rule is None:
        raise Invalid.field("/rule", "required", "A string without parent and submission needs a rule.")
    return rule
