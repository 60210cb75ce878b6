"""The doorbell looked at: queues and workers of one service as Redis holds them.

There is nothing to press. What is to be done stands in the table of jobs; Redis may forget all of this, and jobs are
retried and cancelled on their own pages. The figures are read without RQ's registries, which tidy up when they are
looked at.
"""

from collections.abc import Sequence
from typing import Any, Final

import redis
from rq import Queue
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.worker_registration import WORKERS_BY_QUEUE_KEY

from shared.console.pages import Pages, Values
from shared.current import runtime
from shared.errors import Unavailable

# The permission that only admins have, in every service.
PERMISSION: Final = "audit.manage"
_OF_WORKERS: Final = ("hostname", "pid", "state", "last_heartbeat", "successful_job_count", "failed_job_count")


def queue_pages(service: str, names: Sequence[str]) -> Pages:
    """The fragment `/<service>/queues`, which the gateway's page `/rq/` puts together."""
    pages = Pages(service, "queues", __name__, folder="console")

    @pages.fragment("/queues", PERMISSION)
    def queues() -> Values:
        try:
            return {"queues": queues_of(runtime().redis, names), "workers": workers_of(runtime().redis, names)}
        except redis.RedisError as failure:
            raise Unavailable("Redis does not answer; jobs wait in the database until it does.") from failure

    return pages


def queues_of(client: redis.Redis, names: Sequence[str]) -> list[dict[str, Any]]:
    """`taken` is what a worker has taken and not begun yet."""
    with client.pipeline(transaction=False) as pipe:
        for name in names:
            queue = Queue(name, connection=client)
            pipe.llen(queue.key)
            pipe.llen(queue.intermediate_queue_key)
            pipe.zcard(StartedJobRegistry.key_template.format(name))
            pipe.zcard(FailedJobRegistry.key_template.format(name))
        found = iter(pipe.execute())
    return [
        {"name": name} | {word: next(found) for word in ("waiting", "taken", "running", "failed")} for name in names
    ]


def workers_of(client: redis.Redis, names: Sequence[str]) -> list[dict[str, Any]]:
    with client.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.smembers(WORKERS_BY_QUEUE_KEY % name)
        known = [(name, key) for name, keys in zip(names, pipe.execute(), strict=True) for key in sorted(keys)]
        for _name, key in known:
            pipe.hmget(key, _OF_WORKERS)
        rows = pipe.execute()
    return [
        {"queue": name, **_worker(*(value.decode() if value else "" for value in row))}
        for (name, _key), row in zip(known, rows, strict=True)
    ]


def _worker(host: str, pid: str, state: str, heard: str, done: str, failed: str) -> dict[str, Any]:
    told = {"host": host, "pid": pid, "state": state or "gone", "heard_at": heard}
    return told | {"done": int(done or 0), "failed": int(failed or 0)}
