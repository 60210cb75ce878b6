"""Answers as CSV of any length: sent after the view's transaction, from one consistent picture of their own."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import flask
from sqlalchemy.orm import Session

from services.propagation.operations.entry import enter
from shared.current import current_context, runtime
from shared.errors import Invalid

CONTENT_TYPE = "text/csv; charset=utf-8"
# For the OpenAPI document: the same call, asked for with `Accept: text/csv` or `format=csv`.
DOCUMENTED: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}, "content_type": "text/csv"}


# What chooses a page, of which a file has none.
_OF_PAGES = ("limit", "cursor", "ordering", "count")


def is_asked_for() -> bool:
    return flask.request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv"


def _demand_no_page() -> None:
    for name in _OF_PAGES:
        if name in flask.request.args:
            raise Invalid.field(
                f"?{name}", "not_with_csv", "A file has everything that the filters name, in its order."
            )


def streamed(name: str, produce: Callable[[Session], Iterable[bytes]]) -> flask.Response:
    """The pieces that `produce` makes, as a file of this name; memory is bounded by the largest piece.

    Raises Invalid if the query asks for a page.
    """
    _demand_no_page()
    db, context = runtime().db, current_context()

    def pieces() -> Iterator[bytes]:
        with db.transaction(context, snapshot=True) as session:
            enter(session, context, is_write=False)
            yield from produce(session)

    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
    }
    return flask.Response(pieces(), content_type=CONTENT_TYPE, headers=headers)
