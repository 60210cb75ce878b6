"""The monthly partitions of the audit log, made while time passes."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def ensure_audit_partitions(session: Session, *, months_ahead: int = 3) -> int:
    """Makes the partitions of this and the next months, as the relay; returns how many were missing.

    Rows that had to go to the default partition meanwhile are moved. Safe to repeat and to run at the same time.
    """
    made: int = session.execute(text("select ensure_audit_partitions(:m)"), {"m": months_ahead}).scalar_one()
    return made
