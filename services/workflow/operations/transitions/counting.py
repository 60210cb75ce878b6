"""Transitions in numbers, for `/metrics`."""

from collections.abc import Sequence

from prometheus_client import Counter, Histogram

MOVED = Counter("state_transition", "Transitions that were carried out.", ["machine"])
REFUSED = Counter("state_transition_error", "Transitions that were refused, by code.", ["machine", "code"])
SECONDS = Histogram(
    "state_transition_duration_seconds",
    "Time of a call, whatever the number of its items.",
    ["machine"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40),
)


def count(machine: str, *, moved: int, refused: Sequence[str], seconds: float) -> None:
    """`refused` has the codes of all findings."""
    MOVED.labels(machine).inc(moved)
    for code in refused:
        REFUSED.labels(machine, code).inc()
    SECONDS.labels(machine).observe(seconds)
