"""The resource `audit-log`, alike in every service. Reading it leaves a row in it."""

from collections.abc import Iterator, Mapping
from typing import Any

import flask
import marshmallow as ma
from flask_smorest import Blueprint

from shared.access import requires
from shared.audit_log.reading import (
    CONTENT_TYPES,
    AuditExportArgs,
    AuditListArgs,
    AuditRowSchema,
    AuditRowWithRecordSchema,
    Events,
    RecordsOf,
    Seals,
    export,
    listing_of,
    rows_of,
    shown_with,
)
from shared.auditing.models import EventType, Level
from shared.auditing.writing import record
from shared.current import current_address, current_context, current_session, runtime
from shared.listing import envelope, page
from shared.redaction import redact
from shared.sealing import verify
from shared.tenancy import tenant_of


class FindingSchema(ma.Schema):
    kind = ma.fields.String(required=True, metadata={"example": "row_changed"})
    retention_class = ma.fields.String(required=True, metadata={"example": "standard"})
    number = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Of the segment."})
    row_id = ma.fields.Integer(required=True, allow_none=True, metadata={"example": 81})


class VerificationSchema(ma.Schema):
    intact = ma.fields.Boolean(required=True)
    seals = ma.fields.Integer(required=True, metadata={"example": 3})
    rows = ma.fields.Integer(required=True, metadata={"description": "Rows under those seals."})
    unsealed_rows = ma.fields.Integer(required=True, metadata={"example": 12})
    truncated = ma.fields.Boolean(required=True, metadata={"description": "There are more findings."})
    findings = ma.fields.List(ma.fields.Nested(FindingSchema), required=True)


class AnyObject(ma.Schema):
    """Whatever object is sent."""

    class Meta:
        unknown = ma.INCLUDE


def audit_blueprint(events: Events, seals: Seals, records_of: RecordsOf | None = None) -> Blueprint:
    """Blueprint `audit-log` over a service's two tables, and the records that it keeps beside its rows."""
    blueprint = Blueprint("audit-log", __name__, url_prefix="/audit-log", description="Who did what, and when.")
    _add_reading(blueprint, events, seals, records_of)
    _add_checks(blueprint, events, seals)
    return blueprint


def _add_reading(blueprint: Blueprint, events: Events, seals: Seals, records_of: RecordsOf | None) -> None:
    @blueprint.route("")
    @blueprint.arguments(AuditListArgs, location="query")
    @blueprint.response(200, envelope(AuditRowWithRecordSchema if records_of else AuditRowSchema))
    @requires("audit.view")
    def list_audit_rows(args: dict[str, Any]) -> Any:
        """Newest first; `ordering=created_at` tells the story in its order."""
        session = current_session()
        found = page(
            session,
            rows_of(session, events, seals),
            listing_of(events, seals),
            args,
            address=current_address(),
            signing_key=runtime().settings.signing_key,
        ).as_dict()
        # After the reading, so that a page does not begin with the row about itself.
        _record_access(events, "audit_log.read", EventType.DATA_ACCESSED, args)
        return found | {"results": shown_with(session, found["results"], records_of)}

    @blueprint.route("/export")
    @blueprint.arguments(AuditExportArgs, location="query")
    @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
    @requires("audit.export")
    def export_audit_rows(args: dict[str, Any]) -> flask.Response:
        """CSV or JSON lines (`format=jsonl`), oldest first, streamed."""
        _record_access(events, "audit_log.exported", EventType.EXPORT_EXECUTED, args)
        form = args.pop("format")
        headers = {
            "Content-Disposition": f'attachment; filename="audit-log.{form}"',
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
        return flask.Response(_streamed(events, seals, args, form), content_type=CONTENT_TYPES[form], headers=headers)


def _add_checks(blueprint: Blueprint, events: Events, seals: Seals) -> None:
    @blueprint.route("/verify", methods=["POST"])
    @blueprint.response(200, VerificationSchema)
    @requires("audit.manage")
    def verify_audit_log() -> Any:
        """Recomputes the seals of the tenant's log; a finding is not a failure of the request."""
        session = current_session()
        found = verify(session, events, seals, tenant_id=tenant_of(session))
        record(
            session,
            events,
            action="audit_log.verified",
            entity_type="audit_log",
            event_type=EventType.DATA_ACCESSED,
            level=Level.INFO if found.intact else Level.SECURITY,
            metadata={
                "intact": found.intact,
                "seals": found.seals,
                "rows": found.rows,
                "findings": len(found.findings),
            },
            security_flags=() if found.intact else ("audit_log_damaged", "SECURITY_EVENT"),
        )
        return found

    @blueprint.route("/redaction-preview", methods=["POST"])
    @blueprint.arguments(AnyObject)
    @blueprint.response(200, {"type": "object"})
    @requires("audit.manage")
    def preview_redaction(body: dict[str, Any]) -> Any:
        """What would be stored of the sent object; nothing is."""
        return flask.jsonify(redact(body))


def _record_access(events: Events, action: str, event_type: EventType, args: Mapping[str, Any]) -> None:
    asked = {name: value for name, value in args.items() if value is not None and name != "cursor"}
    record(
        current_session(),
        events,
        action=action,
        entity_type="audit_log",
        event_type=event_type,
        metadata={"filters": asked},
    )


def _streamed(events: Events, seals: Seals, args: dict[str, Any], form: Any) -> Iterator[bytes]:
    # The answer is sent after the view's transaction has ended: it reads one consistent state in a transaction of
    # its own. What belongs to the request is taken now, while there is one.
    db, context, settings = runtime().db, current_context(), runtime().settings

    def pieces() -> Iterator[bytes]:
        with db.transaction(context, snapshot=True) as session:
            session.info["settings"] = settings
            yield from export(session, events, seals, args, form=form)

    return pieces()
