"""Runs of several pipelines, each after those that it depends on: a group, all of them, or one with what it needs."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.sync.domain.configuration import Configuration
from services.sync.domain.graph import in_order, with_needs
from services.sync.errors import GroupNotFound
from services.sync.models import GroupRun, PipelineRun
from services.sync.operations.runs.following import advance
from services.sync.operations.runs.starting import write_run
from services.sync.queries import pipelines, runs
from shared.tenancy import context_of, tenant_of


def start_group(session: Session, name: str, asked: Mapping[str, Any]) -> list[PipelineRun]:
    """Raises GroupNotFound, RunInProgress."""
    members = [one.name for one in pipelines.all_configurations(session, active=True) if name in one.groups]
    if not members:
        raise GroupNotFound(f"No active pipeline is in the group {name}.")
    return start_together(session, members, asked, name=name)


def start_all(session: Session, asked: Mapping[str, Any]) -> list[PipelineRun]:
    """Of every active pipeline; none active is an empty list."""
    members = [one.name for one in pipelines.all_configurations(session, active=True)]
    return start_together(session, members, asked) if members else []


def start_with_needs(session: Session, name: str, asked: Mapping[str, Any]) -> PipelineRun:
    """Of a pipeline and of everything that it depends on; the run of the pipeline itself."""
    started = start_together(session, with_needs(name, pipelines.dependencies(session)), asked)
    return next(run for run in started if run.pipeline == name)


def start_together(
    session: Session, names: Iterable[str], asked: Mapping[str, Any], *, name: str | None = None
) -> list[PipelineRun]:
    """Runs in the order of their needs. Those without any begin at once, the others when their needs are met."""
    wanted = set(names)
    found = {one.name: one for one in pipelines.all_configurations(session, active=None) if one.name in wanted}
    needs = {member: [other for other in one.depends_on if other in found] for member, one in found.items()}
    group = GroupRun(
        tenant_id=tenant_of(session),
        id=uuid.uuid4(),
        name=name,
        needs=needs,
        clean=[member for member, one in found.items() if one.require_clean],
        created_by=context_of(session).actor,
    )
    session.add(group)
    session.flush()
    order = in_order(found, needs)
    present = pipelines.by_name(session, order)
    own = {key: value for key, value in asked.items() if key != "dependencies"}
    for member in order:
        write_run(session, present[member], found[member], own, trigger="group", group_run_id=group.id)
    advance(session, group.id)
    by_name = {run.pipeline: run for run in runs.of_group(session, group.id)}
    return [by_name[member] for member in order]


def groups(session: Session) -> list[dict[str, Any]]:
    """Every group, with its active and inactive pipelines."""
    by_group: dict[str, list[str]] = {}
    for one in pipelines.all_configurations(session, active=None):
        for group in one.groups:
            by_group.setdefault(group, []).append(one.name)
    return [{"name": name, "pipelines": sorted(by_group[name])} for name in sorted(by_group)]


def unmet(session: Session, configuration: Configuration) -> str | None:
    """Why the pipelines that this one depends on do not let it run on its own."""
    latest = runs.latest_ended(session, configuration.depends_on)
    good = ("completed",) if configuration.require_clean else ("completed", "completed_with_errors")
    for name in configuration.depends_on:
        status = latest[name].status if name in latest else "never ran"
        if status not in good:
            return f"{name}: {status}"
    return None
