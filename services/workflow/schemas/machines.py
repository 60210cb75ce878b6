"""State machines in JSON."""

import marshmallow as ma

from services.workflow.schemas.fields import MAX_COMMENTS, Body, Text
from services.workflow.schemas.transitions import LONGEST_STATE, FieldFindingSchema


class StateSchema(ma.Schema):
    name = ma.fields.String(required=True, metadata={"example": "DRAFT"})
    initial = ma.fields.Boolean(required=True)
    terminal = ma.fields.Boolean(required=True)
    pauses_clocks = ma.fields.Boolean(required=True)
    targets = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["SUBMITTED", "CANCELLED"]})


class EdgeSchema(ma.Schema):
    """One way from a state to another, and what it takes."""

    from_state = ma.fields.String(required=True, attribute="from", data_key="from", metadata={"example": "DRAFT"})
    to_state = ma.fields.String(required=True, attribute="to", data_key="to", metadata={"example": "SUBMITTED"})
    verb = ma.fields.String(required=True, metadata={"example": "submit"})
    permissions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["workorder.transition"]})
    comments = ma.fields.Boolean(required=True, metadata={"description": "Whether comments are required."})
    metadata = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["adjustment_reason"]})
    excludes = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"example": ["creator", "submit"], "description": "Who may not: roles, and actors of earlier edges."},
    )
    guards = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["vendor_assigned"]})
    effects = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["notify_vendor"]})
    system_only = ma.fields.Boolean(required=True)
    votes = ma.fields.Integer(required=True, metadata={"example": 1, "description": "Taken with the last one."})
    voters = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"example": [], "description": "Who may vote; none: whoever has the permissions."},
    )


class MachineSchema(ma.Schema):
    """A state machine as its definition has it."""

    name = ma.fields.String(required=True, metadata={"example": "work_order"})
    version = ma.fields.Integer(required=True, metadata={"example": 1})
    initial = ma.fields.String(required=True, metadata={"example": "DRAFT"})
    terminal = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["CLOSED", "CANCELLED"]})
    warnings = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["vendor_active"]})
    states = ma.fields.List(ma.fields.Nested(StateSchema), required=True)
    edges = ma.fields.List(ma.fields.Nested(EdgeSchema), required=True)


class MachineListSchema(ma.Schema):
    results = ma.fields.List(ma.fields.Nested(MachineSchema), required=True)


class StateFiguresSchema(ma.Schema):
    state = ma.fields.String(required=True, metadata={"example": "DRAFT"})
    items = ma.fields.Integer(required=True, metadata={"example": 12, "description": "How many stand there now."})
    median_seconds = ma.fields.Float(
        required=True,
        allow_none=True,
        metadata={"example": 5400.0, "description": "In the state, of those that have left it in the last 90 days."},
    )


class MachineFiguresSchema(ma.Schema):
    """Where the items of a machine stand, in the order of its states."""

    machine = ma.fields.String(required=True, metadata={"example": "work_order"})
    results = ma.fields.List(ma.fields.Nested(StateFiguresSchema), required=True)


class TargetSchema(ma.Schema):
    target = ma.fields.String(required=True, metadata={"example": "SUBMITTED"})
    verb = ma.fields.String(required=True, metadata={"example": "submit"})
    system_only = ma.fields.Boolean(required=True)


class StateTargetsSchema(ma.Schema):
    """Where a state leads: a question of the graph, whoever asks."""

    machine = ma.fields.String(required=True, metadata={"example": "work_order"})
    state = ma.fields.String(required=True, metadata={"example": "DRAFT"})
    initial = ma.fields.Boolean(required=True)
    terminal = ma.fields.Boolean(required=True)
    targets = ma.fields.List(ma.fields.Nested(TargetSchema), required=True)


class MachineArgs(ma.Schema):
    version = ma.fields.Integer(load_default=None, metadata={"example": 1, "description": "The newest unless given."})


class ValidateSchema(Body):
    """A transition without an item."""

    from_state = ma.fields.String(
        required=True, validate=ma.validate.Length(1, LONGEST_STATE), metadata={"example": "SUBMITTED"}
    )
    target_state = ma.fields.String(
        required=True, validate=ma.validate.Length(1, LONGEST_STATE), metadata={"example": "APPROVED"}
    )
    comments = Text(MAX_COMMENTS, example="Checked on site.", load_default="", allow_none=True)
    metadata = ma.fields.Dict(
        keys=ma.fields.String(), load_default=dict, allow_none=True, metadata={"example": {"adjustment_reason": "typo"}}
    )


class ValidationSchema(ma.Schema):
    """What can be said from definition and request alone."""

    valid = ma.fields.Boolean(required=True)
    unchanged = ma.fields.Boolean(required=True)
    from_state = ma.fields.String(required=True, metadata={"example": "SUBMITTED"})
    to_state = ma.fields.String(required=True, metadata={"example": "APPROVED"})
    errors = ma.fields.List(ma.fields.Nested(FieldFindingSchema), required=True)
    required_permissions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    missing_permissions = ma.fields.List(ma.fields.String(), required=True, metadata={"example": []})
    allowed_targets = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["APPROVED"]})
    not_evaluated = ma.fields.List(
        ma.fields.String(),
        required=True,
        metadata={"example": ["vendor_assigned"], "description": "Guards that need the data of an item."},
    )


class MigrationSchema(Body):
    """Where the items of one version go in another. A state that `states` leaves out has no image."""

    from_version = ma.fields.Integer(strict=True, required=True, metadata={"example": 1})
    to_version = ma.fields.Integer(strict=True, required=True, metadata={"example": 2})
    states = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.Length(1, LONGEST_STATE)),
        values=ma.fields.String(validate=ma.validate.Length(1, LONGEST_STATE)),
        required=True,
        metadata={"example": {"NEW": "NEW", "ONHOLD": "OPEN"}, "description": "State before to state after."},
    )
    dry_run = ma.fields.Boolean(load_default=False, metadata={"description": "True tells what would happen."})


class MigratedStateSchema(ma.Schema):
    state = ma.fields.String(required=True, metadata={"example": "ONHOLD"})
    image = ma.fields.String(required=True, allow_none=True, metadata={"example": "OPEN"})
    items = ma.fields.Integer(required=True, metadata={"example": 12})
    problem = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": None, "description": "no_image, or no_way_out: its image ends what has not ended."},
    )


class StuckItemSchema(ma.Schema):
    id = ma.fields.Integer(required=True, metadata={"example": 12})
    state = ma.fields.String(required=True, metadata={"example": "ONHOLD"})
    code = ma.fields.String(required=True, metadata={"example": "no_image"})


class MigrationCheckSchema(ma.Schema):
    """What a migration would do; it runs only if this is clean."""

    machine = ma.fields.String(required=True, metadata={"example": "ticket"})
    from_version = ma.fields.Integer(required=True, metadata={"example": 1})
    to_version = ma.fields.Integer(required=True, metadata={"example": 2})
    clean = ma.fields.Boolean(required=True)
    total = ma.fields.Integer(required=True, metadata={"example": 42, "description": "Items on the old version."})
    states = ma.fields.List(ma.fields.Nested(MigratedStateSchema), required=True)
    items = ma.fields.List(
        ma.fields.Nested(StuckItemSchema),
        required=True,
        metadata={"description": "The first 200 that cannot go.", "example": []},
    )
