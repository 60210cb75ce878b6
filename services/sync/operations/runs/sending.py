"""Rows sent by HTTP, a request for each: found, changed or added, and followed to the end of what that begins."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.sync.loaders.deliveries import Delivery, Leaving, Removal, Waiting
from services.sync.loaders.http import Addressed, idempotency_key, is_same
from services.sync.operations.runs.preparing import Setup
from services.sync.operations.runs.receivers import Receiver, Reply
from shared.jobs.models import ENDED

POLL_SECONDS, LONGEST_POLL_SECONDS = 0.2, 5.0


@dataclass(frozen=True)
class HttpCourier:
    """`pause` waits and ends the run when its time is over."""

    setup: Setup
    receiver: Receiver
    pause: Callable[[float], None]

    def deliver(self, waiting: Sequence[Waiting]) -> Iterator[Delivery]:
        """Raises TargetUnavailable."""
        return map(self._deliver, waiting)

    def close(self) -> None:
        self.receiver.close()

    @property
    def _requests(self) -> Addressed:
        return Addressed(self.setup.configuration.target.config)

    def _deliver(self, one: Waiting) -> Delivery:
        self.pause(0)
        at, key, row, content, known = one.at, one.key, one.row, one.hash, one.known
        restores = known is not None and known.is_gone
        present = self._find(row)
        body = self._requests.body(row, restores=restores and present is not None)
        is_there = present is not None or (known is not None and not self._requests.finds)
        if is_there and not restores and not self.setup.update_existing:
            return Delivery(at, key, content, "skipped", "exists")
        if present is not None and is_same(body, present) and not restores:
            return self._settled(one, "unchanged")
        outcome = "updated" if is_there or restores else "created"
        if self.setup.is_dry:
            before = present or {}
            changes = {name: [before.get(name), value] for name, value in body.items() if before.get(name) != value}
            return Delivery(at, key, content, outcome, changes=changes, is_restored=restores)
        method, path = self._requests.method, self._requests.path(row)
        headers: dict[str, str] = {}
        if present is not None:
            method, path = "PATCH", self._requests.path_of(row, present)
            headers = self._condition(path, present)
        once = idempotency_key(
            self.setup.pipeline, key, method, path, content, revision=known.revision if known is not None else 0
        )
        reply = self._sent(method, path, body, {**headers, "Idempotency-Key": once})
        if 200 <= reply.status < 300:
            return self._settled(one, outcome, is_restored=restores)
        refused = "conflicts" if reply.status in (409, 412) else "errors"
        return Delivery(at, key, content, refused, *reply.told)

    def remove(self, leaving: Sequence[Leaving]) -> Iterator[Removal]:
        """Raises TargetUnavailable."""
        return map(self._remove, leaving)

    def _remove(self, one: Leaving) -> Removal:
        self.pause(0)
        present = self._find(one.address)
        if present is None and self._requests.finds:
            return Removal(one.key)
        method, path, body = self._requests.removal(one.address, present)
        headers = {} if present is None else self._condition(path, present)
        once = idempotency_key(self.setup.pipeline, one.key, method, path, one.content, revision=one.revision)
        reply = self._sent(method, path, body, {**headers, "Idempotency-Key": once})
        is_gone = 200 <= reply.status < 300 or reply.status in (404, 410)
        return Removal(one.key) if is_gone else Removal(one.key, *reply.told)

    def seal(self) -> None:
        """Every request has shown itself already."""

    def _settled(self, one: Waiting, outcome: str, *, is_restored: bool = False) -> Delivery:
        address = self._requests.address(one.row)
        return Delivery(one.at, one.key, one.hash, outcome, is_settled=True, is_restored=is_restored, address=address)

    def _sent(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Reply:
        """The answer, or the end of the job that it names."""
        reply = self.receiver.send(method, path, body=body, headers=headers)
        return self._followed(reply) if reply.status == 202 else reply

    def _find(self, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The row that is there: the first of a list, or the answer itself."""
        if not self._requests.finds:
            return None
        path, query = self._requests.search(row)
        reply = self.receiver.send("GET", path, params=query)
        if reply.status == 404 or reply.body is None:
            return None
        found = reply.problem.get("results", reply.body) if isinstance(reply.body, Mapping) else reply.body
        if isinstance(found, Mapping):
            return found if found and reply.status < 400 else None
        return next((one for one in found if isinstance(one, Mapping)), None)

    def _condition(self, path: str, present: Mapping[str, Any]) -> dict[str, str]:
        """The tag of the version that was found, so that nobody else's change is overwritten unseen."""
        if not self._requests.has_versions:
            return {}
        single = self.receiver.send("GET", path)
        tag = single.headers.get("ETag") or self._requests.tag_of(single.problem or present)
        return {} if tag is None else {"If-Match": tag}

    def _followed(self, reply: Reply) -> Reply:
        """The end of the job that a change has begun, as the answer to the change."""
        address, wait = reply.headers.get("Location"), POLL_SECONDS
        while address is not None:
            told = self.receiver.send("GET", address)
            status = told.problem.get("status")
            if told.status >= 400 or status is None:
                return told
            if status in ENDED:
                error = told.problem.get("error") or {}
                good = status == "completed"
                text = error.get("detail") or f"The job of the target has ended as {status}."
                return Reply(200 if good else 422, {}, {"code": error.get("code") or f"job_{status}", "detail": text})
            self.pause(wait)
            wait = min(LONGEST_POLL_SECONDS, wait * 2)
        return Reply(200, {}, None)
