"""Who sees a character may ask about it: existence before permission, and a hidden one looks like a missing one."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from services.validation.operations.standing import find
from shared.auth import demand
from shared.current import current_context, current_session

View = Callable[..., Any]


def seen(permission: str, *, lock: bool = False) -> Callable[[View], View]:
    """Gives the view `character` and `how` the caller stands to it in place of `character_id`.

    The innermost decorator of a view, after its arguments are parsed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, character_id: int, **kwargs: Any) -> Any:
            character, how = find(current_session(), character_id, lock=lock)
            demand(current_context(), permission)
            return view(*args, character=character, how=how, **kwargs)

        checked.required_permission = permission  # type: ignore[attr-defined]
        return checked

    return decorate
