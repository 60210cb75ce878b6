"""Facts that stop an operation of this service, each with its status and code."""

from collections.abc import Sequence
from typing import Any

from shared.errors import Conflict, DomainError, FieldError, Invalid, PermissionMissing


class TenantInactive(DomainError):
    """An inactive tenant can be read, nothing else."""

    status = 403
    code = "tenant_inactive"


class EntityBusy(Conflict):
    """Somebody else has held the rows for longer than the lock wait."""

    code = "entity_busy"

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": "1"}, **members)


class InUse(Conflict):
    """Something still refers to the row."""

    code = "in_use"


class AlreadyExists(Conflict):
    code = "already_exists"


class TerminalState(Conflict):
    """The item has come to its end; nothing about it changes any more."""

    code = "terminal_state"


class NotDeletable(Conflict):
    """Only an item that has not begun, or was cancelled, may go."""

    code = "not_deletable"


class UnknownReference(Invalid):
    """The row that a body refers to is missing or of another tenant."""

    code = "unknown_reference"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail, errors=[FieldError(pointer, self.code, detail)])


class Protected(Invalid):
    """A field that only the service itself writes."""

    code = "protected_field"


class FieldNotPermitted(PermissionMissing):
    """These fields may be changed, but not with the permissions that the caller has."""

    code = "field_not_permitted"


class ActingForbidden(DomainError):
    """Only the service itself, and services that were granted it, may act as the system."""

    status = 403
    code = "permission_missing"


class Denied(PermissionMissing):
    """Permissions are missing for this item; all that are needed are named."""

    def __init__(self, missing: Sequence[str], detail: str | None = None, **members: Any) -> None:
        names = ", ".join(missing)
        word = "permissions" if len(missing) > 1 else "permission"
        super().__init__(names, detail or f"You lack the {word} {names}.")
        self.members |= members
