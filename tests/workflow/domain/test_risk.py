"""The score of a refused attempt."""

import pytest

from services.workflow.domain.risk import risk_of


@pytest.mark.parametrize(
    ("required", "recent", "items", "score", "level", "suspicious"),
    [
        ("ticket.assign", 1, 1, 20, "LOW", False),
        ("ticket.delete", 1, 1, 40, "MEDIUM", False),
        ("ticket.assign", 2, 100, 20, "LOW", False),
        ("ticket.assign", 3, 1, 35, "MEDIUM", False),
        ("attendance.lock", 3, 1, 55, "HIGH", True),
        ("ticket.assign", 9, 101, 50, "HIGH", True),
        ("ticket.assign", 10, 1, 65, "HIGH", True),
        ("audit.export", 10, 1, 85, "CRITICAL", True),
        ("workorder.cancel", 10, 101, 100, "CRITICAL", True),
    ],
)
def test_what_makes_an_attempt_alarming(
    required: str, recent: int, items: int, score: int, level: str, suspicious: bool
) -> None:
    risk = risk_of(["ticket.view", required], recent=recent, items=items)
    assert (risk.score, risk.level, risk.suspicious) == (score, level, suspicious)
