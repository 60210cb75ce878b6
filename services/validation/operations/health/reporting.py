"""The health report of a tenant."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from services.validation.domain.health.score import HEALTHY_FROM, mean, rate, score
from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.planning import Planned
from services.validation.domain.ledger.requests import State
from services.validation.domain.rules.definition import Severity
from services.validation.models import HealthPoint, HealthReport
from services.validation.operations.integrity.choosing import planned_of
from services.validation.queries import health
from services.validation.queries.constraints import missing
from services.validation.queries.integrity.scanning import scan_all
from shared.tenancy import context_of, tenant_of

STATUSES: Final = {"unfinished": "Un", "submitted": "Sub", "approved": "App", "retired": "Ret", "deceased": "Dec"}
# Figure of the report to the check of set core that it sums up.
_CHECKS: Final = {
    "negative_xp": "xp",
    "invalid_status": "status",
    "attributes_out_of_range": "attributes",
    "abilities_out_of_range": "abilities",
    "willpower_violations": "willpower",
    "age_violations": "age",
    "duplicate_st_relationships": "st_relationships",
}

Report = dict[str, Any]


def report(session: Session, *, period_hours: int) -> tuple[Report, dict[str, int]]:
    """The report of the last hours, and the number found by each rule."""
    now = datetime.now(UTC).replace(microsecond=0)
    since = now - timedelta(hours=period_hours)
    integrity, by_rule = _integrity(session)
    activity, scenes = _activity(session, since), _scenes(session, since)
    found = score(
        issues=integrity["total"],
        approval_rate=None if activity["approval_rate"] is None else Decimal(str(activity["approval_rate"])),
        awaiting=scenes["scenes_awaiting_xp"],
    )
    told = {
        "timestamp": now.isoformat().replace("+00:00", "Z"),
        "period_hours": period_hours,
        "health_score": found.value,
        "status": found.status,
        "deductions": [{"reason": each.reason, "points": each.points} for each in found.deductions],
        "checks": {
            "data_integrity": integrity,
            "xp_activity": activity,
            "scene_xp_awards": scenes,
            "character_stats": _characters(session),
            "constraints": _constraints(session),
        },
    }
    return told, by_rule


def _integrity(session: Session) -> tuple[Report, dict[str, int]]:
    options = Options(samples=0)
    planned = [each for each in planned_of(session, options) if each.rule.severity is Severity.ERROR]
    tallies = scan_all(session, planned, options)
    found: Counter[str] = Counter()
    by_rule: dict[str, int] = {}
    for each in planned:
        number = tallies[each.position].found
        found[_figure(each)] += number
        by_rule[f"{each.rule_set}.{each.rule.id}"] = number
    figures = {name: found[name] for name in (*_CHECKS, "ledger_violations")}
    total = sum(figures.values())
    return {**figures, "total": total, "healthy": total == 0}, by_rule


def _figure(each: Planned) -> str:
    if each.rule_set == "ledger":
        return "ledger_violations"
    return next(name for name, check in _CHECKS.items() if check == each.check)


def _activity(session: Session, since: datetime) -> Report:
    by_state = health.requests_since(session, since)
    approved, denied, total = by_state[State.APPROVED], by_state[State.DENIED], sum(by_state.values())
    return {
        "total_spending_records": total,
        "pending_approval": by_state[State.PENDING],
        "approved": approved,
        "denied": denied,
        "approval_rate": _number(rate(approved, approved + denied)),
        "activity": "active" if total else "no activity",
    }


def _scenes(session: Session, since: datetime) -> Report:
    found = health.scenes(session, since)
    awarded = rate(found["scenes_with_xp_awarded"], found["finished_scenes"])
    return {**found, "xp_award_rate": _number(awarded)}


def _characters(session: Session) -> Report:
    by_status, xp = health.characters(session)
    total = sum(by_status.values())
    return {
        "total_characters": total,
        "status_breakdown": {name: by_status.get(code, 0) for name, code in STATUSES.items()},
        "average_xp": float(mean(xp, total)),
    }


def _constraints(session: Session) -> Report:
    absent, expected = missing(session)
    return {"expected": expected, "enforced": expected - len(absent), "missing": absent}


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def record(
    session: Session, told: Report, by_rule: Mapping[str, int], more: Mapping[str, float] | None = None
) -> HealthReport:
    """Keeps the report, with a point for each of its figures, each rule, and `more`."""
    row = HealthReport(
        tenant_id=tenant_of(session),
        period_hours=told["period_hours"],
        health_score=told["health_score"],
        report=told,
        created_by=context_of(session).actor,
    )
    session.add(row)
    session.flush()
    rows = [
        {"tenant_id": row.tenant_id, "report_id": row.id, "metric": metric, "value": value}
        for metric, value in (figures(told, by_rule) | dict(more or {})).items()
    ]
    session.execute(insert(HealthPoint), rows)
    return row


def figures(told: Report, by_rule: Mapping[str, int]) -> dict[str, float]:
    """Metric to its value, of those that have one."""
    checks = told["checks"]
    found: dict[str, float | None] = {"health_score": told["health_score"]}
    for part in ("data_integrity", "xp_activity", "scene_xp_awards"):
        found |= {name: value for name, value in checks[part].items() if name not in ("healthy", "activity")}
    found |= {name: checks["character_stats"][name] for name in ("total_characters", "average_xp")}
    found["missing_constraints"] = len(checks["constraints"]["missing"])
    found |= {f"rule:{name}": number for name, number in by_rule.items()}
    return {name: float(value) for name, value in found.items() if value is not None}


def added_up(reports: Sequence[tuple[str, Report]]) -> Report:
    """Reports of several tenants as one: figures are sums, rates and the score follow from them."""
    told = [each for _tenant, each in reports]
    integrity = _summed(each["checks"]["data_integrity"] for each in told)
    integrity["healthy"] = integrity["total"] == 0
    activity = _summed(each["checks"]["xp_activity"] for each in told)
    approval = rate(activity["approved"], activity["approved"] + activity["denied"])
    scenes = _summed(each["checks"]["scene_xp_awards"] for each in told)
    stats = [each["checks"]["character_stats"] for each in told]
    total = sum(each["total_characters"] for each in stats)
    xp = sum(each["average_xp"] * each["total_characters"] for each in stats)
    found = score(issues=integrity["total"], approval_rate=approval, awaiting=scenes["scenes_awaiting_xp"])
    return {
        "timestamp": told[0]["timestamp"],
        "period_hours": told[0]["period_hours"],
        "health_score": found.value,
        "status": "healthy" if found.value >= HEALTHY_FROM else "degraded",
        "deductions": [{"reason": each.reason, "points": each.points} for each in found.deductions],
        "checks": {
            "data_integrity": integrity,
            "xp_activity": activity
            | {
                "approval_rate": _number(approval),
                "activity": "active" if activity["total_spending_records"] else "no activity",
            },
            "scene_xp_awards": scenes
            | {"xp_award_rate": _number(rate(scenes["scenes_with_xp_awarded"], scenes["finished_scenes"]))},
            "character_stats": {
                "total_characters": total,
                "status_breakdown": _summed(each["status_breakdown"] for each in stats),
                "average_xp": float(mean(round(xp), total)),
            },
            "constraints": told[0]["checks"]["constraints"],
        },
        "tenants": [
            {
                "tenant": tenant,
                "health_score": each["health_score"],
                "total": each["checks"]["data_integrity"]["total"],
            }
            for tenant, each in reports
        ],
    }


def _summed(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Whole numbers; what is none is left out."""
    found: Counter[str] = Counter()
    for part in parts:
        for name, value in part.items():
            if isinstance(value, int) and not isinstance(value, bool):
                found[name] += value
    return dict(found)
