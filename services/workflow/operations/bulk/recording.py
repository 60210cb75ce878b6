"""The one record of a bulk run beside its audit row, the one denial of its denied items, and its figures."""

from collections.abc import Collection
from typing import Any

import structlog
from sqlalchemy.orm import Session

from services.workflow import metrics
from services.workflow.models import AuditEvent, BulkRecord
from services.workflow.operations import sets
from services.workflow.operations.bulk.reporting import Report
from services.workflow.operations.denials import Attempt, record_denial
from services.workflow.operations.entities import Entity
from shared.auditing import writing
from shared.auditing.models import EventType, Level
from shared.metrics import VERSION_CONFLICTS
from shared.redaction import redact_text
from shared.tenancy import context_of, tenant_of

log = structlog.get_logger(__name__)


def record(session: Session, entity: Entity, operation: str, report: Report, *, seconds: float) -> None:
    """Of a run that was carried out or rolled back."""
    successful, failed = len(report.successful_ids), len(report.failed_ids)
    values = {
        "operation": report.operation_type,
        "total": len(report.picks),
        "successful": successful,
        "failed": failed,
        "success_ratio": round(successful / len(report.picks), 6) if report.picks else 0,
        "was_rolled_back": report.was_rolled_back,
        "rollback_reason": report.rollback_reason,
        "execution_ms": round(seconds * 1000, 3),
    }
    lists = {
        "successful_ids": report.successful_ids,
        "failed_ids": report.failed_ids,
        "failure_details": {key: redact_text(text, free_text=True) for key, text in report.failure_details.items()},
    }
    audit_id = audit(session, entity, operation, values)
    sets.insert_rows(session, BulkRecord, [values | lists | beside(session, entity, audit_id)])
    missing = {name for done in report.done for name in done.missing}
    record_denied(session, entity, operation, missing, items=len(report.picks))
    metrics.count_bulk(entity.name, operation, items=len(report.picks), failed=failed, seconds=seconds)
    count_conflicts(sum(done.code == "version_conflict" for done in report.done))


def audit(session: Session, entity: Entity, operation: str, values: dict[str, Any]) -> int:
    """The audit row; the id lists stand in the record only."""
    return writing.record(
        session,
        AuditEvent,
        action=f"{entity.name}.bulk_{operation.replace('-', '_')}",
        entity_type=entity.name,
        event_type=EventType.BULK_OPERATION,
        level=Level.WARNING if values["failed"] else Level.INFO,
        metadata=values,
        duration_ms=round(values["execution_ms"]),
    ).id


def beside(session: Session, entity: Entity, audit_id: int) -> dict[str, Any]:
    """The columns that say whose record it is."""
    context = context_of(session)
    return {
        "tenant_id": tenant_of(session),
        "audit_id": audit_id,
        "correlation_id": context.correlation_id,
        "entity": entity.name,
        "actor": context.actor,
    }


def record_denied(session: Session, entity: Entity, operation: str, missing: Collection[str], *, items: int) -> None:
    """One denial for all items that were refused for lack of a permission."""
    if not missing:
        return
    named = sorted(missing)
    action = f"{entity.name}.bulk_{operation.replace('-', '_')}"
    detail = f"Items were refused for lack of {', '.join(named)}."
    record_denial(session, Attempt(action, named, detail, entity=entity.name, items=items))


def count_conflicts(number: int) -> None:
    if number:
        log.warning("version_conflict", items=number)
        VERSION_CONFLICTS.labels("workflow", "409").inc(number)
