"""What belongs to the request that is being answered: its session, its caller, its service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from shared.auth import Authenticator
from shared.config import Settings
from shared.db import Database
from shared.limits import RateLimiter
from shared.listing import Address
from shared.tenancy import Context

if TYPE_CHECKING:
    import redis


@dataclass(frozen=True)
class Runtime:
    """The parts that a web process of one service is made of."""

    settings: Settings
    db: Database
    redis: "redis.Redis"
    authenticator: Authenticator
    limiter: RateLimiter

    @property
    def service(self) -> str:
        return self.settings.service

    def close(self) -> None:
        """Gives back its connections, in a process that goes on without it."""
        self.db.dispose()
        self.redis.close()


def runtime() -> Runtime:
    found: Runtime = flask.current_app.extensions["concord"]
    return found


def current_session() -> Session:
    """Session of the transaction around this view."""
    session: Session = flask.g.session
    return session


def current_context() -> Context:
    context: Context = flask.g.context
    return context


def current_address() -> Address:
    """The public address of this request, for the links of a list."""
    return Address(flask.request.base_url, list(flask.request.args.items(multi=True)))


def answer_after_commit(produce: Callable[[], ResponseReturnValue | None]) -> None:
    """Lets `produce` replace the answer once the transaction is committed (`Prefer: wait`); None keeps it."""
    flask.g.answer_after_commit = produce
