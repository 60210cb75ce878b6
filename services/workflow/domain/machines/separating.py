"""Separation of duties: who has had a part in an item does not take the next step."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.definition import Edge, Machine

# Words of a definition that are no verbs, and the column that holds the person.
ROLES: Final[Mapping[str, str]] = {"creator": "created_by", "assignee": "assigned_to_user"}


def earlier_edges(machine: Machine, edge: Edge) -> set[tuple[str, str]]:
    """Ends of the edges whose actors this edge excludes."""
    return {(one.origin, one.target) for one in machine.edges if one.verb in edge.excludes}


def persons_in_roles(row: Any, edge: Edge) -> Iterable[str | None]:
    return [getattr(row, ROLES[word], None) for word in edge.excludes if word in ROLES]


def own_work(edge: Edge, excluded: Collection[str], ask: Ask) -> Finding | None:
    """The system is nobody, but whom it acts for is somebody."""
    asking = {ask.on_behalf_of} if ask.as_system else {*ask.persons(*edge.permissions), ask.on_behalf_of}
    if not asking & set(excluded):
        return None
    listed = ", ".join(edge.excludes)
    detail = f"To {edge.verb} takes somebody else than who had a part before ({listed})."
    return Finding("own_work", detail, status=403)
