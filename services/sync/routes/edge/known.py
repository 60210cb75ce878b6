"""Answers that this process has given lately, and gives again while nothing that an edge could see has changed.

Each was made for a number and a date (see EdgeVersion). The number is read anew for every call, by its key and past
everything else: it moves with the commit of each change, whoever makes it, so an answer is never older than the last
commit. What is forgotten, or cannot be compared, is answered the long way.
"""

import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock
from typing import Final

import flask

from services.sync.domain.promotions.windows import local_date
from services.sync.operations.edges.checking import bound_store
from services.sync.operations.edges.contacts import Told
from services.sync.queries.edges.numbers import Numbers
from services.sync.routes.edge import answers, calls, gathering
from services.sync.routes.edge.counting import note
from shared.current import current_context, current_session
from shared.db import after_commit

MOST_ANSWERS: Final = 4096
MOST_BYTES: Final = 64 * 2**20
LONGEST: Final = 4 * 2**20
NEVER_AGAIN: Final = "updated_since"  # is measured against the time of the call
_HEADERS: Final = ("Content-Type", "Content-Encoding", "ETag", "Vary", "X-Sync-Signature")
# Company, store that the token is bound to, address with its query, whether compressed.
Question = tuple[uuid.UUID, str | None, tuple[str, str, str, bytes], bool]


@dataclass(frozen=True, slots=True)
class Known:
    """An answer, and what it holds for. `body` is empty where only its tag is known; `told` is as it is logged."""

    tag: str
    number: int
    zone: str
    today: date
    told: Told
    headers: Mapping[str, str]
    body: bytes


class Answers:
    """The latest ones, bounded by their number and by what their bodies weigh."""

    def __init__(self, *, most: int = MOST_ANSWERS, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._known: OrderedDict[Question, Known] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, question: Question) -> Known | None:
        with self._lock:
            found = self._known.get(question)
            if found is not None:
                self._known.move_to_end(question)
            return found

    def put(self, question: Question, answer: Known) -> None:
        with self._lock:
            before = self._known.pop(question, None)
            self._known[question] = answer
            self._bytes += len(answer.body) - (len(before.body) if before else 0)
            while len(self._known) > self._most or self._bytes > self._most_bytes:
                _question, oldest = self._known.popitem(last=False)
                self._bytes -= len(oldest.body)


def answered_again() -> flask.Response | None:
    """Before a transaction is opened for a call: the answer, if it is known and still holds. Raises RateLimited."""
    if not _may_be_known():
        return None
    known = _answers().get(_question())
    if known is None:
        return None
    is_unchanged = answers.is_known(known.tag)
    if not (is_unchanged or known.body) or not _holds(known):
        return None
    calls.count_call(known.told.store_id)
    if is_unchanged:
        response, size = answers.not_modified(known.tag), 0
    else:
        response, size = flask.Response(known.body, headers=dict(known.headers)), known.told.bytes
    note(mode=known.told.mode)
    told = replace(known.told, status=response.status_code, bytes=size, seconds=answers.seconds())
    gathering.calls_gathered().note(current_context().tenant_id, told)
    return response


def remember(response: flask.Response, tag: str, told: Told, zone: str, today: date) -> None:
    """Keeps an answer once the number that it was made for is committed."""
    if not _may_be_known() or told.version is None or NEVER_AGAIN in flask.request.args:
        return
    is_whole = response.status_code == 200 and (response.content_length or 0) <= LONGEST
    body = response.get_data() if is_whole else b""
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    known, question, kept = Known(tag, told.version, zone, today, told, headers, body), _question(), _answers()
    after_commit(current_session(), lambda: kept.put(question, known))


def _may_be_known() -> bool:
    """Whether this is a question of a list, from somebody who may ask it and need not be looked up."""
    request, context = flask.request, flask.g.get("context")
    if request.method != "GET" or request.blueprint != "edge_lists" or context is None:
        return False
    if "edge.read" not in context.permissions:
        return False
    revoked = flask.current_app.revoked  # type: ignore[attr-defined]
    # Nobody logs a store out: its token, by the service's own key, ends by itself.
    return calls.is_edge(context) or revoked is None or revoked.remembers(context)


def _holds(known: Known) -> bool:
    if local_date(calls.present(), known.zone) != known.today:
        return False
    numbers: Numbers = flask.current_app.extensions["edge_numbers"]
    tenant_id = current_context().tenant_id
    return tenant_id is not None and numbers.present(tenant_id) == known.number


def _question() -> Question:
    context, request = current_context(), flask.request
    assert context.tenant_id is not None  # or the caller would have been refused
    # What an answer says of addresses is made of the host.
    asked = (request.scheme, request.host, request.path, request.query_string)
    return context.tenant_id, bound_store(context), asked, request.accept_encodings["gzip"] > 0


def _answers() -> Answers:
    found: Answers = flask.current_app.extensions["edge_answers"]
    return found
