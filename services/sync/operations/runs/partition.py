"""One part of a run, or all of it, batch by batch; it goes on at its checkpoint. The last part to end ends the run."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.domain.pages import Extractor, Page, Position
from services.sync.domain.tally import STATUS, Tally
from services.sync.domain.transform.mapping import FunctionFailed
from services.sync.errors import TransformFailed
from services.sync.models import PipelineRun, RunPartition
from services.sync.operations.runs import ending
from services.sync.operations.runs.delivering import Sender
from services.sync.operations.runs.dividing import PARTITION, next_part
from services.sync.operations.runs.loading import Loader
from services.sync.operations.runs.preparing import Setup, prepare
from services.sync.operations.runs.recording import marks_met
from services.sync.operations.runs.surroundings import courier_of, judge_of, run_id_of, world_of
from services.sync.queries.runs import unfinished_parts
from shared.jobs.run import Run
from shared.siblings import Siblings

STATEMENT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a page that go into one batch. `checkpoint` is where the next part begins, None at the end."""

    page: Page
    first: int
    last: int
    checkpoint: dict[str, Any] | None
    ends_batch: bool


def parts(pages: Iterator[Page], *, batch_size: int | None, skip: int) -> Iterator[Part]:
    """The pages cut into batches: None is a page each, 0 one for all. `skip` rows of the first page are done."""
    room = batch_size
    for page in pages:
        first = skip
        skip = 0
        while True:
            last = min(len(page.rows), first + room) if room else len(page.rows)
            ends_page = last == len(page.rows)
            is_end = ends_page and page.next is None
            full = ends_page if batch_size is None else bool(room) and last - first == room
            yield Part(page, first, last, _checkpoint(page, last, is_end, ends_page), ends_batch=full or is_end)
            if room:
                room = batch_size if full else room - (last - first)
            if ends_page:
                break
            first = last


def _checkpoint(page: Page, last: int, is_end: bool, ends_page: bool) -> dict[str, Any] | None:
    if is_end:
        return None
    if ends_page:
        return {"position": page.next, "skip": 0, "number": page.number}
    return {"position": page.position, "skip": last, "number": page.number}


def load(work: Run, number: int, settings: Settings, siblings: Siblings) -> dict[str, int]:
    """Everything that is left of the part; its counters. `work` is the job of the run, or a chunk of it.

    Raises LeaseLost, Cancelled, TimedOut and the facts of services.sync.errors.
    """
    run_id = run_id_of(work)
    with work.step() as session:
        run = session.get_one(PipelineRun, (work.job.tenant_id, run_id))
        partition = session.get_one(RunPartition, (work.job.tenant_id, run_id, number))
        setup = prepare(session, run, partition.bounds)
    world, judge = world_of(work, setup, settings), judge_of(work, setup, siblings)
    courier = courier_of(work, setup, world, siblings, part=number)
    loader = Loader(setup, run_id, partition, judge=judge)
    if courier is not None:
        loader = Sender(setup, run_id, partition, judge=judge, courier=courier, reading=work.reading)
    try:
        if not partition.done:
            with setup.extractor(world) as extractor:
                _Reading(work, setup, loader, extractor).finish()
    except FunctionFailed as failure:
        raise TransformFailed(str(failure), function=failure.name) from failure
    finally:
        if courier is not None:
            courier.close()
    return loader.tally.stats()


@dataclass
class _Reading:
    """The way of a part from its checkpoint to its end."""

    work: Run
    setup: Setup
    loader: Loader
    extractor: Extractor

    def finish(self) -> None:
        loader = self.loader
        start: Position | None = (loader.checkpoint or {}).get("position")
        limit = None if self.setup.limit is None else self.setup.limit - loader.tally.extracted
        ended = False
        if limit != 0:
            pages = self.extractor.pages(start, self.setup.conditions, limit=limit)
            skip = (loader.checkpoint or {}).get("skip", 0)
            cut = parts(_timed(pages, loader), batch_size=self.setup.batch_size, skip=skip)
            while (part := next(cut, None)) is not None:
                ended = self._batch(part, cut)
        if not ended:  # the source ended without saying so on its last page
            with self.work.step(statement_timeout_seconds=STATEMENT_SECONDS) as session:
                tally = Tally.from_dict(loader.tally.as_dict())
                self._end(session, loader.save(session, tally, None, done=True))

    def _batch(self, first: Part, following: Iterator[Part]) -> bool:
        """One transaction: parts are staged as they come, then merged. Whether the source has come to its end.

        The first part is looked at before: what a sibling has to say to it takes time.
        """
        work, loader, part = self.work, self.loader, first
        tally = Tally.from_dict(loader.tally.as_dict())
        digested = loader.digest(part.page, part.first, part.last, tally, self._met)
        with work.step(statement_timeout_seconds=STATEMENT_SECONDS) as session:
            loader.open(session)
            staged = loader.stage(session, digested, tally)
            while not part.ends_batch and (after := next(following, None)) is not None:
                part = after
                digested = loader.digest(part.page, part.first, part.last, tally, loader.met(session))
                staged += loader.stage(session, digested, tally)
            del digested
            loader.merge(session, staged, tally)
            _note_traffic(tally, self.extractor, loader)
            is_end = part.checkpoint is None
            whole = loader.save(session, tally, part.checkpoint, done=is_end)
            before = loader.tally
            work.progress(
                session,
                processed=tally.extracted - tally.errors - (before.extracted - before.errors),
                failed=tally.errors - before.errors,
                data={"stats": whole.stats(), "stages": whole.stages_told(), "batch": loader.batches + 1},
            )
            if is_end:
                self._end(session, whole)
        loader.tally, loader.checkpoint = tally, part.checkpoint
        loader.batches += 1
        return is_end

    def _met(self, rule: int, marks: Sequence[int]) -> set[int]:
        with self.work.reading() as session:
            return marks_met(session, run_id_of(self.work), rule, marks)

    def _end(self, session: Session, whole: Tally) -> None:
        """Of this part; with the last one the run ends too, in the same transaction."""
        work, run_id = self.work, run_id_of(self.work)
        run = session.get_one(PipelineRun, (work.job.tenant_id, run_id), populate_existing=True)
        is_chunk = work.job.id != run.id
        if not unfinished_parts(session, run.id):
            status = ending.finish(session, run, self.setup, whole, self.loader.deletes())
            self.loader.seal()
            work.finish(session, "completed" if is_chunk else status)
        elif is_chunk:
            following = next_part(session, run)
            work.spawn(session, [] if following is None else [following], kind=PARTITION)
            work.finish(session)


def _timed(pages: Iterator[Page], loader: Loader) -> Iterator[Page]:
    """Counts the time that the source takes."""
    while True:
        started = time.perf_counter()
        page = next(pages, None)
        loader.waited_seconds += time.perf_counter() - started
        if page is None:
            return
        loader.pages += 1
        yield page


def _note_traffic(tally: Tally, extractor: Extractor, loader: Loader) -> None:
    """What this process has asked of the source since the last batch."""
    traffic = extractor.traffic
    now = {"pages": loader.pages, "requests": traffic.requests, "retries": traffic.retries, "bytes": traffic.bytes}
    now |= {f"{STATUS}{status}": count for status, count in traffic.statuses.items()}
    for name, value in now.items():
        tally.traffic[name] += value - loader.told_traffic.get(name, 0)
    tally.stages["extract"].seconds += loader.waited_seconds
    tally.clock_behind_seconds = max(tally.clock_behind_seconds, traffic.clock_behind_seconds or 0.0)
    loader.told_traffic, loader.waited_seconds = now, 0.0
