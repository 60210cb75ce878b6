"""What the relay tells of this service when it is scraped."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.orm import Session

from services.validation.queries.constraints import missing


def constraint_figures(session: Session) -> Iterator[GaugeMetricFamily]:
    """How many constraints the database is to enforce, and how many of them it does not."""
    absent, expected = missing(session)
    told = {
        "validation_constraints_expected": ("Constraints that the database is to enforce.", expected),
        "validation_constraints_missing": ("Those of them that are not there, valid and as defined.", len(absent)),
    }
    for name, (meaning, value) in told.items():
        yield GaugeMetricFamily(name, meaning, value=value)
