"""A worker for one run, in a process of its own: `python -m benchmarks.pipelines.worker TENANT RUN` says what it cost.

Its settings come from the environment. What Python and the imports cost is counted apart: a worker forks after them.
"""

import json
import os
import sys

from benchmarks.measuring import own_peak_mib
from services.sync import jobs
from services.sync.config import Settings
from shared import logging
from shared.jobs.performing import prepare


def main(tenant: str, run: str) -> None:
    logging.configure("ERROR")
    prepare(jobs.registry, Settings())  # type: ignore[call-arg]  # the environment has the required ones
    begun, before = os.times(), own_peak_mib()
    jobs.perform(tenant, run)
    ended = os.times()
    cpu = ended.user + ended.system - begun.user - begun.system
    print(json.dumps({"cpu": cpu, "peak_mib": own_peak_mib(), "imports_mib": before}))


if __name__ == "__main__":
    main(*sys.argv[1:])
