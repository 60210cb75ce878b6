"""Pipelines are known by name: existence before permission, as for rows with ids."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from services.sync.operations.pipelines import storing
from shared.auth import demand
from shared.current import current_context, current_session

View = Callable[..., Any]


def on_pipeline(permission: str) -> Callable[[View], View]:
    """Demands that the pipeline exists that the path names, and the permission. The innermost decorator of a view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            storing.demand(current_session(), kwargs["name"])
            demand(current_context(), permission)
            return view(*args, **kwargs)

        checked.required_permission = permission  # type: ignore[attr-defined]
        return checked

    return decorate
