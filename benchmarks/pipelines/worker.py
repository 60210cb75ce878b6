"""A worker for one job, in a process of its own: `python -m benchmarks.pipelines.worker TENANT JOB` says what it cost.

Its settings come from the environment. As workers do, it imports and prepares everything and forks for the job: what
Python and the imports cost is counted apart, and their pages belong to both.
"""

import json
import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import shared.jobs.worker  # noqa: F401  # a part of what a worker weighs
from benchmarks.measuring import own_peak_mib
from services.sync import jobs
from services.sync.config import Settings
from shared import logging
from shared.jobs.performing import prepare

LOOK_SECONDS = 0.1


def main(tenant: str, job: str) -> None:
    logging.configure("ERROR")
    prepare(jobs.registry, Settings())  # type: ignore[call-arg]  # the environment has the required ones
    forking = multiprocessing.get_context("fork")
    receiver, sender = forking.Pipe(duplex=False)
    horse = forking.Process(target=_perform, args=(sender, tenant, job))
    imports, own = own_peak_mib(), 0.0
    horse.start()
    while not receiver.poll(LOOK_SECONDS) and horse.is_alive():
        own = max(own, _own_mib(horse.pid))
    told = receiver.recv()
    horse.join()
    print(json.dumps(told | {"own_mib": own, "imports_mib": imports}))


def _perform(sender: Connection, tenant: str, job: str) -> None:
    begun = os.times()
    jobs.perform(tenant, job)
    ended = os.times()
    cpu = ended.user + ended.system - begun.user - begun.system
    sender.send({"cpu": cpu, "peak_mib": own_peak_mib()})


def _own_mib(pid: int | None) -> float:
    """Pages that no other process has; 0 where the system does not say."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in told if line.startswith("Private_")) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
