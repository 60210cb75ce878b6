"""What is asked of rule sets: all of them, totals of callers' runs, what runs found, the state of constraints."""

from typing import Any

from sqlalchemy import (
    Boolean,
    DateTime,
    Integer,
    Select,
    Subquery,
    Text,
    case,
    column,
    func,
    literal,
    null,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.validation.models import IntegrityResult, IntegrityRun, RuleEvaluation, RuleSet, RuleSetVersion
from services.validation.models.registry import built_in
from shared.tenancy import tenant_of


def catalogue(session: Session) -> Subquery:
    """One row per set that is in use, the built-in ones too."""
    own = (
        select(
            RuleSet.name,
            RuleSet.title,
            RuleSet.target,
            RuleSet.latest.label("version"),
            func.jsonb_array_length(RuleSetVersion.definition["rules"]).label("rules"),
            literal(False).label("built_in"),
            RuleSetVersion.created_at,
            RuleSetVersion.created_by,
        )
        .join(
            RuleSetVersion,
            (RuleSetVersion.tenant_id == RuleSet.tenant_id)
            & (RuleSetVersion.rule_set_id == RuleSet.id)
            & (RuleSetVersion.number == RuleSet.latest),
        )
        .where(RuleSet.tenant_id == tenant_of(session), RuleSet.retired_at.is_(None))
    )
    shipped = values(
        column("name", Text), column("title", Text), column("target", Text), column("rules", Integer), name="shipped"
    ).data([(one.name, one.title, one.target, len(one.rules)) for one in built_in().values()])
    shown = select(
        shipped.c.name.collate("C"),
        shipped.c.title,
        shipped.c.target,
        literal(1, Integer),
        shipped.c.rules,
        literal(True, Boolean),
        null().cast(DateTime(timezone=True)),
        null().cast(Text),
    )
    return own.union_all(shown).subquery()


def totals(session: Session, row: RuleSet) -> Subquery:
    """One row per label: pages, sums, the worst verdict, the times of the first and the last page."""
    verdicts = case({"fail": 2, "warn": 1}, value=RuleEvaluation.verdict, else_=0)
    worst = case({2: "fail", 1: "warn"}, value=func.max(verdicts), else_="pass")
    return (
        select(
            RuleEvaluation.label,
            func.count().label("pages"),
            *(func.sum(column).label(column.key) for column in _SUMMED),
            (func.sum(RuleEvaluation.records) - func.sum(RuleEvaluation.failed)).label("passed"),
            worst.label("verdict"),
            func.min(RuleEvaluation.created_at).label("first_at"),
            func.max(RuleEvaluation.updated_at).label("last_at"),
        )
        .where(RuleEvaluation.tenant_id == tenant_of(session), RuleEvaluation.rule_set_id == row.id)
        .group_by(RuleEvaluation.label)
        .subquery()
    )


_SUMMED = (RuleEvaluation.records, RuleEvaluation.failed, RuleEvaluation.warned)


def history(session: Session, rule_set: str, rule: str) -> Select[*tuple[Any, ...]]:
    """What each finished run found of a rule; of two rules of one name in a set together."""
    return (
        select(
            IntegrityRun.id.label("run"),
            IntegrityRun.mode,
            IntegrityRun.created_at,
            *(func.sum(figure).label(figure.key) for figure in _FOUND),
        )
        .join(
            IntegrityResult,
            (IntegrityResult.tenant_id == IntegrityRun.tenant_id) & (IntegrityResult.run_id == IntegrityRun.id),
        )
        .where(
            IntegrityRun.tenant_id == tenant_of(session),
            IntegrityResult.rule_set == rule_set,
            IntegrityResult.rule == rule,
            IntegrityResult.status != "not_run",
            IntegrityRun.finished_at.is_not(None),
        )
        .group_by(IntegrityRun.tenant_id, IntegrityRun.id)
    )


_FOUND = (IntegrityResult.found, IntegrityResult.fixed, IntegrityResult.remaining)


def last_results(session: Session, rule_set: str) -> dict[str, str]:
    """By rule, in words, what the last finished run that looked for it found."""
    last = (
        select(IntegrityResult.rule, IntegrityResult.remaining, IntegrityRun.finished_at)
        .join(
            IntegrityRun,
            (IntegrityRun.tenant_id == IntegrityResult.tenant_id) & (IntegrityRun.id == IntegrityResult.run_id),
        )
        .where(
            IntegrityResult.tenant_id == tenant_of(session),
            IntegrityResult.rule_set == rule_set,
            IntegrityResult.status != "not_run",
            IntegrityRun.finished_at.is_not(None),
        )
        .order_by(IntegrityResult.rule, IntegrityRun.finished_at.desc())
        .ext(distinct_on(IntegrityResult.rule))
    )
    return {rule: f"{remaining} on {at:%Y-%m-%d}" for rule, remaining, at in session.execute(last)}
