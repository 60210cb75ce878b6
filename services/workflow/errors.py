"""Facts that stop an operation of this service, each with its status and code."""

from collections.abc import Sequence
from typing import Any

from shared.errors import Conflict, DomainError, FieldError, Invalid, PermissionMissing


class NotExpired(Conflict):
    """The server closes a task when it is past its time, not before."""

    code = "not_expired"


class NotATour(Conflict):
    """Only tours have checkpoints."""

    code = "not_a_tour"


class TerminalState(Conflict):
    """The item has come to its end; nothing about it changes any more."""

    code = "terminal_state"


class NotDeletable(Conflict):
    """Only an item that has not begun, or was cancelled, may go."""

    code = "not_deletable"


class Protected(Invalid):
    """A field that only the service itself writes."""

    code = "protected_field"


class FieldNotPermitted(PermissionMissing):
    """These fields may be changed, but not with the permissions that the caller has."""

    code = "field_not_permitted"


class Denied(PermissionMissing):
    """Permissions are missing for this item; all that are needed are named."""

    def __init__(
        self, missing: Sequence[str], detail: str | None = None, *, attempt: Any = None, **members: Any
    ) -> None:
        """`attempt` describes what was refused, for the denial record."""
        names = ", ".join(missing)
        word = "permissions" if len(missing) > 1 else "permission"
        super().__init__(names, detail or f"You lack the {word} {names}.")
        self.members |= members
        self.attempt = attempt


class WouldBeDenied(DomainError):
    """What a run would be refused for; a dry run leaves no denial behind."""

    status = 403
    code = "permission_missing"


class FeatureDisabled(DomainError):
    """The operator has switched this off."""

    status = 503
    code = "feature_disabled"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"Retry-After": "60"})


class TransitionRefused(DomainError):
    """A transition that request or data do not allow; status and code are those of what was found."""

    def __init__(self, detail: str, *, code: str, status: int, errors: Sequence[FieldError], **members: Any) -> None:
        super().__init__(detail, code=code, errors=errors, **members)
        self.status = status  # type: ignore[misc]  # one fact, a status by what was found


class PermitFixed(Conflict):
    """The permit has been decided, or its time to be asked for has passed."""

    code = "permit_fixed"


class VerifiersFixed(Conflict):
    """The work is done; who verifies it stands."""

    code = "verifiers_fixed"


class AlreadyDecided(Conflict):
    """Somebody has decided otherwise before."""

    code = "already_decided"


class NotAVerifier(DomainError):
    """Not among the verifiers of the work order."""

    status = 403
    code = "not_a_verifier"


class OwnWork(DomainError):
    """Creator, requester and assignee do not decide about their own work."""

    status = 403
    code = "own_work"


class NotTheDelegator(DomainError):
    """Only who has lent a permission takes it back, or who manages the settings."""

    status = 403
    code = "not_the_delegator"


class NotCompleted(Conflict):
    """Only completed work is verified."""

    code = "not_completed"


class TooMany(Conflict):
    """The item holds as many of them as it may."""

    code = "too_many_parts"


class MachineNotVersioned(Conflict):
    """Items of this machine do not remember a version of its definition."""

    code = "machine_not_versioned"


class MigrationNotClean(Conflict):
    """Some items have no place in the other version of the definition."""

    code = "migration_not_clean"
