"""What the tables of this service have in common."""

from datetime import datetime

from sqlalchemy import CheckConstraint, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.workflow.domain.machines.shipped import states_of
from shared.auditing.classification import INTERNAL, PERSONAL
from shared.db import TYPES, new_metadata
from shared.rows import Row, one_of
from shared.versioning import Versioned

PRIORITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


class Base(DeclarativeBase):
    """One metadata for this service's own database."""

    metadata = new_metadata()
    type_annotation_map = TYPES


class Kept(Row, Versioned, first_version=0):
    """A row that people change: its version counts stored changes, beginning at 0."""

    updated_by: Mapped[str | None] = mapped_column(sort_order=93, info=PERSONAL)


class Living(Kept):
    """A row with a lifecycle: where it stands, since when, and on which version of the definition."""

    state: Mapped[str] = mapped_column(info=INTERNAL)
    state_changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), info=INTERNAL)
    machine_version: Mapped[int] = mapped_column(server_default=text("1"), info=INTERNAL)


def in_states_of(machine: str, column: str = "state") -> CheckConstraint:
    """The states of a machine; compared with its definition when the service starts."""
    return one_of(column, *states_of(machine))


def not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=column)
