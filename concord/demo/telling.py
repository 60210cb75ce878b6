"""What a step of the story has at hand, and what is told of it."""

from dataclasses import dataclass
from typing import NamedTuple

from concord.demo.calling import Caller, Note
from concord.stack.plan import Plan

PROPAGATION, WORKFLOW = "/api/propagation/v1", "/api/workflow/v1"
VALIDATION, SYNC = "/api/validation/v1", "/api/sync/v1"


@dataclass(frozen=True, slots=True)
class Stage:
    """`admin` calls under the story's correlation id; `grace` decides under ids of her own, as people do."""

    plan: Plan
    admin: Caller
    grace: Caller
    note: Note

    @property
    def services(self) -> set[str]:
        return {service.name for service in self.plan.services}


class Told(NamedTuple):
    """What has happened, and the page of the console that shows more of it."""

    what: str
    where: str
