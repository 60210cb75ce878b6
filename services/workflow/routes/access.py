"""Who sees an item may ask about it: existence before permission, and a hidden item looks like a missing one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from services.workflow.operations.entities import Entity, find
from services.workflow.queries.seeing import sees_all, sees_own
from shared.access import load
from shared.auth import demand
from shared.current import current_context, current_session
from shared.errors import PermissionMissing

View = Callable[..., Any]


def sees(entity: Entity, permission: str | None = None, *, one: bool = True) -> Callable[[View], View]:
    """Demands that the caller sees the item that the first path argument names (or, not `one`, the list), and then
    the permission. The innermost decorator of a view, after its arguments are parsed."""
    view_permission = f"{entity.area}.view"

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            session, context = current_session(), current_context()
            hidden = not sees_all(context, entity.area) and not sees_own(context, entity.area)
            if one and hidden:
                load(session, entity.model, next(iter(kwargs.values())))
            elif one:
                find(session, entity, next(iter(kwargs.values())))
            if hidden:
                raise PermissionMissing(view_permission)
            if permission is not None:
                demand(context, permission)
            return view(*args, **kwargs)

        checked.required_permission = permission or view_permission  # type: ignore[attr-defined]
        return checked

    return decorate
