"""The worker process: RQ's forking worker on exactly one queue.

A worker on several queues pops them without a safety net and loses jobs on an ordinary SIGTERM.
"""

from rq import Worker
from rq.serializers import JSONSerializer

from shared.config import Settings
from shared.jobs.performing import prepare
from shared.jobs.registry import JobRegistry
from shared.jobs.rq_queue import SafeJob, queue
from shared.logging import configure
from shared.redis_client import connect

MAX_JOBS = 500


def make(queue_name: str, redis_url: str) -> Worker:
    """Short intervals: an idle worker looks after abandoned hand-overs only when its pop returns."""
    if "," in queue_name or not queue_name.strip():
        raise ValueError("a worker serves exactly one queue")
    connection = connect(redis_url, blocking=True)
    return Worker(
        [queue(queue_name, connection)],
        connection=connection,
        job_class=SafeJob,
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=15,
        job_monitoring_interval=5,
        log_job_description=False,
    )


def run(queue_name: str, settings: Settings, registry: JobRegistry | None = None, *, burst: bool = False) -> None:
    """Works until SIGTERM, or until it has done enough to be replaced; the supervisor starts it again.

    With the `registry` of the service everything is prepared before the first fork, which spares each job a third
    of its overhead.
    """
    configure(settings.log_level, settings.log_file)
    if registry is not None:
        prepare(registry, settings)
    worker = make(queue_name, settings.redis_url.get_secret_value())
    worker.work(burst=burst, max_jobs=MAX_JOBS, with_scheduler=False, logging_level=settings.log_level)
