"""Permissions demanded by views, existence before permission; and the signatures of siblings."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import flask
from sqlalchemy.orm import Session

from shared.auth import demand
from shared.current import current_context, current_session, runtime
from shared.errors import NotFound
from shared.rows import is_deleted, noun
from shared.signatures import verify
from shared.tenancy import context_of, tenant_of

View = Callable[..., Any]
Model = TypeVar("Model")


def requires(
    permission: str,
    *,
    on: type[Any] | None = None,
    hidden: Callable[[Any], bool] | None = None,
    unless: Callable[[Any], bool] | None = None,
) -> Callable[[View], View]:
    """Demands a permission of the caller; the innermost decorator of a view, after its arguments are parsed.

    `on` is the model that the first path argument is an id of: existence is answered before permission, so that
    a missing row and a foreign one look alike to everybody. `hidden` tells rows that look missing to the caller,
    `unless` those for which no permission is needed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            session = current_session()
            row = None if on is None else load(session, on, next(iter(kwargs.values())))
            if hidden is not None and hidden(row):
                raise NotFound(f"There is no such {noun(type(row))}.")
            if unless is None or not unless(row):
                demand(context_of(session), permission)
            return view(*args, **kwargs)

        checked.required_permission = permission  # type: ignore[attr-defined]
        return checked

    return decorate


def takes(*media_types: str, max_bytes: int | None = None) -> Callable[[View], View]:
    """The media types of bodies that a view takes instead of JSON, and how large such a body may be."""

    def mark(view: View) -> View:
        view.accepts = media_types  # type: ignore[attr-defined]
        view.max_body_bytes = max_bytes  # type: ignore[attr-defined]
        return view

    return mark


def open_to_everybody(view: View) -> View:
    """Marks a view that needs no token (health, documents)."""
    view.is_open = True  # type: ignore[attr-defined]
    return view


def load(session: Session, model: type[Model], key: Any) -> Model:
    """The caller's row with this id; raises NotFound for a missing, deleted or foreign one."""
    row = session.get(model, (tenant_of(session), key))
    if row is None or is_deleted(row):
        raise NotFound(f"There is no such {noun(model)}.")
    return row


def check_signature(permission: str) -> str:
    """Id of the message, for a view that only siblings call: the service that the token names has signed the body.

    Raises SignatureRefused, which is recorded like a missing `permission`. A message may come more than once.
    """
    context = current_context()
    caller = (context.actor or "").removeprefix("service:") if context.is_service else ""
    secret = runtime().settings.pair_secrets.get(caller)
    known = [secret.get_secret_value()] if secret else []
    return verify(dict(flask.request.headers), flask.request.get_data(cache=True), known, permission=permission)
