"""A due schedule: it asks for a run, or finds that there is no need."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from services.sync.operations.runs.beginning import start
from services.sync.queries import pipelines

log = structlog.get_logger(__name__)


def start_due(session: Session, payload: Mapping[str, Any]) -> None:
    """Joins a run that goes on. A pipeline that has gone or is switched off has no schedule any more."""
    pipeline = pipelines.named(session, payload["pipeline"])
    if pipeline is None or not pipeline.active:
        log.info("schedule_without_pipeline", pipeline=payload["pipeline"])
        return
    asked: dict[str, Any] = {"if_running": "join", "dependencies": "check"}
    asked |= {"mode": payload["mode"]} if "mode" in payload else {}
    start(session, pipeline, asked, trigger="schedule")
