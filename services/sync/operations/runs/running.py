"""A run as a worker carries it out: the plan, the batches, the end. It may be started again after any of its steps."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.sync.config import Settings
from services.sync.domain.pages import Extractor, Page, Position
from services.sync.domain.tally import Tally
from services.sync.domain.transform.mapping import FunctionFailed
from services.sync.errors import TransformFailed
from services.sync.extractors.world import World
from services.sync.models import PipelineRun, RunPartition
from services.sync.operations.runs import ending, planning
from services.sync.operations.runs.beginning import still_waits
from services.sync.operations.runs.loading import Loader
from services.sync.operations.runs.preparing import Setup, prepare
from services.sync.operations.runs.surroundings import judge_of, world_of
from shared.jobs.errors import Cancelled
from shared.jobs.run import Run
from shared.jobs.step import tell
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


def carry_out(work: Run, settings: Settings, siblings: Siblings) -> None:
    """The whole run. Failures for good are recorded by `ending.record_dead`."""
    try:
        with work.step() as session:
            run = session.get_one(PipelineRun, (work.job.tenant_id, work.job.id))
            if run.status == "pending" and still_waits(session, run, planning.configuration_of(session, run)):
                work.finish(session, "cancelled")
                return
            planning.begin(session, run)
            session.flush()
            setup = prepare(session, run)
            partition = session.get_one(RunPartition, (run.tenant_id, run.id, 0))
            tell(session, work.job, work.job, "started", {"pipeline": run.pipeline, "entity": run.entity})
        loader = Loader(setup, work.job.id, partition, judge=judge_of(work, setup, siblings))
        _load(work, setup, loader, world_of(work, setup, settings), done=partition.done)
    except FunctionFailed as failure:
        raise TransformFailed(str(failure), function=failure.name) from failure
    except Cancelled:
        with work.step(closing=True) as session:
            ending.record_cancelled(session, work.job.id)
            work.finish(session, "cancelled")


def _load(work: Run, setup: Setup, loader: Loader, world: World, *, done: bool) -> None:
    start: Position | None = (loader.checkpoint or {}).get("position")
    limit = None if setup.limit is None else setup.limit - loader.tally.extracted
    with setup.extractor(world) as extractor:
        if not done and limit != 0:
            pages = extractor.pages(start, setup.conditions, limit=limit)
            cut = parts(
                _timed(pages, loader), batch_size=setup.batch_size, skip=(loader.checkpoint or {}).get("skip", 0)
            )
            while (part := next(cut, None)) is not None:
                _batch(work, setup, loader, extractor, part, cut)
        if not work.ended:  # the source ended without saying so on its last page
            with work.step(statement_timeout_seconds=STATEMENT_SECONDS) as session:
                tally = Tally.from_dict(loader.tally.as_dict())
                loader.save(session, tally, None, done=True)
                _finish(session, work, setup, tally, extractor)


def _batch(
    work: Run, setup: Setup, loader: Loader, extractor: Extractor, first: Part, following: Iterator[Part]
) -> None:
    """One transaction: parts are staged as they come, then merged."""
    part, staged = first, 0
    tally = Tally.from_dict(loader.tally.as_dict())
    with work.step(statement_timeout_seconds=STATEMENT_SECONDS) as session:
        setup.stage.open(session)
        while True:
            staged += loader.stage(session, part.page, part.first, part.last, tally)
            after = None if part.ends_batch else next(following, None)
            if after is None:
                break
            part = after
        loader.merge(session, staged, tally)
        _note_traffic(tally, extractor, loader)
        is_end = part.checkpoint is None
        loader.save(session, tally, part.checkpoint, done=is_end)
        before = loader.tally
        work.progress(
            session,
            processed=tally.extracted - tally.errors - (before.extracted - before.errors),
            failed=tally.errors - before.errors,
            data={"stats": tally.stats(), "batch": loader.batches + 1},
        )
        if is_end:
            _finish(session, work, setup, tally, extractor)
    loader.tally, loader.checkpoint = tally, part.checkpoint
    loader.batches += 1


def _finish(session: Session, work: Run, setup: Setup, tally: Tally, extractor: Extractor) -> None:
    run = session.get_one(PipelineRun, (work.job.tenant_id, work.job.id), populate_existing=True)
    behind = extractor.traffic.clock_behind_seconds or 0.0
    status = ending.finish(session, run, setup, tally, clock_behind_seconds=behind)
    work.finish(session, status)


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
    for name, value in now.items():
        tally.traffic[name] += value - loader.told_traffic.get(name, 0)
    tally.stages["extract"].seconds += loader.waited_seconds
    loader.told_traffic, loader.waited_seconds = now, 0.0
