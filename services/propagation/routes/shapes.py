"""Strings and details as answers: their shape with its entity tag, which every embedded part is in."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import object_session

from services.propagation.errors import RunFailed
from services.propagation.models import Detail, String
from services.propagation.queries import strings as queries
from services.propagation.schemas.strings import DetailSchema, detail_view, string_view
from shared.current import current_session
from shared.resources import tag

Answer = ResponseReturnValue | Any


def string_shape(string: String) -> tuple[dict[str, Any], str]:
    """The shape of a loaded string and its entity tag."""
    session = object_session(string)
    assert session is not None  # it was loaded by one that is still open
    sources = queries.stale_sources(session, [string]).get(string.id, [])
    return string_view(string, stale_sources=sources), string_tag(string, sources)


def string_shapes(strings: Sequence[String]) -> list[dict[str, Any]]:
    sources = queries.stale_sources(current_session(), strings)
    return [string_view(string, stale_sources=sources.get(string.id, ())) for string in strings]


def string_tag(string: String, stale_sources: Iterable[int]) -> str:
    # A mark of staleness comes without a new version of the string.
    marks = (string.stale_reason, string.stale_since, *stale_sources)
    parts = (part for detail in string.details for part in (detail.id, *_versions(detail)))
    return tag(string.version, parts=(string.field.version, *marks, *parts))


def detail_shape(detail: Detail) -> tuple[dict[str, Any], dict[str, str]]:
    """The shape of a loaded detail and its headers."""
    return DetailSchema().dump(detail_view(detail)), {"ETag": detail_tag(detail)}


def detail_tag(detail: Detail) -> str:
    version, *others = _versions(detail)
    return tag(version, parts=others)


def is_bound(sent: int | None) -> bool:
    """Whether the call is for one version only: that of its body (`sent`), or of If-Match."""
    return sent is not None or bool(flask.request.if_match and not flask.request.if_match.star_tag)


@contextmanager
def overtaken(look_again: Callable[[], object]) -> Iterator[None]:
    """A row that moved on, or went, after it was looked at is told as if that had been seen there."""
    try:
        yield
    except RunFailed as failure:
        if failure.code in ("version_conflict", "not_found"):
            look_again()
        raise


def _versions(detail: Detail) -> tuple[Any, ...]:
    chosen = detail.chosen.version if detail.chosen else None
    return (detail.version, detail.pending_since, detail.dimension.version, chosen)
