"""The notification that makes the relay look at once instead of at its next poll."""

from sqlalchemy import text
from sqlalchemy.orm import Session

CHANNEL = "concord_jobs"


def ring(session: Session) -> None:
    """Delivered when this transaction commits, once however often it is called, and lost without harm."""
    session.execute(text(f"select pg_notify('{CHANNEL}', '')"))
