"""Decisions that sibling services ask people for."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.models.rows import Base, Living, in_states_of
from shared.db import Name
from shared.rows import at_most, one_of, unique

EMPTY_LIST = text("'{}'::text[]")


class Approval(Living, Base):
    """`payload_classes` names the redaction class of payload fields; `candidates` are persons and teams."""

    __tablename__ = "approvals"
    __table_args__ = (
        unique("requester", "external_ref"),
        in_states_of("approval"),
        one_of("on_expiry", "expire", "approve", "reject"),
        at_most("kind", 100),
        at_most("title", 200),
        at_most("summary", 10_000),
        at_most("external_ref", 200),
        CheckConstraint("votes_needed >= 1", name="votes_needed"),
        Index("ix_approvals_state", "tenant_id", "state", "id"),
        Index("ix_approvals_expires", "tenant_id", "expires_at", postgresql_where=text("state = 'PENDING'")),
    )

    kind: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    payload_classes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    options: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=EMPTY_LIST)
    requester: Mapped[str | None] = mapped_column(Name)
    external_ref: Mapped[str | None] = mapped_column(Name)
    required_permission: Mapped[str] = mapped_column(server_default=text("'approval.decide'"))
    candidate_users: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=EMPTY_LIST)
    candidate_teams: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=EMPTY_LIST)
    exclude: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=EMPTY_LIST)
    votes_needed: Mapped[int] = mapped_column(server_default=text("1"))
    expires_at: Mapped[datetime | None]
    on_expiry: Mapped[str] = mapped_column(server_default=text("'expire'"))
    callback_url: Mapped[str | None]
    origin_correlation_id: Mapped[uuid.UUID | None] = mapped_column(UUID)
    decision: Mapped[str | None]
    option: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    @property
    def candidates(self) -> dict[str, list[str]]:
        return {"persons": self.candidate_users, "teams": self.candidate_teams}
