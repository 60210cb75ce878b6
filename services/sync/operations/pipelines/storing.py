"""Storing pipelines: a version for every text that is new, schedules as the file says, all of a set or nothing."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration
from services.sync.domain.cursors import read_cursor
from services.sync.errors import PipelineNotFound, RunInProgress
from services.sync.models import Pipeline, PipelineState, PipelineVersion, Schedule
from services.sync.operations.alerts.watching import put_watch
from services.sync.operations.pipelines.checking import check
from services.sync.operations.pipelines.reading import Document
from services.sync.queries import pipelines
from shared import editing
from shared.auditing.models import EventType
from shared.errors import Invalid
from shared.locking import named_lock
from shared.schedules import put_schedule
from shared.tenancy import context_of, tenant_of


class Stored(NamedTuple):
    pipeline: Pipeline
    is_new: bool


def store(session: Session, documents: Sequence[Document], *, name: str | None = None) -> list[Stored]:
    """All of them or none, in the order given. Raises ConfigurationInvalid."""
    # Two sets at once could close a circle that neither sees.
    named_lock(session, "pipelines", tenant_of(session))
    configurations = check(session, documents, name=name)
    names = [configuration.name for configuration in configurations]
    present, versions = pipelines.by_name(session, names), pipelines.latest_versions(session, names)
    stored = [
        _store_one(session, configuration, document.text, present.get(configuration.name), versions)
        for configuration, document in zip(configurations, documents, strict=True)
    ]
    session.flush()
    return stored


def switch(session: Session, pipeline: Pipeline, *, active: bool) -> None:
    """An inactive pipeline has no schedule and takes no run."""
    if editing.change(session, pipeline, {"active": active}, verb="activated" if active else "deactivated"):
        configuration = Configuration(pipelines.version_of(session, pipeline).configuration)
        put_schedules(session, configuration, active=active)


def remove(session: Session, pipeline: Pipeline) -> None:
    """Raises RunInProgress. What its runs tell stays, and so do its versions."""
    running = pipelines.active_run(session, pipeline.name)
    if running is not None:
        raise RunInProgress(f"A run of {pipeline.name} has not ended.", run_id=str(running.id))
    for schedule in pipelines.schedules_of(session, [pipeline.name]):
        session.delete(schedule)
    editing.delete(session, pipeline)


def demand(session: Session, name: str) -> Pipeline:
    """Raises PipelineNotFound."""
    found = pipelines.named(session, name)
    if found is None:
        raise PipelineNotFound(name)
    return found


def put_schedules(session: Session, configuration: Configuration, *, active: bool) -> None:
    """The schedules of a pipeline as its file has them, no other."""
    put_watch(session, configuration)
    wanted = list(enumerate(configuration.schedule)) if active else []
    kept = {f"pipeline:{configuration.name}:{number}" for number, _entry in wanted}
    for schedule in pipelines.schedules_of(session, [configuration.name]):
        if schedule.name not in kept:
            session.delete(schedule)
    for number, entry in wanted:
        put_schedule(
            session,
            Schedule,
            name=f"pipeline:{configuration.name}:{number}",
            kind=pipelines.SCHEDULED,
            queue="sync",
            cron=entry["cron"],
            time_zone=entry.get("time_zone", "UTC"),
            payload={"pipeline": configuration.name} | ({"mode": entry["mode"]} if "mode" in entry else {}),
            catch_up=entry.get("missed", "once"),
            jitter_seconds=entry.get("jitter_seconds", 0),
        )


def _store_one(
    session: Session,
    configuration: Configuration,
    text: str,
    present: Pipeline | None,
    versions: dict[str, PipelineVersion],
) -> Stored:
    checksum, last = hashlib.sha256(text.encode()).hexdigest(), versions.get(configuration.name)
    is_known = last is not None and last.checksum == checksum
    if present is not None and is_known:
        return Stored(present, is_new=False)
    number = last.number + (not is_known) if last is not None else 1
    if not is_known:
        _add_version(session, configuration, text, checksum, number)
    values = {
        "entity": configuration.entity,
        "description": configuration.given.get("description"),
        "active": configuration.active,
        "config_version": number,
    }
    if present is None:
        present = editing.create(session, Pipeline, {"name": configuration.name, **values})
        session.add(PipelineState(tenant_id=present.tenant_id, pipeline=present.name))
        put_schedules(session, configuration, active=present.active)
        return Stored(present, is_new=True)
    editing.change(session, present, values)
    put_schedules(session, configuration, active=present.active)
    return Stored(present, is_new=False)


def _add_version(session: Session, configuration: Configuration, text: str, checksum: str, number: int) -> None:
    session.add(
        PipelineVersion(
            tenant_id=tenant_of(session),
            pipeline=configuration.name,
            number=number,
            text=text,
            checksum=checksum,
            configuration=dict(configuration.given),
            created_by=context_of(session).actor,
        )
    )


def reset_state(session: Session, pipeline: Pipeline, watermark: str | None) -> PipelineState:
    """Forgets how far the runs have come, or sets it; a person answers for it. Raises Invalid."""
    if watermark is not None and read_cursor(watermark) is None:
        raise Invalid.field("/watermark", "invalid_watermark", "A watermark is a time or a number.")
    state = pipelines.state_of(session, pipeline.name)
    assert state is not None  # made with the pipeline
    before = state.watermark
    state.watermark, state.checkpoint = watermark, None
    if watermark is None:
        state.mapping_checksum = None
    session.flush()
    editing.audit(
        session,
        pipeline,
        "state_reset",
        event_type=EventType.UPDATED,
        changes={"watermark": [before, watermark]},
    )
    return state
