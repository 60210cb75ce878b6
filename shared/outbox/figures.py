"""What the relay does regularly for an outbox: figures for the scrape, and forgetting."""

from collections.abc import Callable, Iterable
from datetime import timedelta

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import delete, func, or_, select, tuple_
from sqlalchemy.orm import Session

from shared.outbox.models import OutboxMixin

DELIVERED_KEPT, FAILED_KEPT = timedelta(days=7), timedelta(days=90)


def outbox_figures(service: str, model: type[OutboxMixin]) -> Callable[[Session], Iterable[Metric]]:
    """Reads what waits and what has failed, by kind, with one statement."""

    def read(session: Session) -> Iterable[Metric]:
        labels = ["service", "kind"]
        pending = GaugeMetricFamily("outbox_pending", "Letters that are to leave.", labels=labels)
        dead = GaugeMetricFamily("outbox_dead_letters", "Letters that nobody tries again by itself.", labels=labels)
        oldest = GaugeMetricFamily(
            "outbox_oldest_seconds", "Age of the oldest letter that is pending or failed.", labels=[*labels, "status"]
        )
        age = func.extract("epoch", func.now() - func.min(func.coalesce(model.ended_at, model.created_at)))
        counted = select(model.kind, model.status, func.count(), age).group_by(model.kind, model.status)
        # Each branch has a partial index.
        of_interest = or_(model.status == "pending", model.status == "failed")
        for kind, status, count, seconds in session.execute(counted.where(of_interest)):
            (pending if status == "pending" else dead).add_metric([service, kind], count)
            oldest.add_metric([service, kind, status], float(seconds))
        return pending, dead, oldest

    return read


def forget_letters(session: Session, model: type[OutboxMixin], *, at_most: int = 10_000) -> int:
    """Removes letters that ended long ago, as the relay; returns how many, call again while it is `at_most`."""
    old = or_(
        model.ended_at < func.now() - FAILED_KEPT,
        (model.ended_at < func.now() - DELIVERED_KEPT) & (model.status != "failed"),
    )
    keys = select(model.tenant_id, model.id).where(model.status != "pending", old).limit(at_most)
    removed = session.execute(delete(model).where(tuple_(model.tenant_id, model.id).in_(keys)))
    return int(removed.rowcount)  # type: ignore[attr-defined]
