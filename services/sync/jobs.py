"""Doors for workers: each takes a job, opens its steps and calls operations. Kinds and the door's path are stored."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from services.sync.config import CALLS, QUEUES, Settings
from services.sync.models import Base, Job
from services.sync.operations.alerts import watching
from services.sync.operations.conflicts import approving
from services.sync.operations.edges import telling, upkeep
from services.sync.operations.promotions import companies
from services.sync.operations.quarantine import redriving, retrying
from services.sync.operations.runs import dividing, ending, forgetting, partition, running, scheduling
from services.sync.operations.runs.starting import KIND
from services.sync.queries.pipelines import SCHEDULED
from shared.db import Database
from shared.jobs import performing
from shared.jobs.errors import LeaseLost
from shared.jobs.heartbeat import Heartbeat
from shared.jobs.operations import forget_ended
from shared.jobs.registry import JobRegistry
from shared.jobs.run import Run
from shared.siblings import Siblings
from shared.tenancy import Context

if TYPE_CHECKING:
    from shared.jobs.relay import RelayedService

registry = JobRegistry("sync", Job)


@cache
def _settings() -> Settings:
    return Settings()  # type: ignore[call-arg]  # the environment has the required ones


@cache
def _siblings() -> Siblings:
    return Siblings(_settings(), CALLS)


def perform(tenant_id: str, job_id: str) -> None:
    """RQ's door."""
    performing.perform(registry, _settings(), tenant_id, job_id)


@registry.handler("sync.cleanup")
def cleanup(work: Run) -> None:
    """Forgets old jobs, settled entries of quarantine and old history of rows, daily; the history of runs stays."""
    with work.step(statement_timeout_seconds=600) as session:
        work.progress(session, processed=forgetting.forget(session))
    days = int(work.payload.get("days", _settings().job_retention_days))
    while True:
        with work.step() as session:
            retrying.give_up_waiting(session)
            rows, forgotten = retrying.forget_old(session), forget_ended(session, Job, days=days)
            work.progress(session, processed=forgotten)
            if forgotten < 1000 and rows < retrying.AT_ONCE:
                work.finish(session)
                return


@registry.handler(KIND, on_dead=ending.record_dead, on_children_done=ending.record_parts)
def run_pipeline(work: Run) -> None:
    """A run of a pipeline, batch by batch, or handed out in parts."""
    if work.payload.get("kind") == "redrive":
        redriving.carry_out(work, _settings(), _siblings())
    else:
        running.carry_out(work, _settings(), _siblings(), run_partition=run_partition)


@registry.handler(dividing.PARTITION)
def load_part(work: Run) -> None:
    """A part of a run, as a chunk of its job."""
    run_partition(dividing.fenced(work.payload, work.job))
    work.ended = True  # with the last batch of the part


def run_partition(specification: Mapping[str, Any]) -> dict[str, int]:
    """Loads a part of a run from where it stands, and returns its counters; safe to repeat.

    It needs nothing of who calls it, in whatever process and on whatever machine: settings, secrets and connections are
    its own. `specification` is plain JSON: tenant, run, number, bounds, version, and the job and the attempt under
    whose fence it works. Raises LeaseLost, Cancelled, TimedOut and the facts of services.sync.errors.
    """
    settings = _settings()
    tenant_id, job_id, attempt = dividing.job_of(specification)
    db = Database(
        settings.database_url.get_secret_value(),
        service=settings.service,
        statement_timeout_seconds=settings.statement_timeout_seconds,
        lock_wait_seconds=settings.lock_wait_seconds,
        pool_size=performing.CONNECTIONS,
        audit_days=settings.audit_retention_days,
    )
    try:
        with db.transaction(Context(tenant_id=tenant_id)) as session:
            job = session.get_one(Job, (tenant_id, job_id))
        if (job.status, job.attempt) != ("running", attempt):
            raise LeaseLost("Another worker has this job, or it was ended.")
        work = Run(db, registry, job, settings.job_lease_seconds, settings.statement_timeout_seconds)
        with Heartbeat(work):
            return partition.load(work, int(specification["number"]), settings, _siblings())
    finally:
        db.dispose()


@registry.handler(SCHEDULED)
def start_scheduled(work: Run) -> None:
    """Asks for the run that is due, or joins the one that goes on."""
    with work.step() as session:
        scheduling.start_due(session, work.payload)
        work.finish(session)


@registry.handler(watching.WATCH)
def watch_pipelines(work: Run) -> None:
    """Looks for pipelines that have had no success for too long."""
    with work.step() as session:
        watching.watch(session)
        work.finish(session)


@registry.handler(approving.ASK)
def ask_about_conflicts(work: Run) -> None:
    """Asks workflow about the conflicts that runs of a pipeline have opened."""
    while True:
        with work.step() as session:
            found = approving.ask(session, work.payload["pipeline"], public_url=_settings().public_url)
            work.progress(session, processed=found)
            if found < approving.AT_ONCE:
                work.finish(session)
                return


@registry.handler(approving.ASKED)
def approval_asked(work: Run) -> None:
    """Notes which approval a conflict waits for."""
    with work.step() as session:
        conflict, asked_in = int(work.payload["conflict"]), int(work.payload.get("round", 0))
        approving.asked(session, conflict, work.payload["outbox"], approval_round=asked_in)
        work.finish(session)


@registry.handler(telling.TELL)
def tell_edges(work: Run) -> None:
    """Builds what the company's stores must hold and tells their servers, at a due time."""
    with work.step() as session:
        session.info["settings"] = _settings()
        work.progress(session, processed=telling.tell(session, datetime.now(UTC)))
        work.finish(session)


@registry.handler(telling.WATCH)
def watch_edges(work: Run) -> None:
    """The same after a change, each minute."""
    with work.step() as session:
        session.info["settings"] = _settings()
        work.progress(session, processed=telling.watch(session, datetime.now(UTC)))
        work.finish(session)


@registry.handler(telling.UPKEEP)
def tidy_edges(work: Run) -> None:
    """Forgets what no store needs any more, daily."""
    with work.step() as session:
        upkeep.forget(session, datetime.now(UTC))
        work.finish(session)


@registry.handler(companies.KIND)
def compile_company(work: Run) -> None:
    """What all stores of a company would be sent, some stores at a time."""
    while True:
        with work.step(statement_timeout_seconds=120) as session:
            done = companies.compile_next(session, work.job)
            work.progress(session, processed=done)
            if done < companies.AT_ONCE:
                work.finish(session)
                return


def relayed(settings: Settings) -> "RelayedService":
    """What the relay does for this service. Imported here, because workers weigh enough without it."""
    from services.sync.clients.edges import EdgeSender
    from services.sync.operations import gauges
    from services.sync.operations.edges import figures
    from shared.relaying import relayed_service
    from shared.vault import Vault
    from shared.webhooks.sending import guard_of

    relay_url = settings.relay_url.get_secret_value() if settings.relay_url else ""
    edges = EdgeSender(relay_url=relay_url, vault=Vault(settings.signing_key), guard=guard_of(settings))
    return relayed_service(
        settings,
        Base,
        queues=QUEUES,
        calls_of=CALLS,
        registry=registry,
        senders={telling.KIND: edges},
        collectors=(gauges.read_figures, figures.read_figures),
    )
