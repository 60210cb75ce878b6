"""A worker or relay of the sample service as a process of its own, so that tests can kill it.

`python -m tests.shared.jobs.process worker|relay <database URL> <Redis URL> <queue>`
"""

import sys

from shared.jobs import relay, rq_queue, worker
from tests.shared.jobs import sample


def main(role: str, database_url: str, redis_url: str, queue: str) -> None:
    if role == "worker":
        rq_queue.allow(sample.DOOR)
        sample.settings = sample.make_settings(database_url=database_url, redis_url=redis_url)
        worker.run(queue, sample.settings, sample.registry)
    else:
        service = relay.RelayedService(
            "sample",
            database_url,
            redis_url,
            sample.Job,
            [queue],
            sample.Schedule,
            door=sample.DOOR,
            redispatch_seconds=1.0,
        )
        relay.run([service], poll_seconds=0.2)


if __name__ == "__main__":
    main(*sys.argv[1:])
