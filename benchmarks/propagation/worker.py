"""A worker in a process of its own: `python -m benchmarks.propagation.worker TENANT`.

For each line that it reads it does the jobs of the tenant through the door that RQ calls, until none is left, and says
what that cost. Its settings come from the environment.
"""

import json
import os
import sys
import time
import uuid

from sqlalchemy import func, select

from benchmarks.measuring import own_peak_mib
from services.propagation import jobs
from services.propagation.config import Settings
from services.propagation.models import Job
from shared import logging
from shared.db import Database
from shared.jobs.models import ACTIVE
from shared.jobs.performing import AttemptFailed, prepare
from shared.tenancy import Context

PAUSE_SECONDS = 0.02


def drain(db: Database, tenant_id: uuid.UUID) -> None:
    """Does what is pending, and waits for what others do: it may hand on to more."""
    ready = (Job.status == "pending") & (Job.run_at <= func.clock_timestamp())
    active = select(Job.id, ready).where(Job.tenant_id == tenant_id, Job.status.in_(ACTIVE))
    while True:
        with db.transaction(Context(tenant_id=tenant_id)) as session:
            found = session.execute(active.order_by(ready.desc(), func.random())).first()
        if found is None:
            return
        job_id, is_ready = found
        if is_ready:
            try:
                jobs.perform(str(tenant_id), str(job_id))
            except AttemptFailed as failed:
                with db.transaction(Context(tenant_id=tenant_id)) as session:
                    raise RuntimeError(session.get_one(Job, (tenant_id, job_id)).error) from failed
        else:
            time.sleep(PAUSE_SECONDS)


def main(tenant: str) -> None:
    logging.configure("ERROR")
    settings = Settings()  # type: ignore[call-arg]  # the environment has the required ones
    prepare(jobs.registry, settings)
    db = Database(settings.database_url.get_secret_value())
    say(peak_mib=own_peak_mib())
    for _line in sys.stdin:
        begun = os.times()
        drain(db, uuid.UUID(tenant))
        ended = os.times()
        say(cpu=ended.user + ended.system - begun.user - begun.system, peak_mib=own_peak_mib())


def say(**facts: float) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
