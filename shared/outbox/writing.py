"""Posting letters, in the unit of work of what they tell; and posting failed ones again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, func, insert, text, update
from sqlalchemy.orm import Session

from shared.outbox.models import DAYS, OutboxMixin
from shared.tenancy import context_of, tenant_of


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to leave. `subject` is a dotted word (`order.approved`); `payload` is the sender's.

    `reply` is {"kind", "queue", "payload"} of a job that learns how it ended: its payload then also has `outbox`
    with the letter's id, `status`, `reason`, and the receiver's `answer`. The story that it continues is that of the
    unit of work, unless `origin_correlation_id` names another.
    """

    kind: str
    subject: str
    target: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    ordering_key: str | None = None
    reply: Mapping[str, Any] | None = None
    origin_correlation_id: uuid.UUID | None = None
    id: uuid.UUID = field(default_factory=uuid.uuid4)


def post(session: Session, model: type[OutboxMixin], letter: Letter) -> uuid.UUID:
    return post_many(session, model, [letter])[0]


def post_many(session: Session, model: type[OutboxMixin], letters: Sequence[Letter]) -> list[uuid.UUID]:
    """Writes letters, which leave in their order after this unit of work has committed; with one statement."""
    if letters:
        common = origin(session)
        session.execute(insert(model), [common | _columns(letter, common) for letter in letters])
    return [letter.id for letter in letters]


def _columns(letter: Letter, common: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: getattr(letter, name) for name in ("id", "kind", "subject", "target", "ordering_key")}
    story = letter.origin_correlation_id or common["origin_correlation_id"]
    reply = dict(letter.reply) if letter.reply else None
    return named | {"payload": dict(letter.payload), "reply": reply, "origin_correlation_id": story}


def origin(session: Session) -> dict[str, Any]:
    """The columns that say where a letter comes from."""
    context = context_of(session)
    return {
        "tenant_id": tenant_of(session),
        "correlation_id": context.correlation_id,
        "origin_correlation_id": context.origin_correlation_id,
    }


def post_again(session: Session, model: type[OutboxMixin], *which: ColumnElement[bool]) -> int:
    """Gives ended letters of this tenant their time once more, under their old ids; returns how many."""
    again = (
        update(model)
        .where(model.tenant_id == tenant_of(session), model.status != "pending", *which)
        .values(
            status="pending",
            reason=None,
            attempt=0,
            ended_at=None,
            next_attempt_at=func.now(),
            give_up_at=func.now() + text(f"interval '{DAYS} days'"),
        )
    )
    done = session.execute(again, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]
