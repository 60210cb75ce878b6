"""A Dask cluster on this machine: one process beside the test's, two parts at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from distributed import LocalCluster


@contextmanager
def a_cluster() -> Iterator[str]:
    """The address of its scheduler. Its worker has the environment of this moment."""
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address
