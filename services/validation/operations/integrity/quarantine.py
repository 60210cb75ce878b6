"""Rows that are set apart: entries open where a run finds a row broken, and close where it finds it clean."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.planning import Planned
from services.validation.models import QuarantineEntry
from services.validation.queries.integrity.setting_apart import (
    can_be_set_apart,
    close_clean,
    groups,
    open_failing,
)
from shared import editing
from shared.errors import Conflict
from shared.tenancy import context_of, tenant_of


def renew(session: Session, run_id: uuid.UUID, planned: Sequence[Planned], options: Options) -> None:
    """Every full run closes what is clean again; one that asks for it opens what is not."""
    session.flush()
    opened = set(
        session.execute(
            select(QuarantineEntry.table_name, QuarantineEntry.rule_set, QuarantineEntry.rule)
            .where(QuarantineEntry.tenant_id == tenant_of(session), QuarantineEntry.state == "open")
            .distinct()
        )
    )
    rows = [each for each in planned if can_be_set_apart(each)]
    closing = [each for each in rows if (each.rule.table, each.rule_set, each.rule.id) in opened]
    for group in groups(closing) if not options.is_narrowed else ():
        close_clean(session, run_id, group, options)
    actor = context_of(session).actor
    for group in groups(each for each in rows if each.rule.quarantine) if options.quarantine else ():
        open_failing(session, run_id, group, options, actor=actor)


def release(session: Session, entry_id: int, *, reason: str) -> QuarantineEntry:
    """Takes a row back by hand. Raises NotFound, Conflict."""
    entry = editing.locked(session, QuarantineEntry, entry_id)
    if entry.state != "open":
        raise Conflict("This entry is closed already.", code="already_closed", state=entry.state)
    values = {"state": "released", "closed_at": datetime.now(UTC), "reason": reason}
    entry.closed_by = context_of(session).actor
    editing.change(session, entry, values, verb="released")
    return entry


def open_entries(session: Session) -> Sequence[QuarantineEntry]:
    """The first thousand."""
    mine = (QuarantineEntry.tenant_id == tenant_of(session), QuarantineEntry.state == "open")
    return session.scalars(select(QuarantineEntry).where(*mine).order_by(QuarantineEntry.id).limit(1000)).all()
