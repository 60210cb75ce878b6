"""What people do with entries: correct a row, or discard it with a reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.sync.domain.storing import storable
from services.sync.errors import EntrySettled
from services.sync.models import QuarantineEntry
from shared import editing
from shared.tenancy import context_of


def demand_open(entry: QuarantineEntry) -> None:
    """Raises EntrySettled."""
    if entry.status != "open":
        raise EntrySettled(f"This entry is {entry.status} already.", status_of_entry=entry.status)


def correct(session: Session, entry: QuarantineEntry, row: dict[str, Any] | None) -> None:
    """Stores what the row should have been; a re-drive takes it. Raises EntrySettled."""
    demand_open(entry)
    editing.change(session, entry, {"corrected_row": storable(row)}, verb="corrected")


def discard(session: Session, entry: QuarantineEntry, comment: str) -> None:
    """From now on a run that meets the same content leaves it out on purpose. Raises EntrySettled."""
    demand_open(entry)
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    values = {"status": "discarded", "comment": comment, "resolved_at": now, "resolved_by": context_of(session).actor}
    editing.change(session, entry, values, verb="discarded")
