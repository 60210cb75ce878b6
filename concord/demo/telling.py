"""What a step of the story has at hand, and what is told of it and of the whole."""

import uuid
from dataclasses import dataclass, field
from typing import NamedTuple

from concord.demo.calling import Caller, Note
from concord.demo.ground import Ground

PROPAGATION, WORKFLOW = "/api/propagation/v1", "/api/workflow/v1"
VALIDATION, SYNC = "/api/validation/v1", "/api/sync/v1"


@dataclass(frozen=True, slots=True)
class Stage:
    """`admin` calls under the story's correlation id; `grace` decides under ids of her own, as people do."""

    ground: Ground
    admin: Caller
    grace: Caller
    note: Note


class Told(NamedTuple):
    """What has happened, and the page of the console that shows more of it."""

    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the demo as it went: rows of texts below `columns`, and what did not go well."""

    title: str
    columns: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)
    story: uuid.UUID | None = None
    failures: list[str] = field(default_factory=list)
