"""Sessions that were ended before their token expires, by logging out: known in PostgreSQL, asked at each request
through a small memory."""

import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import ClassVar

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.db import Name
from shared.errors import Unauthenticated
from shared.tenancy import Context, TenantOwned, tenant_of

REMEMBERED = 4096


class SessionEnded(Unauthenticated):
    code = "session_ended"


class RevokedSessionMixin(TenantOwned):
    """A session (the token's claim `sid`, else its `jti`) that counts no more; forgotten once its tokens expired."""

    __tablename__: str
    __personal__: ClassVar = ""

    session_id: Mapped[str] = mapped_column(Name, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


def revoke(session: Session, model: type[RevokedSessionMixin], session_id: str, *, expires_at: datetime) -> bool:
    """Ends a session; safe to repeat. False: it was ended before. Other processes notice within seconds."""
    values = {"tenant_id": tenant_of(session), "session_id": session_id, "expires_at": expires_at}
    ended = insert(model).values(values).on_conflict_do_nothing().returning(model.session_id)
    return session.scalar(ended) is not None


def forget_sessions(session: Session, model: type[RevokedSessionMixin]) -> None:
    """Removes what has expired anyway; a duty of the relay."""
    session.execute(delete(model).where(model.expires_at < func.now()))


class RevokedSessions:
    """Asks for each session every `seconds` at most."""

    def __init__(
        self,
        model: type[RevokedSessionMixin],
        *,
        seconds: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model, self._seconds, self._clock = model, seconds, clock
        self._good_until: OrderedDict[tuple[uuid.UUID, str], float] = OrderedDict()
        self._lock = Lock()

    def remembers(self, context: Context) -> bool:
        """Whether `check` would pass without a look into the database."""
        if context.session_id is None or context.is_service or context.tenant_id is None:
            return True
        with self._lock:
            return self._clock() < self._good_until.get((context.tenant_id, context.session_id), float("-inf"))

    def check(self, session: Session, context: Context) -> None:
        """Raises SessionEnded."""
        if self.remembers(context) or context.session_id is None:
            return
        key = tenant_of(session), context.session_id
        ended = select(self._model.session_id).where(self._model.tenant_id == key[0], self._model.session_id == key[1])
        if session.scalar(ended) is not None:
            raise SessionEnded("You have logged out; log in again.")
        self._remember(key)

    def _remember(self, key: tuple[uuid.UUID, str]) -> None:
        with self._lock:
            self._good_until[key] = self._clock() + self._seconds
            self._good_until.move_to_end(key)
            while len(self._good_until) > REMEMBERED:
                self._good_until.popitem(last=False)
