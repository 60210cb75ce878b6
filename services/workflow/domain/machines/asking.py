"""What a transition is asked with: who, why, with which words; and the one finding that a check can make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

PEOPLES_REASONS = ("user_action", "api_call", "webhook", "mobile_sync")
SYSTEM_REASONS = ("system_auto", "scheduled", "escalation", "timeout", "approval")
REASONS = PEOPLES_REASONS + SYSTEM_REASONS
CLIENTS = ("web", "mobile", "api")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The context of a transition; building one needs nothing.

    Without an actor it can only ask about the graph. `as_system` skips permissions, nothing else; `on_behalf_of` is
    the person for whom the system acts. `lent` has those of the permissions that the actor has only from somebody else,
    and from whom. `also` holds columns that the asking operation writes together with the state
    (a verification with the closing that follows from it); guards see them as stored.
    """

    actor: str | None = None
    permissions: frozenset[str] = frozenset()
    lent: Mapping[str, str] = field(default_factory=dict)
    as_system: bool = False
    on_behalf_of: str | None = None
    reason: str = "user_action"
    comments: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    timestamp: datetime = field(default_factory=_now)
    client: str = "web"
    dry_run: bool = False
    also: Mapping[str, Any] = field(default_factory=dict)

    def lender(self, permissions: Iterable[str]) -> str | None:
        """Who stands behind the actor where one of these permissions is needed."""
        return None if self.as_system else next((self.lent[name] for name in permissions if name in self.lent), None)

    def persons(self, *permissions: str) -> frozenset[str | None]:
        """The actor, and who lends him one of these permissions."""
        return frozenset({self.actor, self.lender(permissions)} - {None})

    @property
    def is_mobile(self) -> bool:
        return self.client == "mobile"


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a transition is refused, or (from a warning) what should be known. `members` join the problem document."""

    code: str
    detail: str
    pointer: str = ""
    status: int = 409
    members: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "detail": self.detail, "pointer": self.pointer}


class Veto(Exception):
    """A before-effect stops the transition."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.detail)
        self.finding = finding
