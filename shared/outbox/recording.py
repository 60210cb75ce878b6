"""What became of claimed letters, written down by the courier that claimed them and by nobody else."""

from collections.abc import Mapping, Sequence
from random import random
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, case, func, insert, tuple_, update
from sqlalchemy.orm import Session

from shared.jobs.doorbell import ring
from shared.jobs.lease import after
from shared.jobs.models import JobMixin
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import Outcome

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 6 * 3600.0
Model = type[OutboxMixin]


def record(session: Session, model: Model, jobs: type[JobMixin] | None, outcomes: Sequence[Outcome]) -> None:
    """Ends letters or lets them wait, and starts the jobs that are to be told of an end."""
    arrived = [outcome for outcome in outcomes if outcome.status == "delivered"]
    ended = _end(session, model, arrived, "delivered")
    for outcome in outcomes:
        if outcome.status == "pending":
            ended += _wait(session, model, outcome)
        elif outcome.status != "delivered":
            ended += _end(session, model, [outcome], outcome.status, outcome.reason)
    replies = [_reply(letter, _of(outcomes, letter).answer) for letter in ended if letter.reply]
    if replies and jobs is not None:
        session.execute(insert(jobs), replies)
        ring(session)


def put_back(session: Session, model: Model, letters: Sequence[OutboxMixin]) -> None:
    """Gives up the claim of letters that were not tried; whoever waits goes first."""
    if letters:
        _update(
            session, model, _held(model, letters), attempt=model.attempt - 1, next_attempt_at=func.clock_timestamp()
        )


def _end(
    session: Session, model: Model, outcomes: Sequence[Outcome], status: str, reason: str | None = None
) -> list[OutboxMixin]:
    if not outcomes:
        return []
    letters = [outcome.letter for outcome in outcomes]
    values = {"status": status, "reason": reason, "ended_at": func.clock_timestamp()}
    return _update(session, model, _held(model, letters), **values)


def _wait(session: Session, model: Model, outcome: Outcome) -> list[OutboxMixin]:
    """The letter waits for its next attempt, and what is behind it with it; returns it if its time is over."""
    letter = outcome.letter
    doubled = FIRST_PAUSE_SECONDS * 2 ** min(letter.attempt - 1, 20)
    pause = max(outcome.pause_seconds, min(doubled, LONGEST_PAUSE_SECONDS)) * (1 + random() / 2)  # noqa: S311 (spreads)
    late = after(pause) > model.give_up_at
    values = {
        "status": case((late, "failed"), else_="pending"),
        "ended_at": case((late, func.clock_timestamp())),
        "reason": outcome.reason,
        "next_attempt_at": after(pause),
    }
    found = _update(session, model, _held(model, [letter]), **values)
    if found and found[0].status == "pending" and letter.ordering_key is not None:
        line = ("tenant_id", "kind", "target", "ordering_key", "status")
        behind = and_(*(getattr(model, name) == getattr(found[0], name) for name in line), model.number > letter.number)
        _update(session, model, behind, next_attempt_at=found[0].next_attempt_at)
    return [letter for letter in found if letter.status == "failed"]


def _update(session: Session, model: Model, where: ColumnElement[bool], **values: Any) -> list[OutboxMixin]:
    changed = update(model).where(where).values(**values).returning(model)
    options = {"synchronize_session": False, "populate_existing": True}
    return list(session.scalars(changed, execution_options=options).all())


def _held(model: Model, letters: Sequence[OutboxMixin]) -> ColumnElement[bool]:
    """True for the rows of these letters as long as no other courier has claimed or ended them."""
    keys = [(letter.tenant_id, letter.id, letter.attempt) for letter in letters]
    return and_(model.status == "pending", tuple_(model.tenant_id, model.id, model.attempt).in_(keys))


def _of(outcomes: Sequence[Outcome], letter: OutboxMixin) -> Outcome:
    return next(outcome for outcome in outcomes if outcome.letter.id == letter.id)


def _reply(letter: OutboxMixin, answer: Any) -> Mapping[str, Any]:
    asked: Mapping[str, Any] = letter.reply or {}
    told = {"id": str(letter.id), "status": letter.status, "reason": letter.reason, "answer": answer}
    return {
        "tenant_id": letter.tenant_id,
        "kind": asked["kind"],
        "queue": asked["queue"],
        "payload": {**asked.get("payload", {}), "outbox": told},
        "correlation_id": letter.correlation_id,
        "origin_correlation_id": letter.origin_correlation_id,
    }
