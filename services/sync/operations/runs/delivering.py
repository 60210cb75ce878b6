"""Rows for a target that is reached by HTTP: each is sent before the transaction that remembers it begins.

What a crash between the two repeats carries the same Idempotency-Key, and so happens once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.sync.clients.rule_sets import Judge
from services.sync.domain.checks.compiling import Met
from services.sync.domain.pages import Fault, Page
from services.sync.domain.storing import canonical, fingerprint, storable
from services.sync.domain.tally import Tally
from services.sync.loaders.http import Addressed, idempotency_key, is_same
from services.sync.loaders.staging import ROWS_OF_A_PAGE, LeftOut
from services.sync.models import RunDifference, RunPartition
from services.sync.operations.runs.digesting import Digested
from services.sync.operations.runs.loading import Loader
from services.sync.operations.runs.preparing import Setup
from services.sync.operations.runs.receivers import Receiver, Reply
from services.sync.operations.runs.recording import Aside, Listed, put_on_list
from shared.jobs.models import ENDED
from shared.tenancy import tenant_of

POLL_SECONDS, LONGEST_POLL_SECONDS = 0.2, 5.0
DONE = ("created", "updated", "unchanged")
# Before the copied columns of a digested row.
_AHEAD = 2

_KNOWN = text(
    "select key, content_hash::text, revision from delivered_rows"
    " where tenant_id = :tenant and pipeline = :pipeline and key = any(:keys)"
)
_REMEMBER = text(
    "insert into delivered_rows as d (tenant_id, pipeline, key, content_hash, run_id)"
    " select :tenant, :pipeline, r.key, r.hash::uuid, :run from jsonb_to_recordset(:rows) as r (key text, hash text)"
    " on conflict (tenant_id, pipeline, key) do update set content_hash = excluded.content_hash,"
    " run_id = excluded.run_id, revision = d.revision + 1, delivered_at = now()"
).bindparams(bindparam("rows", type_=JSONB))
_SETTLE = text(
    "update quarantine_entries q set status = 'resolved', resolved_run_id = :run, resolved_at = statement_timestamp(),"
    " version = q.version + 1, updated_at = now() where q.tenant_id = :tenant and q.pipeline = :pipeline"
    " and q.status = 'open' and q.key = any(:keys)"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a row: an outcome, and the faults or the reason where it is none of the good ones."""

    at: int
    key: str
    hash: str
    outcome: str
    code: str = ""
    text: str = ""
    is_sent: bool = False
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Delivered(Digested):
    """A page whose rows have been sent."""

    deliveries: list[Delivery] = field(default_factory=list)

    def index(self, one: Delivery) -> int:
        """Of its row among those of the page."""
        return int(self.rows[one.at][0]) % ROWS_OF_A_PAGE


class Sender(Loader):
    """Loads one partition by sending its rows."""

    def __init__(
        self,
        setup: Setup,
        run_id: Any,
        partition: RunPartition,
        *,
        receiver: Receiver,
        reading: Callable[[], AbstractContextManager[Session]],
        pause: Callable[[float], None],
        judge: Judge | None = None,
    ) -> None:
        super().__init__(setup, run_id, partition, judge=judge)
        self._receiver, self._reading, self._pause = receiver, reading, pause
        self._requests = Addressed(setup.configuration.target.config)

    def digest(self, page: Page, first: int, last: int, tally: Tally, met: Met) -> Digested:
        digested = super().digest(page, first, last, tally, met)
        found = Delivered(**vars(digested))
        rows = [self._values(row) for row in digested.rows]
        keys = [self._key_text(row) for row in rows]
        latest = {key: at for at, key in enumerate(keys)}
        known = self._known(list(latest))
        for at, (row, key) in enumerate(zip(rows, keys, strict=True)):
            if latest[key] != at:
                found.deliveries.append(Delivery(at, key, "", "duplicates", "duplicate"))
            else:
                found.deliveries.append(self._deliver(at, key, row, known.get(key)))
        return found

    def _values(self, row: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(self._stage.copied, row[_AHEAD:], strict=False))

    def _key_text(self, row: Mapping[str, Any]) -> str:
        return " / ".join(str(storable(row[name])) for name in self.setup.configuration.target.key)

    def _known(self, keys: Sequence[str]) -> dict[str, tuple[str, int]]:
        with self._reading() as session:
            values = {"tenant": tenant_of(session), "pipeline": self.setup.pipeline, "keys": list(keys)}
            return {key: (content, revision) for key, content, revision in session.execute(_KNOWN, values)}

    # A row

    def _deliver(self, at: int, key: str, row: dict[str, Any], known: tuple[str, int] | None) -> Delivery:
        self._pause(0)
        body = self._requests.body(row)
        content = str(fingerprint(canonical(row)))
        if known is not None and known[0] == content:
            return Delivery(at, key, content, "unchanged")
        present = self._find(row)
        is_there = present is not None or (known is not None and not self._requests.finds)
        if is_there and not self.setup.update_existing:
            return Delivery(at, key, content, "skipped", "exists")
        if present is not None and is_same(body, present):
            return Delivery(at, key, content, "unchanged", is_sent=True)
        outcome = "updated" if is_there else "created"
        if self.setup.is_dry:
            before = present or {}
            changes = {name: [before.get(name), value] for name, value in body.items() if before.get(name) != value}
            return Delivery(at, key, content, outcome, changes=changes)
        method, path = self._requests.method, self._requests.path(row)
        headers: dict[str, str] = {}
        if present is not None:
            method, path = "PATCH", self._requests.path_of(row, present)
            headers = self._condition(path, present)
        revision = known[1] if known is not None else 0
        once = idempotency_key(self.setup.pipeline, key, method, path, content, revision=revision)
        reply = self._receiver.send(method, path, body=body, headers={**headers, "Idempotency-Key": once})
        return self._judged(at, key, content, outcome, reply)

    def _find(self, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The row that is there: the first of a list, or the answer itself."""
        if not self._requests.finds:
            return None
        path, query = self._requests.search(row)
        reply = self._receiver.send("GET", path, params=query)
        if reply.status == 404 or reply.body is None:
            return None
        found = reply.problem.get("results", reply.body) if isinstance(reply.body, Mapping) else reply.body
        if isinstance(found, Mapping):
            return found if reply.status < 400 else None
        return next((one for one in found if isinstance(one, Mapping)), None)

    def _condition(self, path: str, present: Mapping[str, Any]) -> dict[str, str]:
        """The tag of the version that was found, so that nobody else's change is overwritten unseen."""
        if not self._requests.has_versions:
            return {}
        single = self._receiver.send("GET", path)
        tag = single.headers.get("ETag") or self._requests.tag_of(single.problem or present)
        return {} if tag is None else {"If-Match": tag}

    def _judged(self, at: int, key: str, content: str, outcome: str, reply: Reply) -> Delivery:
        if reply.status == 202:
            reply = self._followed(reply)
        said = reply.problem
        code, detail = str(said.get("code") or f"status_{reply.status}"), str(said.get("detail") or "")
        if 200 <= reply.status < 300:
            return Delivery(at, key, content, outcome, is_sent=True)
        if reply.status in (409, 412):
            return Delivery(at, key, content, "conflicts", code, detail)
        return Delivery(at, key, content, "errors", code, detail or f"The target refused the row ({reply.status}).")

    def _followed(self, reply: Reply) -> Reply:
        """The end of the job that a change has begun, as the answer to the change."""
        address, wait = reply.headers.get("Location"), POLL_SECONDS
        while address is not None:
            told = self._receiver.send("GET", address)
            status = told.problem.get("status")
            if told.status >= 400 or status is None:
                return told
            if status in ENDED:
                error = told.problem.get("error") or {}
                good = status == "completed"
                text = error.get("detail") or f"The job of the target has ended as {status}."
                return Reply(200 if good else 422, {}, {"code": error.get("code") or f"job_{status}", "detail": text})
            self._pause(wait)
            wait = min(LONGEST_POLL_SECONDS, wait * 2)
        return Reply(200, {}, None)

    # In the transaction

    def open(self, session: Session) -> None:
        """There is nothing to merge."""

    def left_out(self, _session: Session) -> list[LeftOut]:
        return []

    def stage(self, session: Session, found: Digested, tally: Tally) -> int:
        assert isinstance(found, Delivered)  # made above
        super().stage(session, Digested(found.page, [], found.aside, found.listed, found.greatest, found.marks), tally)
        for one in found.deliveries:
            if one.outcome == "skipped":
                tally.skip(one.code)
            elif one.outcome != "errors":
                tally.counts[one.outcome] += 1
        self._put_aside(session, list(self._bad(found)), tally)
        put_on_list(session, self._run_id, self._to_list(found))
        self._keep(session, found)
        sent = [one for one in found.deliveries if one.outcome in DONE]
        bad = len(found.deliveries) - len(sent)
        tally.stages["load"].add(len(found.deliveries), len(sent), failed=bad)
        return 0

    def _keep(self, session: Session, found: Delivered) -> None:
        common = {"tenant": tenant_of(session), "pipeline": self.setup.pipeline, "run": self._run_id}
        if self.setup.is_dry:
            session.add_all(
                RunDifference(
                    run_id=self._run_id,
                    key=one.key,
                    action="create" if one.outcome == "created" else "update",
                    fields=dict(one.changes),
                )
                for one in found.deliveries
                if one.outcome in ("created", "updated")
            )
            session.flush()
            return
        rows = [{"key": one.key, "hash": one.hash} for one in found.deliveries if one.is_sent]
        done = [one.key for one in found.deliveries if one.outcome in DONE]
        if rows:
            session.execute(_REMEMBER, common | {"rows": rows})
        if done:
            session.execute(_SETTLE, common | {"keys": done})

    def _bad(self, found: Delivered) -> Iterator[Aside]:
        for one in found.deliveries:
            if one.outcome == "errors":
                at = found.index(one)
                yield Aside("load", (Fault(one.code, one.text),), found.page.rows[at], one.key, found.page.place(at))

    def _to_list(self, found: Delivered) -> Iterator[Listed]:
        for one in found.deliveries:
            if one.outcome in ("duplicates", "conflicts", "skipped"):
                place = found.page.place(found.index(one))
                yield Listed(one.outcome, one.key, place, one.code, None, one.text or None)
