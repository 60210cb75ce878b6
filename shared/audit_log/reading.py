"""The audit log as it is shown: filters, the form of a row, and exports of any length."""

import csv
import io
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Final, Literal

import marshmallow as ma
import orjson
from sqlalchemy import ColumnElement, Select, func, inspect, select
from sqlalchemy.orm import Session

from shared.auditing.models import AuditEventMixin, AuditSealMixin, Level
from shared.listing import Filter, ListArgs, Listing, Several, one_of, since, until
from shared.sealing.retention import covers
from shared.tenancy import tenant_of

Format = Literal["csv", "jsonl"]
CONTENT_TYPES: Final[Mapping[str, str]] = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}

FIELDS: Final = (
    "id",
    "created_at",
    "event_type",
    "level",
    "action",
    "entity",
    "entity_id",
    "actor",
    "actor_name",
    "client_address",
    "message",
    "changes",
    "metadata",
    "security_flags",
    "duration_ms",
    "correlation_id",
    "origin_correlation_id",
    "retention_class",
    "retention_until",
    "is_archived",
)
_ROWS_AT_ONCE: Final = 500


class AuditFilters(ma.Schema):
    """What the list and the export can be narrowed by."""

    actor = Several(ma.fields.String())
    event_type = Several(ma.fields.String())
    action = Several(ma.fields.String())
    entity = Several(ma.fields.String())
    entity_id = Several(ma.fields.String())
    correlation_id = Several(ma.fields.UUID())
    origin_correlation_id = Several(ma.fields.UUID())
    level = Several(ma.fields.String(validate=ma.validate.OneOf(list(Level))))
    security_flag = ma.fields.String()
    created_after = ma.fields.AwareDateTime()
    created_before = ma.fields.AwareDateTime()
    expired = ma.fields.Boolean(metadata={"description": "Whether the retention has passed."})
    archived = ma.fields.Boolean(metadata={"description": "Whether the row's segment is archived."})


class AuditListArgs(AuditFilters, ListArgs):
    pass


class AuditExportArgs(AuditFilters):
    format = ma.fields.String(load_default="csv", validate=ma.validate.OneOf(list(CONTENT_TYPES)))

    class Meta:
        unknown = ma.RAISE


class AuditRowSchema(ma.Schema):
    id = ma.fields.Integer(required=True, metadata={"example": 81})
    created_at = ma.fields.AwareDateTime(required=True)
    event_type = ma.fields.String(required=True, metadata={"example": "UPDATED"})
    level = ma.fields.String(required=True, metadata={"example": "INFO"})
    action = ma.fields.String(required=True, metadata={"example": "string.regenerated"})
    entity = ma.fields.String(required=True, metadata={"example": "order"})
    entity_id = ma.fields.String(required=True, allow_none=True, metadata={"example": "12"})
    actor = ma.fields.String(required=True, allow_none=True, metadata={"example": "ada"})
    actor_name = ma.fields.String(required=True, allow_none=True, metadata={"example": "Ada"})
    client_address = ma.fields.String(required=True, allow_none=True, metadata={"example": "192.0.2.7"})
    message = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"example": None, "description": "Empty where there is nothing to say."},
    )
    changes = ma.fields.Raw(required=True, metadata={"description": "Field to [old, new]."})
    metadata = ma.fields.Raw(required=True, metadata={"example": {"filters": {}}})
    security_flags = ma.fields.List(ma.fields.String(), required=True, metadata={"example": ["permission_denied"]})
    duration_ms = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 12})
    correlation_id = ma.fields.UUID(required=True)
    origin_correlation_id = ma.fields.UUID(required=True, allow_none=True)
    retention_class = ma.fields.String(required=True, metadata={"example": "standard"})
    retention_until = ma.fields.AwareDateTime(required=True)
    is_archived = ma.fields.Boolean(required=True)


class AuditRowWithRecordSchema(AuditRowSchema):
    """Of a service that keeps records of its own beside some rows."""

    record = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "What the service itself recorded of the event."}
    )


Events = type[AuditEventMixin]
Seals = type[AuditSealMixin]
# The service's own record of each of the rows that has one, by the row's id; a constant number of statements.
Read = Callable[[str | None], str | None]
RecordsOf = Callable[[Session, Sequence[Any]], Mapping[int, Mapping[str, Any]]]


def rows_of(session: Session, events: Events, seals: Seals) -> Select[AuditEventMixin, bool]:
    """The tenant's rows: (row, whether its segment is archived)."""
    return select(events, _is_archived(events, seals)).where(events.tenant_id == tenant_of(session))


def listing_of(events: Events, seals: Seals) -> Listing:
    names = ("actor", "event_type", "action", "entity_id", "correlation_id", "origin_correlation_id", "level")
    filters: dict[str, Filter] = {name: one_of(getattr(events, name)) for name in names}
    filters |= {
        "entity": one_of(events.entity_type),
        "security_flag": lambda flag: events.security_flags.contains([flag]),
        "created_after": since(events.created_at),
        "created_before": until(events.created_at),
        "expired": lambda wanted: (events.retention_until < func.now()) == wanted,
        "archived": lambda wanted: _is_archived(events, seals) == wanted,
    }
    return Listing(key=events.id, orderings={"created_at": events.created_at}, default="-created_at", filters=filters)


def shown_with(
    session: Session, rows: Sequence[tuple[Any, bool]], records_of: RecordsOf | None
) -> list[dict[str, Any]]:
    """Rows as they are shown, each with its own record where the service keeps records."""
    if not rows:
        return []
    read = type(rows[0][0]).reader(session, [event.message for event, _is_archived in rows])
    if records_of is None:
        return [shown(*row, read) for row in rows]
    records = records_of(session, [event for event, _is_archived in rows])
    return [shown(*row, read) | {"record": records.get(row[0].id)} for row in rows]


def shown(event: Any, is_archived: bool, read: Read) -> dict[str, Any]:
    """A row (of the model, or of its columns) with its fields in their order."""
    own = {"entity": event.entity_type, "metadata": event.metadata_ or {}, "is_archived": is_archived}
    own |= {"message": read(event.message)}
    own |= {"changes": event.changes or {}, "security_flags": event.security_flags or []}
    return {name: own[name] if name in own else getattr(event, name) for name in FIELDS}


def export(
    session: Session, events: Events, seals: Seals, args: Mapping[str, Any], *, form: Format
) -> Generator[bytes]:
    """The rows that `args` names (see AuditFilters) in the order of their ids, in pieces; memory stays flat."""
    filters = listing_of(events, seals).filters
    chosen = [make(args[name]) for name, make in filters.items() if args.get(name) is not None]
    # Columns, not rows of the model: the session would remember every one of them.
    columns = inspect(events).column_attrs
    statement = (
        select(*(getattr(events, column.key) for column in columns), _is_archived(events, seals).label("is_archived"))
        .where(events.tenant_id == tenant_of(session), *chosen)
        .order_by(events.created_at, events.id)
    )
    options = {"stream_results": True, "yield_per": _ROWS_AT_ONCE}
    write = _csv if form == "csv" else _json_lines
    if form == "csv":
        yield _csv_lines([list(FIELDS)])
    with session.execute(statement, execution_options=options) as found:
        for rows in found.partitions():
            yield write(rows, events.reader(session, [row.message for row in rows]))


def _is_archived(events: Events, seals: Seals) -> ColumnElement[bool]:
    return select(seals.number).where(covers(seals, events), seals.archived_at.is_not(None)).exists()


def _json_lines(rows: Any, read: Read) -> bytes:
    options = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
    return b"".join(orjson.dumps(shown(row, row.is_archived, read), option=options) for row in rows)


def _csv(rows: Any, read: Read) -> bytes:
    return _csv_lines([[_cell(value) for value in shown(row, row.is_archived, read).values()] for row in rows])


def _csv_lines(lines: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(lines)
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    """Text of a value. A cell that a spreadsheet would run as a formula gets an apostrophe; JSON lines are exact."""
    if value is None:
        return ""
    plain = isinstance(value, str)
    text = value if plain else orjson.dumps(value, option=orjson.OPT_UTC_Z).decode().strip('"')
    return f"'{text}" if plain and text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
