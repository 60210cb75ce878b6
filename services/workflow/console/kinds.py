"""The kinds of items, and what their pages show of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.workflow.console.fields import Field, Option
from services.workflow.domain.machines.definition import Machine
from services.workflow.domain.machines.shipped import machines
from services.workflow.models.rows import PRIORITIES
from services.workflow.operations.attendance.entity import ATTENDANCES
from services.workflow.operations.entities import Entity
from services.workflow.operations.tasks.entity import TASKS
from services.workflow.operations.tickets.entity import TICKETS
from services.workflow.operations.work_orders.entity import WORK_ORDERS

_COMMON = (Field("id", "Id"), Field("state", "State", "state"), Field("updated_at", "Changed", "time"))
DUE_FIRST: tuple[Option, ...] = (
    ("-created_at", "newest first"),
    ("due_at", "due first"),
    ("-updated_at", "changed last"),
)
EVENTS: tuple[Option, ...] = (("-event_at", "latest first"), ("event_at", "earliest first"), ("person", "by person"))
YES: tuple[Option, ...] = (("true", "yes"), ("false", "no"))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`title` is the field that names an item, `columns` are those of its list, `fields` all that its page shows.
    `filters` are searched for (without options) or chosen; `parts` are what lies below an item, `actions` what
    only this kind can be asked for."""

    entity: Entity
    label: str
    noun: str
    title: str
    columns: tuple[str, ...]
    fields: tuple[Field, ...]
    required: tuple[str, ...]
    filters: tuple[Field, ...]
    orderings: tuple[Option, ...] = DUE_FIRST
    default_ordering: str = "-created_at"
    has_clocks: bool = False
    parts: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return self.entity.path

    @property
    def area(self) -> str:
        return self.entity.area

    @property
    def machine(self) -> Machine:
        return machines()[self.entity.lifecycle.machine]

    @property
    def named(self) -> Mapping[str, Field]:
        return {field.name: field for field in (*self.fields, *_COMMON)}

    @property
    def heads(self) -> list[str]:
        return [self.named[name].label for name in (self.title, *self.columns)]

    @property
    def facts(self) -> list[Field]:
        """What stands beside the title and the description."""
        return [field for field in self.fields if field.name not in ("number", self.title, "description")]

    def editable(self, permissions: frozenset[str]) -> list[Field]:
        """What somebody with these permissions may change."""
        names = self.entity.editable
        if f"{self.area}.update_all" in permissions:
            names = names | self.entity.editable_by_all | self.entity.by_patch
        return [field for field in self.fields if field.name in names]


_PRIORITY = Field("priority", "Priority", "word", tuple(PRIORITIES))
_DESCRIPTION = Field("description", "Description", "area")
_DUE = Field("due_at", "Due (UTC)", "time")
_USER = Field("assigned_to_user", "Assigned to")
_TEAM = Field("assigned_to_team", "Team")
_PLACES = (Field("location_id", "Location"), Field("asset_id", "Asset"))
_WORK_FILTERS = (
    Field("priority", "Priority", "word", tuple(PRIORITIES)),
    Field("assignee", "Assigned to"),
    Field("team", "Team"),
    Field("overdue", "Overdue", "word", YES),
)

KINDS = (
    Kind(
        entity=WORK_ORDERS,
        label="Work orders",
        noun="work order",
        title="title",
        columns=("number", "state", "priority", "assigned_to_user", "due_at", "updated_at"),
        fields=(
            Field("number", "Number"),
            Field("title", "Title"),
            _DESCRIPTION,
            _PRIORITY,
            _USER,
            _TEAM,
            Field("requester", "Asked for by"),
            Field("vendor_id", "Vendor", "number", help="The number of a vendor."),
            _DUE,
            Field("estimated_cost", "Estimated cost"),
            *_PLACES,
            Field("permit_status", "Permit", "word"),
            Field("permit_approvers", "Approvers of the permit", "people", help="Up to twenty, with blanks between."),
            Field("verifiers", "Verifiers", "people", help="Up to twenty, with blanks between."),
            Field("verification_status", "Verification", "word"),
            Field("final_inspection_at", "Final inspection (UTC)", "time"),
            Field("completed_at", "Completed", "time"),
            Field("archived_at", "Archived", "time"),
        ),
        required=("title",),
        filters=(*_WORK_FILTERS, Field("vendor", "Vendor"), Field("archived", "Archived", "word", YES)),
        parts=("line-items",),
        actions=("permit", "verify"),
    ),
    Kind(
        entity=TASKS,
        label="Tasks",
        noun="task",
        title="title",
        columns=("kind", "state", "priority", "assigned_to_user", "due_at", "updated_at"),
        fields=(
            Field("kind", "Kind", "word", ("task", "tour")),
            Field("title", "Title"),
            _DESCRIPTION,
            _PRIORITY,
            _USER,
            _TEAM,
            Field("work_order_id", "Work order", "number"),
            _DUE,
            Field("sla_hours", "Hours agreed", "number", help="From its making, where it has no due time."),
            Field("expires_at", "Expires (UTC)", "time"),
            *_PLACES,
            Field("requires_observations", "Needs an observation", "flag"),
            Field("requires_meter_readings", "Needs a meter reading", "flag"),
            Field("requires_attachments", "Needs an attachment", "flag"),
            Field("started_at", "Started", "time"),
            Field("completed_at", "Completed", "time"),
            Field("hours_spent", "Hours spent"),
            Field("closed_by_server", "Closed by the server", "flag"),
        ),
        required=("title",),
        filters=(Field("kind", "Kind", "word", ("task", "tour")), *_WORK_FILTERS, Field("work_order", "Work order")),
        has_clocks=True,
        parts=("checkpoints", "evidence"),
        actions=("checkpoints", "evidence"),
    ),
    Kind(
        entity=ATTENDANCES,
        label="Attendance",
        noun="record",
        title="person",
        columns=("kind", "state", "event_at", "shift_id", "geofence_id", "updated_at"),
        fields=(
            Field("person", "Person"),
            Field("kind", "Kind", "word", ("check_in", "check_out")),
            Field("event_at", "Time (UTC)", "time"),
            Field("original_event_at", "Time at first", "time"),
            Field("latitude", "Latitude"),
            Field("longitude", "Longitude"),
            Field("accuracy_m", "Accuracy in metres"),
            Field("geofence_id", "Geofence", "number"),
            Field("shift_id", "Shift", "number"),
            Field("device_id", "Device"),
            Field("remarks", "Remarks", "area"),
            Field("locked_at", "Locked", "time"),
        ),
        required=("person", "event_at"),
        filters=(
            Field("kind", "Kind", "word", ("check_in", "check_out")),
            Field("person", "Person"),
            Field("shift", "Shift"),
            Field("geofence", "Geofence"),
        ),
        orderings=EVENTS,
        default_ordering="-event_at",
    ),
    Kind(
        entity=TICKETS,
        label="Tickets",
        noun="ticket",
        title="subject",
        columns=("number", "state", "priority", "category", "assigned_to_user", "due_at", "updated_at"),
        fields=(
            Field("number", "Number"),
            Field("subject", "Subject"),
            _DESCRIPTION,
            Field("category", "Category"),
            _PRIORITY,
            _USER,
            _TEAM,
            Field("requester", "Asked for by"),
            _DUE,
            Field("first_response_at", "First response", "time"),
            Field("resolved_at", "Resolved", "time"),
            Field("closed_at", "Closed", "time"),
        ),
        required=("subject",),
        filters=(*_WORK_FILTERS, Field("category", "Category")),
        has_clocks=True,
        actions=("escalate", "history"),
    ),
)
KIND_OF = {kind.entity.name: kind for kind in KINDS}
