"""What the web processes of this service count beyond what all services count."""

from prometheus_client import Counter, Histogram

OPERATIONS = Counter(
    "validation_operations", "Spends, decisions and awards, by how they ended.", ["operation", "outcome"]
)
OPERATION_SECONDS = Histogram(
    "validation_operation_duration_seconds",
    "Time that spends, decisions and awards took.",
    ["operation"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5),
)
STOPPED = Counter(
    "validation_constraint_stops", "Writes that a named constraint stopped after every check.", ["constraint"]
)
