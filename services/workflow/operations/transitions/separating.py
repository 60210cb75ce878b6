"""Who had a part in items before, where the edges that they are to take exclude them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.workflow.domain.machines.definition import Edge
from services.workflow.domain.machines.separating import earlier_edges, persons_in_roles
from services.workflow.models import TransitionRecord
from services.workflow.operations.transitions.lifecycle import Lifecycle
from shared.tenancy import tenant_of

Steps = Mapping[int, Sequence[tuple[tuple[str | None, str], set[str]]]]
_NOBODY: Final[frozenset[str]] = frozenset()


def excluded(session: Session, lifecycle: Lifecycle, wanted: Sequence[tuple[Any, Edge]]) -> list[frozenset[str]]:
    """By row and edge, in their order: the persons who may not take it. One statement, or none where no edge of
    them excludes who took another.
    """
    if not any(edge.excludes for _row, edge in wanted):
        return [_NOBODY] * len(wanted)
    earlier = [earlier_edges(lifecycle.machine_of(row), edge) for row, edge in wanted]
    taken = _steps(session, lifecycle, [row.id for (row, _edge), ends in zip(wanted, earlier, strict=True) if ends])
    found = []
    for (row, edge), ends in zip(wanted, earlier, strict=True):
        persons = {person for person in persons_in_roles(row, edge) if person}
        found.append(frozenset(persons.union(*(who for step, who in taken.get(row.id, ()) if step in ends))))
    return found


def _steps(session: Session, lifecycle: Lifecycle, ids: Sequence[int]) -> Steps:
    """By item: each step that was taken, with its persons."""
    if not ids:
        return {}
    record = TransitionRecord
    rows = select(record.entity_id, record.from_state, record.to_state, record.actor, record.on_behalf_of).where(
        record.tenant_id == tenant_of(session),
        record.entity == lifecycle.entity,
        record.entity_id.in_(ids),
        record.machine == lifecycle.machine,
        record.success,
    )
    found: dict[int, list[tuple[tuple[str | None, str], set[str]]]] = {}
    for item_id, origin, target, *persons in session.execute(rows):
        found.setdefault(item_id, []).append(((origin, target), {person for person in persons if person}))
    return found
