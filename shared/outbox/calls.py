"""The sender of calls to siblings: `target` is the callee, `payload` has `method`, `path` and `body`."""

from typing import Any

import orjson

from shared.outbound import Refused, Unreachable
from shared.outbox.models import OutboxMixin
from shared.outbox.senders import NotDelivered, Undeliverable
from shared.outbox.writing import Letter
from shared.siblings import Siblings

KIND = "call"
# Answers to the request itself; the others (no right yet, too many, away) may change while the letter waits.
_FINAL = frozenset({400, 404, 405, 406, 409, 410, 411, 412, 413, 415, 422, 428})
_LONGEST_ANSWER = 64 * 1024


def call_letter(callee: str, method: str, path: str, *, subject: str, body: Any, **options: Any) -> Letter:
    """A letter that becomes a request; `options` are ordering_key and reply."""
    return Letter(KIND, subject, callee, {"method": method, "path": path, "body": body}, **options)


class CallSender:
    """Calls with the letter's id as idempotency key and, between services that share a secret, signed."""

    def __init__(self, siblings: Siblings) -> None:
        self._siblings = siblings

    def __call__(self, letter: OutboxMixin) -> Any:
        client = self._siblings.client(letter.target)
        if client is None:
            raise NotDelivered(f"the service {letter.target} is not configured here")
        request = letter.payload
        try:
            answer = client.call(
                request["method"],
                request["path"],
                context=letter.context,
                json=request.get("body"),
                idempotency_key=str(letter.id),
                message_id=str(letter.id),
            )
        except Unreachable as failure:
            raise NotDelivered(f"{letter.target} does not answer: {failure.reason}") from None
        except Refused as refusal:
            if refusal.answered in _FINAL and not refusal.may_pass:
                raise Undeliverable(refusal.detail) from None
            raise NotDelivered(refusal.detail, retry_after_seconds=refusal.retry_after_seconds or 0.0) from None
        return _told(answer.status, answer.content)


def _told(status: int, content: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(content) if 0 < len(content) <= _LONGEST_ANSWER else None
    except orjson.JSONDecodeError:
        body = None
    return {"status": status, "body": body}
