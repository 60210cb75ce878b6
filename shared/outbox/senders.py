"""What delivers letters of one kind, and what it may say of a letter that it could not deliver."""

from dataclasses import dataclass
from typing import Any, Protocol

from shared.outbox.models import OutboxMixin


class NotDelivered(Exception):
    """Not this time; tried again until the letter's time is over. The text is stored as the reason."""

    def __init__(self, reason: str, *, retry_after_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class Undeliverable(Exception):
    """Trying again would not help."""


class NotWanted(Exception):
    """There is nobody to deliver it to, which is no failure."""


class Sender(Protocol):
    """Delivers one letter, within seconds; returns what the receiver answered, as plain JSON, or None.

    Raises NotDelivered, Undeliverable or NotWanted. It may meet a letter twice, so it tells the receiver the id.
    """

    def __call__(self, letter: OutboxMixin, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt; `pending` waits for the next one."""

    letter: OutboxMixin
    status: str
    reason: str | None = None
    answer: Any = None
    pause_seconds: float = 0.0
