"""When a pipeline needs somebody: what the end of a run says about each cause."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

CAUSES = ("failed", "completed_with_errors", "skipped", "stale", "conflict", "quarantine")
# A scheduled run may wait for its dependencies for an hour; then it should have begun.
LATE = timedelta(minutes=65)
# Statuses that end a cause; any other neither raises nor ends it.
_OVER: Mapping[str, frozenset[str]] = {
    "failed": frozenset({"completed", "completed_with_errors"}),
    "completed_with_errors": frozenset({"completed"}),
    "skipped": frozenset({"completed", "completed_with_errors", "failed"}),
    "stale": frozenset({"completed"}),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a cause holds for a pipeline, and in words; `webhook` is the name of who is told."""

    pipeline: str
    cause: str
    holds: bool
    text: str = ""
    webhook: str | None = None


def of_status(status: str) -> dict[str, bool]:
    """Cause to whether it holds from now on; causes about which the end of such a run says nothing are left out."""
    found = {cause: False for cause, over in _OVER.items() if status in over}
    return found | ({status: True} if status in _OVER else {})


def of_counts(*, conflicts: int, quarantine: int, above: int) -> dict[str, bool]:
    return {"conflict": conflicts > 0, "quarantine": quarantine > above}
