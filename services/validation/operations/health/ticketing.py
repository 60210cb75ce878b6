"""The ticket of an alert: asked for once, then told of everything that happens to the alert."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.clients import add_to_ticket, ask_for_ticket
from services.validation.domain.health.alerts import needs_ticket
from services.validation.domain.health.thresholds import Breach
from services.validation.models import Alert, Outbox
from shared.outbox.writing import post, post_many
from shared.tenancy import tenant_of

# The job that learns what came of the asking.
ASKED: Final = "validation.ticket_asked"
Message = Mapping[str, Any]


def tell(session: Session, alert: Alert, message: Message, found: Sequence[Breach]) -> None:
    """Asks for a ticket where a person is needed; what comes later is added to it."""
    if alert.untold is None:
        if needs_ticket(found):
            alert.untold = []
            reply = {"kind": ASKED, "queue": "validation", "payload": {"alert": alert.id}}
            post(session, Outbox, ask_for_ticket(alert.id, str(tenant_of(session)), told=message, reply=reply))
    elif alert.ticket is None:
        alert.untold = [*alert.untold, dict(message)]
    else:
        post(session, Outbox, add_to_ticket(alert.id, str(tenant_of(session)), ticket=alert.ticket, told=message))
    session.flush()


def asked(session: Session, alert_id: int, told: Mapping[str, Any]) -> None:
    """Notes the ticket's number, and adds what has happened meanwhile. A ticket that was refused may be asked for
    again."""
    tenant = tenant_of(session)
    alert = session.scalar(select(Alert).where(Alert.tenant_id == tenant, Alert.id == alert_id).with_for_update())
    if alert is None or alert.untold is None:
        return
    waiting, alert.untold = alert.untold, []
    if told["status"] == "delivered":
        number = alert.ticket = told["answer"]["body"]["id"]
        letters = [add_to_ticket(alert.id, str(tenant), ticket=number, told=message) for message in waiting]
        post_many(session, Outbox, letters)
    else:
        alert.untold = None
    session.flush()
