"""Bulk calls in JSON: which items, what with them, and what came of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import marshmallow as ma

from services.workflow.domain.machines.asking import CLIENTS, REASONS
from services.workflow.models.rows import PRIORITIES
from services.workflow.schemas.fields import MAX_COMMENTS, MAX_ID, Body, Person, Text, Word
from services.workflow.schemas.items import ALWAYS_PROTECTED, ItemChange
from services.workflow.schemas.transitions import LONGEST_STATE
from shared.listing import ListArgs, Several

LONGEST_ID = 100
STATUSES = ("done", "unchanged", "failed", "would_succeed", "rolled_back")
# Whatever the item: what identifies it, who and when, where it stands, and what has operations of its own.
PROTECTED = ALWAYS_PROTECTED | {
    *("id", "version", "state", "state_changed_at", "machine_version", "number", "person", "external_ref"),
    *("created_at", "created_by", "updated_at", "updated_by", "started_at", "completed_at", "completed_by"),
    *("archived_at", "locked_at", "resolved_at", "closed_at", "first_response_at", "final_inspection_at"),
    *("latitude", "longitude", "accuracy_m", "device_id", "event_at", "original_event_at"),
    *("assigned_to_user", "assigned_to_team", "permit_status", "permit_approvers", "verifiers"),
    *("verification_status", "escalation", "escalation_level", "is_escalated", "last_escalated_at"),
    *("closed_by_server", "closure_mail_sent", "hours_spent"),
}


class Ids(ma.fields.List[Any]):
    """Integers or texts. One loop: a hundred thousand of them are no hundred thousand fields."""

    def __init__(self, **options: Any) -> None:
        example = {"example": 12, "description": "An integer or a text of at most 100 characters."}
        super().__init__(ma.fields.Raw(metadata=example), metadata={"example": [12, "13"]}, **options)

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> list[Any]:
        found = _listed(value, "ids_empty")
        faults = {number: [INVALID_ID] for number, sent in enumerate(found) if not is_id(sent)}
        if faults:
            raise ma.ValidationError(faults)
        return [(sent, None) for sent in found]


INVALID_ID = f"invalid_id|An id is an integer or a text of at most {LONGEST_ID} characters."


class BulkItemRefSchema(Body):
    """An item as it was read."""

    id = ma.fields.Raw(required=True, metadata={"example": 12, "description": "As in ids."})
    version = ma.fields.Integer(
        strict=True, allow_none=True, metadata={"example": 3, "description": "The version that was read."}
    )


class ItemRefs(ma.fields.List[Any]):
    """Objects with `id` and optional `version`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            ma.fields.Nested(BulkItemRefSchema), metadata={"example": [{"id": 12, "version": 3}]}, **options
        )

    def _deserialize(self, value: Any, *_place: Any, **_options: Any) -> list[Any]:
        found = _listed(value, "ids_empty")
        faults = {number: fault for number, sent in enumerate(found) if (fault := _fault_of(sent))}
        if faults:
            raise ma.ValidationError(faults)
        return [(sent["id"], sent.get("version")) for sent in found]


def is_id(sent: object) -> bool:
    """Text that no row can have is one all the same: it is an item that does not exist."""
    if isinstance(sent, str):
        return len(sent) <= LONGEST_ID
    return isinstance(sent, int) and not isinstance(sent, bool)


def _fault_of(sent: Any) -> dict[str, list[str]] | list[str] | None:
    if not isinstance(sent, Mapping):
        return ["invalid|An item is an object with id and version."]
    unknown = {name: ["unknown_field|Unknown field."] for name in sent if name not in ("id", "version")}
    if unknown:
        return unknown
    if not is_id(sent.get("id")):
        return {"id": [INVALID_ID]}
    version = sent.get("version")
    is_version = isinstance(version, int) and not isinstance(version, bool) and 0 <= version <= MAX_ID
    return None if version is None or is_version else {"version": ["invalid|A version is an integer from 0 on."]}


def _listed(value: Any, empty: str) -> list[Any]:
    if not isinstance(value, list):
        raise ma.ValidationError("invalid|A list is needed.")
    if not value:
        raise ma.ValidationError(f"{empty}|Name at least one item.")
    return value


class Where(ma.fields.Nested):
    """The filters of the list as an object; one value or a list of alternatives."""

    def __init__(self, args: type[ListArgs], **options: Any) -> None:
        own = _filters(args)
        self._several = {field.data_key or name for name, field in own.items() if isinstance(field, Several)}
        description = "Instead of ids: filters of the list."
        super().__init__(_filter_schema(args), metadata={"description": description}, **options)

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ma.ValidationError("invalid|An object of filters is needed.")
        given = {name: sent for name, sent in value.items() if sent is not None}
        if not given:
            raise ma.ValidationError("where_empty|Name at least one filter.")
        listed = {
            name: [sent] if name in self._several and not isinstance(sent, list) else sent
            for name, sent in given.items()
        }
        return super()._deserialize(listed, *place, **options)


def _filters(args: type[ListArgs]) -> dict[str, Any]:
    return {name: field for name, field in args._declared_fields.items() if name not in ListArgs._declared_fields}


@cache
def _filter_schema(args: type[ListArgs]) -> type[ma.Schema]:
    return Body.from_dict(_filters(args), name=args.__name__.removesuffix("Args") + "Where")


@dataclass(frozen=True, slots=True)
class Update:
    """`values` of known fields, and names that no field has."""

    values: Mapping[str, Any]
    unknown: list[str]


class UpdateData(ma.fields.Nested):
    """The fields to change. Protected ones and wrong values are refused; unknown ones are the failure of each item."""

    def __init__(self, changes: type[ma.Schema], names: frozenset[str], **options: Any) -> None:
        known: dict[str, Any] = {name: changes._declared_fields[name] for name in sorted(names)}
        self._names = names
        assert issubclass(changes, ItemChange)
        self._protected = (PROTECTED | changes.protected | changes.read | changes._declared_fields.keys()) - names
        schema = Body.from_dict(known, name=changes.__name__.removesuffix("Change") + "Update")
        super().__init__(schema, required=True, **options)

    def _deserialize(self, value: Any, *place: Any, **options: Any) -> Update:
        if not isinstance(value, Mapping):
            raise ma.ValidationError("invalid|An object of fields is needed.")
        if not value:
            raise ma.ValidationError("update_data_empty|Name at least one field to change.")
        faults = {name: [f"protected_field|{name} is protected."] for name in sorted(value.keys() & self._protected)}
        if faults:
            raise ma.ValidationError(faults)
        known = {name: sent for name, sent in value.items() if name in self._names}
        values = super()._deserialize(known, *place, **options) if known else {}
        return Update(values, sorted(value.keys() - self._names))


class BulkSchema(Body):
    """What every bulk call takes: exactly one of `ids`, `items` and `where`."""

    ids = Ids()
    items = ItemRefs()
    comments = Text(MAX_COMMENTS, example="Checked on site.", load_default="", allow_none=True)
    metadata = ma.fields.Dict(
        keys=ma.fields.String(), load_default=dict, allow_none=True, metadata={"example": {"adjustment_reason": "typo"}}
    )
    reason = Word(*REASONS, lower=True, load_default="user_action")
    client = Word(*CLIENTS, lower=True, load_default="web")
    dry_run = ma.fields.Boolean(load_default=False, metadata={"description": "True tells what would happen."})
    rollback_on_error = ma.fields.Boolean(
        load_default=True, metadata={"description": "All or nothing; false keeps what succeeded."}
    )

    @ma.pre_load
    def _demand_one_choice(self, data: Any, **_options: Any) -> Any:
        if isinstance(data, Mapping):
            named = [name for name in ("ids", "items", "where") if data.get(name) is not None]
            if len(named) != 1:
                raise ma.ValidationError(
                    "ids_ambiguous|Send exactly one of ids, items and where.", named[-1] if named else "ids"
                )
            return {name: sent for name, sent in data.items() if name in named or name not in ("ids", "items", "where")}
        return data


@cache
def bulk_schema(base: type[BulkSchema], args: type[ListArgs]) -> type[BulkSchema]:
    """The body of a call to items with these list arguments."""
    name = args.__name__.removesuffix("Args") + base.__name__
    return base.from_dict({"where": Where(args)}, name=name)  # type: ignore[return-value]  # a subclass of its own class


def update_schema(args: type[ListArgs], changes: type[ma.Schema], names: frozenset[str]) -> type[BulkSchema]:
    """The body of an update of these fields."""
    base = bulk_schema(BulkUpdateSchema, args)
    return base.from_dict({"update_data": UpdateData(changes, names)}, name=base.__name__)  # type: ignore[return-value]


class BulkShortcutSchema(BulkSchema):
    """The target is in the address; one that is sent along must agree."""

    target_state = ma.fields.String(validate=ma.validate.Length(1, LONGEST_STATE), metadata={"example": "APPROVED"})
    as_system = ma.fields.Boolean(load_default=False)


class BulkTransitionSchema(BulkShortcutSchema):
    target_state = ma.fields.String(
        required=True, validate=ma.validate.Length(1, LONGEST_STATE), metadata={"example": "SUBMITTED"}
    )


class BulkDecideSchema(BulkSchema):
    """Approving what has options takes one that all of them have."""

    option = Text(100, example="keep source", load_default=None, allow_none=True)


class BulkAssignSchema(BulkSchema):
    """Naming one of the two sets it and clears the other; naming both sets both."""

    assigned_to_user = Person(allow_none=True, load_default=None, example="grace")
    assigned_to_team = Person(allow_none=True, load_default=None, example="elevators")

    @ma.validates_schema
    def _check_names(self, data: Mapping[str, Any], **_options: Any) -> None:
        if data.get("assigned_to_user") is None and data.get("assigned_to_team") is None:
            raise ma.ValidationError(
                "assignee_missing|Name assigned_to_user, assigned_to_team or both.", "assigned_to_user"
            )


class BulkPrioritySchema(BulkSchema):
    priority = Word(*PRIORITIES, required=True)


class BulkUpdateSchema(BulkSchema):
    """`update_data` holds the fields to change."""


class BulkItemSchema(ma.Schema):
    """What came of one item."""

    id = ma.fields.Raw(required=True, metadata={"example": 12, "description": "As it was sent."})
    status = ma.fields.String(required=True, metadata={"example": "done", "enum": [*STATUSES]})
    code = ma.fields.String(required=True, allow_none=True, metadata={"example": None})
    detail = ma.fields.String(required=True, allow_none=True, metadata={"example": None})
    from_state = ma.fields.String(required=True, allow_none=True, metadata={"example": "SUBMITTED"})
    to_state = ma.fields.String(required=True, allow_none=True, metadata={"example": "APPROVED"})
    version = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": 3, "description": "As stored after the call."}
    )
    expected_version = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": None, "description": "Of a version_conflict: as sent."}
    )
    actual_version = ma.fields.Integer(
        required=True, allow_none=True, metadata={"example": None, "description": "Of a version_conflict: as stored."}
    )
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})


def _sent_ids(description: str) -> ma.fields.List[Any]:
    inner = ma.fields.Raw(metadata={"example": 12})
    return ma.fields.List(inner, required=True, metadata={"example": [12], "description": description})


class BulkAnswerSchema(ma.Schema):
    """What came of a bulk call; the same body for 200, 207 and 409."""

    operation_type = ma.fields.String(required=True, metadata={"example": "transition_to_APPROVED"})
    total_items = ma.fields.Integer(required=True, metadata={"example": 1, "description": "Each item once."})
    successful_items = ma.fields.Integer(required=True, metadata={"example": 1})
    failed_items = ma.fields.Integer(required=True, metadata={"example": 0})
    success_rate = ma.fields.Float(required=True, metadata={"example": 100.0, "description": "Percent."})
    successful_ids = _sent_ids("What was done; of a dry run, what would be.")
    failed_ids = _sent_ids("What failed.")
    unchanged_ids = _sent_ids("What was so already; also among the successful ones.")
    would_have_succeeded = _sent_ids("What passed and was not stored: of a dry run, or of one that was rolled back.")
    failure_details: Any = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(), required=True, metadata={"example": {}}
    )
    items = ma.fields.List(ma.fields.Nested(BulkItemSchema), required=True)
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    was_rolled_back = ma.fields.Boolean(required=True)
    rollback_reason = ma.fields.String(required=True, allow_none=True, metadata={"example": None})
    dry_run = ma.fields.Boolean(required=True)
    audit_correlation_id = ma.fields.UUID(required=True)
    code = ma.fields.String(metadata={"example": "rolled_back", "description": "Only with 409."})
