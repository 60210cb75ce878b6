"""What this service counts beyond what all services count."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

SEARCH_QUERIES = Counter("search_queries", "Searches of an entity.", ["entity", "status"])
SEARCH_SECONDS = Histogram(
    "search_query_duration_seconds",
    "Time that the search of an entity took.",
    ["entity"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SEARCH_RESULTS = Histogram("search_results_count", "Results of a search.", buckets=(0, 1, 5, 10, 25, 50, 100, 250, 500))
SEARCH_CACHE_HITS = Counter("search_cache_hits", "Searches answered from the cache.")
SEARCH_CACHE_MISSES = Counter("search_cache_misses", "Searches that the cache had no answer for.")
SEARCH_CACHE_BYTES = Gauge("search_cache_size_bytes", "Length of the answer kept last.", multiprocess_mode="mostrecent")
SEARCH_ERRORS = Counter("search_errors", "Entities that could not be searched.", ["error_type"])
SEARCH_ZERO_RESULTS = Counter("search_zero_results", "Searches that found nothing.")
SEARCH_CLICK_THROUGH_RATE = Gauge(
    "search_click_through_rate",
    "Clicked searches of all searches, of the last day asked for.",
    multiprocess_mode="mostrecent",
)
SEARCH_RATE_LIMIT_REQUESTS = Counter(
    "search_rate_limit_requests", "Requests that the quota of the search looked at.", ["user_type", "allowed"]
)
SEARCH_RATE_LIMIT_EXCEEDED = Counter("search_rate_limit_exceeded", "Requests that it refused.", ["user_type"])
SEARCH_RATE_LIMIT_SECONDS = Histogram(
    "search_rate_limit_check_duration_seconds",
    "Time that looking at the quota took.",
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.5),
)
SEARCH_ACTIVE_RATE_LIMITS = Gauge(
    "search_active_rate_limits", "Callers whose quota of searches is used up.", multiprocess_mode="livesum"
)


@contextmanager
def search_measured(entities: Sequence[str]) -> Iterator[None]:
    """Counts and times the search of entities that are searched together."""
    status, started = "error", time.perf_counter()
    try:
        yield
        status = "success"
    finally:
        for entity in entities:
            SEARCH_QUERIES.labels(entity, status).inc()
            SEARCH_SECONDS.labels(entity).observe(time.perf_counter() - started)
