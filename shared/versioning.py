"""Optimistic locking: a version column, entity tags made from versions, and the refusals of both.

Two checks guard a change. `check` compares what the client read with what is there; the version column then catches
whoever changed it between that look and the flush (`save`).
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, inspect, text
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from shared.errors import Conflict, DomainError
from shared.tenancy import Context, enter_tenant, tenant_of

if TYPE_CHECKING:
    from werkzeug.datastructures import ETags


class VersionConflict(Conflict):
    """Somebody changed the row after the client read it. Members: expected_version, actual_version, current_etag."""

    code = "version_conflict"

    def __init__(self, *, expected: int | None, actual: int | None, current_etag: str | None) -> None:
        super().__init__(
            "This was changed after you read it; read it again.",
            headers={"ETag": current_etag} if current_etag else {},
            expected_version=expected,
            actual_version=actual,
            current_etag=current_etag,
        )


class PreconditionFailed(VersionConflict):
    """The entity tag in If-Match is not the current one."""

    status = 412


class PreconditionRequired(DomainError):
    """The tenant demands If-Match on every change."""

    status = 428
    code = "precondition_required"

    def __init__(self, *, current_etag: str) -> None:
        super().__init__("Send the ETag that you read in the header If-Match.", headers={"ETag": current_etag})


class Versioned:
    """Mixin, named before Base: `class Order(TenantOwned, Versioned, Base, first_version=0)`.

    The version grows with each flush that changes the row. A bulk `update()` must set `version = version + 1`
    itself: SQLAlchemy leaves it alone there.
    """

    first_version: ClassVar[int] = 1

    def __init_subclass__(cls, *, first_version: int | None = None, **options: Any) -> None:
        if first_version is not None:
            cls.first_version = first_version
        super().__init_subclass__(**options)

    @declared_attr
    @classmethod
    def version(cls) -> Mapped[int]:
        return mapped_column(BigInteger, nullable=False, server_default=text(str(cls.first_version)))

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        first = cls.first_version
        return {
            "version_id_col": cls.version,
            "version_id_generator": lambda version: first if version is None else version + 1,
        }


Row = TypeVar("Row", bound=Versioned)


def view_of(context: Context, *selection: object) -> str:
    """What makes one caller's view of a resource differ from another's: rights, and what the query selects."""
    parts = [*sorted(context.roles), "|", *sorted(context.permissions), "|", *map(str, selection)]
    return "\x1f".join(parts)


def etag(version: int, *, parts: Iterable[object] = (), view: str = "") -> str:
    """Strong tag, quoted: the resource's own version in clear, the rest as a digest.

    `parts` are the versions of every embedded part (with their ids, where parts can come and go), in a fixed
    order; `view` is `view_of(...)` wherever not everybody sees the same.
    """
    material = "\x1e".join([str(version), *map(str, parts), "\x1d", view])
    return f'"{version}-{hashlib.blake2b(material.encode(), digest_size=9).hexdigest()}"'


def is_not_modified(if_none_match: str | None, current_etag: str) -> bool:
    """Whether a GET or HEAD with this header is answered 304."""
    sent = _etags(if_none_match)
    return bool(sent) and (sent.star_tag or sent.contains_weak(current_etag[1:-1]))


def check(
    current_etag: str,
    actual_version: int,
    *,
    if_match: str | None,
    if_match_required: bool = False,
    body_version: int | None = None,
) -> None:
    """Raises unless the client's picture of the resource is the current one.

    The header decides first: PreconditionFailed (412) even if the body's version is wrong too, then
    PreconditionRequired (428), then VersionConflict (409) for a version in a body or a bulk item.
    """
    if if_match is not None:
        sent = _etags(if_match)
        if not (sent.star_tag or sent.contains(current_etag[1:-1])):  # a weak tag never matches here
            expected = version_in(if_match)
            raise PreconditionFailed(expected=expected, actual=actual_version, current_etag=current_etag)
    elif if_match_required:
        raise PreconditionRequired(current_etag=current_etag)
    if body_version is not None and body_version != actual_version:
        raise VersionConflict(expected=body_version, actual=actual_version, current_etag=current_etag)


def save(session: Session, row: Row, *, tag: Callable[[Row], str]) -> str:
    """Flushes and returns the new entity tag. Raises VersionConflict for the loser of a race.

    `tag` makes the entity tag of a row; it is asked again for the winner's values when this one lost.
    """
    expected = row.version
    try:
        session.flush()
    except StaleDataError as race:
        actual, current = _read_again(session, row, tag)
        raise VersionConflict(expected=expected, actual=actual, current_etag=current) from race
    return tag(row)


def _read_again(session: Session, row: Row, tag: Callable[[Row], str]) -> tuple[int | None, str | None]:
    # The unit of work is lost already and rolls back in any case; this only reads what the winner has written.
    tenant_id, identity = tenant_of(session), inspect(row).identity
    session.rollback()
    enter_tenant(session, tenant_id)
    current = session.get(type(row), identity, populate_existing=True)
    return (None, None) if current is None else (current.version, tag(current))


def version_in(if_match: str) -> int | None:
    """The version that the client read, from a tag of ours; None where the header names several or foreign ones."""
    tags = list(_etags(if_match)) or [if_match.strip().removeprefix("W/").strip('"')]
    number = tags[0].partition("-")[0] if len(tags) == 1 else ""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None


def _etags(header: str | None) -> "ETags":
    from werkzeug.http import parse_etags  # only where requests are answered; workers spare it

    return parse_etags(header)
