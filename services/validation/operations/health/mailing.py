"""Alerts by mail, to the address that a tenant has given; off until it has."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from services.validation.domain.health.thresholds import Severity
from services.validation.models import AuditEvent, Outbox
from services.validation.operations.entry import own_tenant
from shared.auditing.writing import record
from shared.outbox.mail import KIND
from shared.outbox.writing import Letter, post

# The tenant's own setting: `to`, and the least `severity` that is mailed.
SETTING: Final = "alert_mail"


def mail(session: Session, message: Mapping[str, Any]) -> None:
    """The news of an alert, as a letter that leaves after this unit of work."""
    wanted = own_tenant(session).settings.get(SETTING)
    if wanted is None or Severity(wanted["severity"]).is_worse_than(Severity(message["severity"])):
        return
    text = [
        f"Alert {message['alert']} ({message['group']}, {message['severity']}): {message['news']}.",
        f"Health score: {message['health_score']}",
        *(f"- {breach}" for breach in message["breaches"]),
    ]
    payload = {
        "to": wanted["to"],
        "subject": f"Data quality: {message['group']} {message['news']} ({message['severity']})",
        "text": "\n".join(text),
    }
    post(session, Outbox, Letter(KIND, "health.alert", wanted["to"], payload, f"alert:{message['alert']}"))


def set_address(session: Session, address: str | None, severity: Severity) -> None:
    """From now on alerts go there; None: to nobody."""
    tenant = own_tenant(session)
    others = {name: value for name, value in tenant.settings.items() if name != SETTING}
    tenant.settings = others | ({SETTING: {"to": address, "severity": str(severity)}} if address else {})
    session.flush()
    record(
        session,
        AuditEvent,
        action="tenant.alert_mail_changed",
        entity_type="tenant",
        entity_id=tenant.tenant_id,
        metadata={"is_on": address is not None, "severity": str(severity)},
    )
