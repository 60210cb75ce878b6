"""Raises what holds and ends what does not any more: a line in the log for each, and a letter to the named webhook."""

import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.sync.domain.alerts import CAUSES, Finding, of_counts, of_status
from services.sync.domain.configuration import Configuration
from services.sync.models import Alert, Outbox, PipelineRun, PipelineVersion, Webhook
from services.sync.queries import pipelines
from shared.outbox.writing import Letter, post_many
from shared.tenancy import tenant_of
from shared.webhooks.publishing import KIND
from shared.webhooks.publishing import Event as Message

log = structlog.get_logger(__name__)
MOST_TEXT = 500
RAISED, RECOVERED = "alert.raised", "alert.recovered"


def after_run(session: Session, run: PipelineRun) -> None:
    """What the end of a run says about its pipeline, as far as the file wants to hear of it."""
    version = session.get(PipelineVersion, (run.tenant_id, run.pipeline, run.config_version))
    if version is None or run.kind == "dry_run":
        return
    wishes = Configuration(version.configuration).alerts
    wanted = wishes.get("on", ())
    holds = {} if run.kind == "redrive" else of_status(run.status)
    if {"conflict", "quarantine"} & set(wanted):
        beside = pipelines.beside(session, [run.pipeline])[run.pipeline]
        holds |= of_counts(
            conflicts=beside["open_conflicts"],
            quarantine=beside["open_quarantine"],
            above=wishes.get("quarantine_above", 0),
        )
    text = _text(run)
    settle(
        session,
        [
            Finding(run.pipeline, cause, holds[cause], text, wishes.get("webhook"))
            for cause in CAUSES
            if cause in wanted and cause in holds
        ],
        run_id=run.id,
    )


def settle(session: Session, findings: Sequence[Finding], *, run_id: uuid.UUID | None = None) -> None:
    """One alert for each pipeline and cause that holds, until it does not; a constant number of statements."""
    if not findings:
        return
    by_key = {(one.pipeline, one.cause): one for one in findings}
    raised = _raise(session, [one for one in by_key.values() if one.holds], run_id)
    ended = _end(session, [key for key, one in by_key.items() if not one.holds])
    told = [(RAISED, by_key[key]) for key in raised] + [(RECOVERED, by_key[key]) for key in ended]
    _tell(session, told, run_id)


Key = tuple[str, str]


def _raise(session: Session, findings: Sequence[Finding], run_id: uuid.UUID | None) -> list[Key]:
    """Those that were not raised before."""
    if not findings:
        return []
    tenant_id = tenant_of(session)
    rows = [
        {
            "tenant_id": tenant_id,
            "pipeline": one.pipeline,
            "cause": one.cause,
            "detail": one.text[:MOST_TEXT],
            "run_id": run_id,
        }
        for one in findings
    ]
    written = insert(Alert).values(rows).on_conflict_do_nothing().returning(Alert.pipeline, Alert.cause)
    return [(pipeline, cause) for pipeline, cause in session.execute(written)]


def _end(session: Session, keys: Sequence[Key]) -> list[Key]:
    if not keys:
        return []
    over = (
        update(Alert)
        .where(
            Alert.tenant_id == tenant_of(session),
            Alert.over_at.is_(None),
            tuple_(Alert.pipeline, Alert.cause).in_(list(keys)),
        )
        .values(over_at=func.now())
        .returning(Alert.pipeline, Alert.cause)
    )
    found = session.execute(over, execution_options={"synchronize_session": False})
    return [(pipeline, cause) for pipeline, cause in found]


def _tell(session: Session, told: Sequence[tuple[str, Finding]], run_id: uuid.UUID | None) -> None:
    for word, one in told:
        line = log.warning if word == RAISED else log.info
        line(word.replace(".", "_"), pipeline=one.pipeline, cause=one.cause)
    names = {one.webhook for _word, one in told if one.webhook is not None}
    if not names:
        return
    known = session.execute(
        select(Webhook.name, Webhook.id).where(
            Webhook.tenant_id == tenant_of(session), Webhook.name.in_(names), Webhook.active
        )
    )
    ids = {name: webhook_id for name, webhook_id in known}
    letters = [_letter(word, one, ids[one.webhook], run_id) for word, one in told if one.webhook in ids]
    post_many(session, Outbox, letters)


def _letter(word: str, one: Finding, webhook_id: int, run_id: uuid.UUID | None) -> Letter:
    data: dict[str, Any] = {
        "pipeline": one.pipeline,
        "cause": one.cause,
        "detail": one.text if word == RAISED else None,
        "run_id": None if run_id is None else str(run_id),
    }
    return Letter(
        kind=KIND,
        subject=word,
        target=str(webhook_id),
        payload=Message(word, data).message(),
        ordering_key=f"pipeline:{one.pipeline}",
    )


def _text(run: PipelineRun) -> str:
    """Never a row of the source."""
    said = run.skip_reason or (run.error or {}).get("code") or f"{run.stats.get('errors', 0)} bad rows"
    return f"The run is {run.status}: {said}."
