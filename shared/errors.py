"""Failures as classes: the status and the code sit on the class, one handler (shared.problems) renders them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong in a request; `pointer` is a JSON pointer into the body (or `?name` of the query)."""

    pointer: str
    code: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail}


class DomainError(Exception):
    """A fact that stops an operation. Subclasses set `status` and `code`; `members` join the problem document."""

    status: ClassVar[int] = 400
    code: str = "bad_request"

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.members = members


class Unauthenticated(DomainError):
    """No token, or one that does not hold."""

    status = 401
    code = "unauthenticated"

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="concord"'}, **members)


class PermissionMissing(DomainError):
    """The caller may not do this; the missing permission is named."""

    status = 403
    code = "permission_missing"

    def __init__(self, permission: str, detail: str | None = None) -> None:
        super().__init__(detail or f"The permission {permission} is missing.", permission=permission)


class NotFound(DomainError):
    """No such row, or one of another tenant: the two are not told apart."""

    status = 404
    code = "not_found"


class Invalid(DomainError):
    """Well-formed but wrong, one entry per field."""

    status = 422
    code = "invalid"

    @classmethod
    def field(cls, pointer: str, code: str, detail: str) -> "Invalid":
        return cls(detail, code=code, errors=[FieldError(pointer, code, detail)])


class UnknownReference(Invalid):
    """The row that a body refers to is missing or of another tenant."""

    code = "unknown_reference"

    def __init__(self, pointer: str, detail: str, *, code: str = code) -> None:
        super().__init__(detail, code=code, errors=[FieldError(pointer, code, detail)])


class Conflict(DomainError):
    """The state of a row does not allow this."""

    status = 409
    code = "conflict"


class AlreadyExists(Conflict):
    """A name that is taken; `constraint` says by which rule."""

    code = "already_exists"


class InUse(Conflict):
    """Something still refers to the row."""

    code = "in_use"


class Busy(Conflict):
    """Somebody else holds the row or the lock; worth a second try."""

    code = "locked"

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": "1"}, **members)


class Unavailable(DomainError):
    """A part that this request needs is away."""

    status = 503
    code = "unavailable"

    def __init__(self, detail: str, *, retry_after_seconds: int = 5, **members: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_seconds)}, **members)
