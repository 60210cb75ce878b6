"""Which function does the work of which kind of job; each service has one registry in its `jobs.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.orm import Session

from shared.jobs.models import EndStatus, JobMixin

if TYPE_CHECKING:
    from shared.jobs.run import Run

Handler = Callable[["Run"], None]
# Gets the locked parent, whose columns it may set, and the number of its chunks by status. It returns the final
# status; None leaves that to `status_of_children`.
ChildrenDone = Callable[[Session, Any, Mapping[str, int]], EndStatus | None]
# Gets a job that has failed for good, whose columns it may set.
Dead = Callable[[Session, Any], None]

H = TypeVar("H", bound=Handler)


@dataclass(frozen=True)
class Kind:
    """A kind of job; its name is a stored contract."""

    name: str
    handler: Handler
    on_children_done: ChildrenDone | None = None
    on_dead: Dead | None = None


class JobRegistry:
    """Kinds of one service and the table in which its jobs are."""

    def __init__(self, service: str, model: type[JobMixin]) -> None:
        self.service = service
        self.model = model
        self._kinds: dict[str, Kind] = {}

    def handler(
        self, kind: str, *, on_children_done: ChildrenDone | None = None, on_dead: Dead | None = None
    ) -> Callable[[H], H]:
        """Registers the decorated function as the work of `kind`."""

        def register(function: H) -> H:
            if kind in self._kinds:
                raise ValueError(f"the kind {kind} has a handler already")
            self._kinds[kind] = Kind(kind, function, on_children_done, on_dead)
            return function

        return register

    def find(self, kind: str) -> Kind | None:
        return self._kinds.get(kind)

    @property
    def ends_in_worker(self) -> frozenset[str]:
        """Kinds with something to record when they have failed for good, for the relay."""
        return frozenset(kind.name for kind in self._kinds.values() if kind.on_dead is not None)

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self._kinds)


def status_of_children(job: JobMixin, counts: Mapping[str, int]) -> EndStatus:
    """End of a job whose chunks all ended: alike if they are, else in part."""
    if job.cancel_requested:
        return "cancelled"
    ended = {status for status, count in counts.items() if count}
    if ended <= {"completed"}:
        return "completed"
    if ended <= {"failed", "cancelled"}:
        return "failed"
    return "partial_failure"
