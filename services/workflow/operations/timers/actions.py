"""What a timer may do besides taking an edge and telling an event, by entity and name."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask

# (session, ids of locked items, the system's asking)
Action = Callable[[Session, Sequence[int], Ask], None]
ACTIONS: dict[tuple[str, str], Action] = {}


def action(entity: str, name: str) -> Callable[[Action], Action]:
    """Registers what timers of an entity may name as their `action`."""

    def register(function: Action) -> Action:
        if (entity, name) in ACTIONS:
            raise ValueError(f"{entity}.{name} is registered twice")
        ACTIONS[entity, name] = function
        return function

    return register
