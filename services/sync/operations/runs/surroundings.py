"""What a run lends to its extractor: secrets, the way outside, the folder of data, and pauses that end with the run.
And who judges its rows."""

import uuid
from collections.abc import Callable

from services.sync.clients.outside import Outside
from services.sync.clients.rule_sets import Judge
from services.sync.clients.secrets import Secrets
from services.sync.config import Settings
from services.sync.domain.hosts import HostList
from services.sync.extractors.world import World
from services.sync.loaders.deliveries import Courier
from services.sync.operations.components import components
from services.sync.operations.runs.depositing import DatabaseCourier
from services.sync.operations.runs.preparing import Setup
from services.sync.operations.runs.receivers import OutsideReceiver, Receiver, Sibling
from services.sync.operations.runs.sending import HttpCourier
from shared.jobs.errors import Cancelled, LeaseLost, TimedOut
from shared.jobs.run import Run
from shared.siblings import Siblings


def world_of(work: Run, setup: Setup, settings: Settings) -> World:
    hosts, private = HostList(settings.allowed_hosts), HostList(settings.allowed_private)
    return World(
        secrets=Secrets(work.job.tenant_id, settings.secrets_dir),
        outside=lambda rules: Outside(hosts, private, rules),
        data_dir=settings.data_dir,
        zone=setup.zone,
        fields=setup.fields,
        key=setup.key_fields,
        environments=settings.legacy_environments,
        pause=_pausing(work),
        part=setup.bounds.get("part", {}),
    )


def run_id_of(work: Run) -> uuid.UUID:
    """A run is its own job, or that which its parts are chunks of."""
    return work.job.parent_id or work.job.id


def judge_of(work: Run, setup: Setup, siblings: Siblings) -> Judge | None:
    """None where the file names no rule set."""
    wish = setup.configuration.validate.get("rule_set")
    if wish is None:
        return None
    return Judge(
        siblings.client("validation"),
        work.context,
        name=wish["name"],
        label=str(run_id_of(work)),
        version=wish.get("version"),
        waits=wish.get("on_unavailable", "wait") == "wait",
        pause=_pausing(work),
    )


def courier_of(work: Run, setup: Setup, world: World, siblings: Siblings, *, part: int = 0) -> Courier | None:
    """None where rows go into a table here. The loader of another package makes its own, of its configuration and of
    what an extractor may use too."""
    target = setup.configuration.target
    if target.type == "table":
        return None
    if target.type == "postgres":
        return DatabaseCourier(setup, run_id_of(work), world, part=part)
    if target.type != "http":
        courier: Courier = components("loaders")[target.type].build(target.config, world)
        return courier
    name = target.config.get("service")
    if name is None:
        outside: Receiver = OutsideReceiver(target.config, world, world.secrets)
        return HttpCourier(setup, outside, world.pause)
    return HttpCourier(setup, Sibling(name, siblings.client(name), work.context, world.pause), world.pause)


def _pausing(work: Run) -> Callable[[float], None]:
    def pause(seconds: float) -> None:
        """Raises LeaseLost, Cancelled, TimedOut: there is nothing to wait for any more."""
        left = work.seconds_left
        work.pause(seconds if left is None else min(seconds, max(0.0, left)))
        if work.lost.is_set():
            raise LeaseLost("Another worker has this job.")
        if work.cancel_requested:
            raise Cancelled("The job was cancelled.")
        if left is not None and left <= seconds:
            raise TimedOut("The time of this run is over.")

    return pause
