"""Rows for targets elsewhere: they are sent before the transaction that remembers them begins.

What a crash between the two repeats is known to the other side, or harmless there.
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
from services.sync.loaders.deliveries import Courier, Delivery, Known, Waiting
from services.sync.loaders.staging import AHEAD, ROWS_OF_A_PAGE, LeftOut
from services.sync.models import RunDifference, RunPartition, SeenRows
from services.sync.operations.runs.digesting import Digested
from services.sync.operations.runs.loading import Loader
from services.sync.operations.runs.preparing import Setup
from services.sync.operations.runs.recording import Aside, Listed, put_on_list
from services.sync.operations.runs.removing import Removals
from shared.tenancy import tenant_of

DONE = ("created", "updated", "unchanged")

_KNOWN = text(
    "select key, content_hash::text, revision, left_mark, gone_at is not null from delivered_rows"
    " where tenant_id = :tenant and pipeline = :pipeline and key = any(:keys)"
)
_REMEMBER = text(
    "insert into delivered_rows as d (tenant_id, pipeline, key, content_hash, run_id, left_mark, address)"
    " select :tenant, :pipeline, r.key, r.hash::uuid, :run, r.mark, r.address"
    " from jsonb_to_recordset(:rows) as r (key text, hash text, mark text, address jsonb)"
    " on conflict (tenant_id, pipeline, key) do update set content_hash = excluded.content_hash,"
    " run_id = excluded.run_id, revision = d.revision + 1, delivered_at = now(), gone_at = null,"
    " left_mark = coalesce(excluded.left_mark, d.left_mark), address = excluded.address"
).bindparams(bindparam("rows", type_=JSONB))
_SETTLE = text(
    "update quarantine_entries q set status = 'resolved', resolved_run_id = :run, resolved_at = statement_timestamp(),"
    " version = q.version + 1, updated_at = now() where q.tenant_id = :tenant and q.pipeline = :pipeline"
    " and q.status = 'open' and q.key = any(:keys)"
)


@dataclass
class Delivered(Digested):
    """A page whose rows have been sent."""

    deliveries: list[Delivery] = field(default_factory=list)

    def index(self, one: Delivery) -> int:
        """Of its row among those of the page."""
        return int(self.columns[0][one.at]) % ROWS_OF_A_PAGE


class Sender(Loader):
    """Loads one partition by sending its rows."""

    def __init__(
        self,
        setup: Setup,
        run_id: Any,
        partition: RunPartition,
        *,
        courier: Courier,
        reading: Callable[[], AbstractContextManager[Session]],
        judge: Judge | None = None,
    ) -> None:
        super().__init__(setup, run_id, partition, judge=judge)
        self._courier, self._reading = courier, reading

    def digest(self, page: Page, first: int, last: int, tally: Tally, met: Met) -> Digested:
        digested = super().digest(page, first, last, tally, met)
        found = Delivered(**vars(digested))
        rows = self._values(digested)
        contents = [str(fingerprint(canonical(row))) for row in rows]
        keys = [self._key_text(row) or content for row, content in zip(rows, contents, strict=True)]
        latest = {key: at for at, key in enumerate(keys)}
        known, appends = self._known(list(latest)), self.setup.configuration.target.write == "append"
        waiting: list[Waiting] = []
        for at, (row, key, content) in enumerate(zip(rows, keys, contents, strict=True)):
            if latest[key] != at and not appends:
                found.deliveries.append(Delivery(at, key, "", "duplicates", "duplicate"))
            elif key in known and known[key].content == content and not (appends or known[key].is_gone):
                found.deliveries.append(Delivery(at, key, content, "unchanged"))
            else:
                number, changed_at = digested.columns[0][at], digested.columns[1][at]
                waiting.append(Waiting(at, number, key, row, content, known.get(key), changed_at))
        found.deliveries += self._courier.deliver(waiting)
        return found

    def _values(self, digested: Digested) -> list[dict[str, Any]]:
        names = self._stage.copied
        columns = digested.columns[AHEAD : AHEAD + len(names)]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    def _key_text(self, row: Mapping[str, Any]) -> str:
        return " / ".join(str(storable(row[name])) for name in self.setup.configuration.target.key)

    def _known(self, keys: Sequence[str]) -> dict[str, Known]:
        with self._reading() as session:
            values = {"tenant": tenant_of(session), "pipeline": self.setup.pipeline, "keys": list(keys)}
            return {key: Known(*rest) for key, *rest in session.execute(_KNOWN, values)}

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
                tally.counts["restored"] += one.is_restored
        self._put_aside(session, list(self._bad(found)), tally)
        put_on_list(session, self._run_id, self._to_list(found))
        self._keep(session, found)
        sent = [one for one in found.deliveries if one.outcome in DONE]
        bad = len(found.deliveries) - len(sent)
        tally.stages["load"].add(len(found.deliveries), len(sent), failed=bad)
        return 0

    def seal(self) -> None:
        self._courier.seal()

    def deletes(self) -> Removals:
        return Removals(self._courier, self.setup.configuration.target.key)

    def _keep(self, session: Session, found: Delivered) -> None:
        if self.setup.keeps_seen and found.deliveries:
            session.add(SeenRows(run_id=self._run_id, keys=[one.key for one in found.deliveries]))
            session.flush()
        common = {"tenant": tenant_of(session), "pipeline": self.setup.pipeline, "run": self._run_id}
        if self.setup.is_dry:
            session.add_all(
                RunDifference(
                    run_id=self._run_id,
                    key=one.key,
                    action="restore" if one.is_restored else one.outcome.removesuffix("d"),
                    fields=dict(one.changes),
                )
                for one in found.deliveries
                if one.outcome in ("created", "updated")
            )
            session.flush()
            return
        rows = [
            {"key": one.key, "hash": one.hash, "mark": one.mark, "address": dict(one.address)}
            for one in found.deliveries
            if one.is_settled
        ]
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
