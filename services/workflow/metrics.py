"""What this service counts beyond what all services count."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

TRANSITIONS = Counter("state_transition", "Transitions that were carried out.", ["machine"])
TRANSITION_ERRORS = Counter("state_transition_error", "Transitions that were refused, by code.", ["machine", "code"])
TRANSITION_SECONDS = Histogram(
    "state_transition_duration_seconds",
    "Time of a call, whatever the number of its items.",
    ["machine"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40),
)
_BULK = ["entity", "operation"]
BULK_RUNS = Counter("bulk_operation", "Bulk runs.", _BULK)
BULK_SUCCESSES = Counter("bulk_operation_success", "Bulk runs in which nothing failed.", _BULK)
BULK_ITEMS = Counter("bulk_operation_items", "Items of bulk runs.", _BULK)
BULK_SECONDS = Histogram(
    "bulk_operation_duration_seconds",
    "Time of a bulk run, whatever the number of its items.",
    _BULK,
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 300, 1800),
)

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


def count_transitions(machine: str, *, moved: int, refused: Sequence[str], seconds: float) -> None:
    """`refused` has the codes of all findings."""
    TRANSITIONS.labels(machine).inc(moved)
    for code in refused:
        TRANSITION_ERRORS.labels(machine, code).inc()
    TRANSITION_SECONDS.labels(machine).observe(seconds)


def count_bulk(entity: str, operation: str, *, items: int, failed: int, seconds: float) -> None:
    BULK_RUNS.labels(entity, operation).inc()
    BULK_SUCCESSES.labels(entity, operation).inc(0 if failed else 1)
    BULK_ITEMS.labels(entity, operation).inc(items)
    BULK_SECONDS.labels(entity, operation).observe(seconds)


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
