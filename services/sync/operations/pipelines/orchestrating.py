"""The graphs that an orchestrator outside works along."""

from typing import Any

from sqlalchemy.orm import Session

from services.sync.domain.dags import dag
from services.sync.domain.graph import with_needs
from services.sync.errors import GroupNotFound
from services.sync.operations.pipelines.storing import demand
from services.sync.queries import pipelines


def dag_of_pipeline(session: Session, name: str) -> dict[str, Any]:
    """Raises PipelineNotFound."""
    demand(session, name)
    every = {one.name: one for one in pipelines.all_configurations(session, active=None)}
    wanted = with_needs(name, {one.name: one.depends_on for one in every.values()})
    return dag(f"sync_{name}", [one for one in every.values() if one.name in wanted], of=every[name])


def dag_of_group(session: Session, group: str) -> dict[str, Any]:
    """Raises GroupNotFound."""
    members = [one for one in pipelines.all_configurations(session, active=True) if group in one.groups]
    if not members:
        raise GroupNotFound(f"No active pipeline is in the group {group}.")
    return dag(f"sync_group_{group}", members)
