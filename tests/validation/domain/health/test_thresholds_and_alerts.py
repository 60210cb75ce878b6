"""Which figures alarm, and when an alert is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.validation.domain.health.alerts import News, Standing, State, grouped, needs_ticket, news, silent, worst
from services.validation.domain.health.thresholds import (
    USUAL,
    Breach,
    Group,
    Measured,
    Severity,
    breaches,
    facts,
)

NOW = datetime(2024, 1, 31, 9, tzinfo=UTC)
HOUR, WINDOW = timedelta(hours=1), timedelta(hours=24)


def found(**values: tuple[float, int] | float) -> dict[str, Severity]:
    measured = {
        name: Measured(Decimal(str(value[0])), value[1]) if isinstance(value, tuple) else Measured(Decimal(str(value)))
        for name, value in values.items()
    }
    return {breach.metric: breach.severity for breach in breaches(USUAL.values(), measured)}


@pytest.mark.parametrize(
    ("metric", "fine", "alarming"),
    [
        ("health_score", 90, 89),
        ("xp_spend_success", (90, 20), (89.9, 20)),
        ("xp_spend_time", 500, 501),
        ("scene_award_success", (99, 20), (98.9, 20)),
        ("constraint_violations", 10, 11),
        ("transaction_rollbacks", (5, 20), (5.1, 20)),
        ("deadlocks", 1, 2),
    ],
)
def test_each_metric_alarms_beyond_its_limit(metric: str, fine: float, alarming: float) -> None:
    assert found(**{metric: fine}) == {}
    assert list(found(**{metric: alarming})) == [metric]


def test_rates_of_few_attempts_and_absent_figures_do_not_alarm() -> None:
    assert found(xp_spend_success=(0, 19), transaction_rollbacks=(100, 19)) == {}
    assert list(breaches(USUAL.values(), {"health_score": Measured(None)})) == []


def test_what_is_critical() -> None:
    assert found(health_score=49)["health_score"] is Severity.CRITICAL
    assert found(health_score=50)["health_score"] is Severity.WARNING
    assert found(scene_award_success=(50, 20))["scene_award_success"] is Severity.CRITICAL
    told = list(facts(ledger_violations=1, missing_constraints=["characters_strength_range"]))
    assert [(each.group, each.severity) for each in told] == [
        (Group.INTEGRITY, Severity.CRITICAL),
        (Group.CONSTRAINTS, Severity.CRITICAL),
    ]
    assert "characters_strength_range" in told[1].text
    assert list(facts(ledger_violations=0, missing_constraints=[])) == []


def breach(severity: Severity, group: Group = Group.INTEGRITY, metric: str = "health_score") -> Breach:
    return Breach(metric, group, severity, Decimal(1), "text")


MILD, BAD = breach(Severity.WARNING), breach(Severity.CRITICAL)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (None, [], None),
        (None, [MILD], News.OPENED),
        (Standing(Severity.WARNING, State.OPEN, NOW - HOUR), [MILD], None),
        (Standing(Severity.WARNING, State.OPEN, NOW - WINDOW), [MILD], News.REPEATED),
        (Standing(Severity.WARNING, State.OPEN, NOW - HOUR), [MILD, BAD], News.WORSE),
        (Standing(Severity.CRITICAL, State.OPEN, NOW - HOUR), [MILD], None),
        (Standing(Severity.CRITICAL, State.OPEN, NOW - HOUR), [], News.RECOVERED),
        (Standing(Severity.WARNING, State.ACKNOWLEDGED, NOW - 2 * WINDOW), [MILD], None),
        (Standing(Severity.WARNING, State.MUTED, NOW - 2 * WINDOW, NOW + HOUR), [MILD], None),
        (Standing(Severity.WARNING, State.MUTED, NOW - 2 * WINDOW, NOW), [MILD], News.REPEATED),
        (Standing(Severity.WARNING, State.MUTED, NOW - HOUR, NOW + HOUR), [BAD], News.WORSE),
        (Standing(Severity.WARNING, State.MUTED, NOW - HOUR, NOW + HOUR), [], News.RECOVERED),
    ],
)
def test_an_alert_does_not_repeat_itself(before: Standing | None, now: list[Breach], told: News | None) -> None:
    assert news(before, now, now=NOW, window=WINDOW) is told


def test_breaches_of_a_group_are_one_alert() -> None:
    slow = breach(Severity.WARNING, Group.PERFORMANCE, "xp_spend_time")
    groups = grouped([slow, MILD, BAD])
    assert {group: len(each) for group, each in groups.items()} == {Group.INTEGRITY: 2, Group.PERFORMANCE: 1}
    assert worst(groups[Group.INTEGRITY]) is Severity.CRITICAL
    assert silent(groups, [Group.ACTIVITY, Group.PERFORMANCE]) == [Group.ACTIVITY]
    assert needs_ticket([MILD])
    assert not needs_ticket([slow])
    assert needs_ticket([breach(Severity.CRITICAL, Group.CONSTRAINTS, "missing_constraints")])
