"""A circuit breaker: what has failed several times in a row is left alone for a while."""

import time
from collections.abc import Callable
from threading import Lock


class CircuitBreaker:
    """Open after `threshold` failures in a row; after `rest_seconds` one caller tries whether it works again.

    Each permission given by `allows` is followed by `succeeded` or `failed`.
    """

    def __init__(
        self, *, threshold: int = 5, rest_seconds: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._threshold = threshold
        self._rest = rest_seconds
        self._clock = clock
        self._failures = 0
        self._next_trial_at: float | None = None
        self._lock = Lock()

    def allows(self) -> bool:
        """Whether a call may be made now. While the circuit is open one trial per rest is let through."""
        with self._lock:
            if self._next_trial_at is None:
                return True
            if self._clock() < self._next_trial_at:
                return False
            # Pushed on before the trial ends: others keep away, and a trial that never reports does not block all.
            self._next_trial_at = self._clock() + self._rest
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._next_trial_at = 0, None

    def failed(self, *, at_once: bool = False) -> None:
        """`at_once` opens it for this one failure, where each further one would cost too much."""
        with self._lock:
            self._failures += self._threshold if at_once else 1
            if self._failures >= self._threshold:
                self._next_trial_at = self._clock() + self._rest
