"""Posted records judged by a rule set. Nothing of them is stored: for callers with a label, the figures of a page."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.validation.domain.rules.definition import RECORDS, RuleSet
from services.validation.domain.rules.expressions.columns import Setting
from services.validation.domain.rules.judging import Evaluation, Lookup, judge, violations
from services.validation.domain.rules.messages import shown
from services.validation.errors import NotForRecords
from services.validation.models import RuleEvaluation
from services.validation.models import RuleSet as StoredSet
from services.validation.operations.rule_sets.finding import Found
from services.validation.operations.rule_sets.lists import lookup_of
from shared.patterns import compile_pattern
from shared.tenancy import context_of, tenant_of

MAX_RECORDS: Final = 5000
SUMMARY: Final = "summary"

Values = Mapping[str, Any]


def evaluate(session: Session, found: Found, body: Values) -> dict[str, Any]:
    """The answer; `body` is what EvaluateSchema loaded. Raises NotForRecords."""
    begun = time.perf_counter()
    evaluation = judged(found.rules, body["records"], lookup_of(session, found.row))
    answer = answer_of(found.rules, found.number, evaluation, detail=body["detail"], limit=body["failure_limit"])
    if body.get("label") is not None and found.row is not None:
        _keep(session, found, body, answer)
    return answer | {"duration_ms": _since(begun)}


def tried(session: Session, rules: RuleSet, body: Values) -> dict[str, Any]:
    """The same for a set that is not stored, with the lists of the stored one of its name. Raises NotForRecords."""
    begun = time.perf_counter()
    row = session.scalar(
        select(StoredSet).where(StoredSet.tenant_id == tenant_of(session), StoredSet.name == rules.name)
    )
    evaluation = judged(rules, body["records"], lookup_of(session, row))
    answer = answer_of(rules, None, evaluation, detail=body["detail"], limit=body["failure_limit"])
    return answer | {"duration_ms": _since(begun)}


def _since(begun: float) -> float:
    return round((time.perf_counter() - begun) * 1000, 1)


def judged(rules: RuleSet, records: Sequence[Any], lookup: Lookup) -> Evaluation:
    """Raises NotForRecords."""
    if rules.target != RECORDS:
        raise NotForRecords(rules.name, rules.target)
    return judge(rules, records, Setting(datetime.now(UTC).date(), compile_pattern), lookup)


def answer_of(rules: RuleSet, number: int | None, evaluation: Evaluation, *, detail: str, limit: int) -> dict[str, Any]:
    """Everything but how long it took."""
    size, failed, warned = len(evaluation.batch.records), len(evaluation.failed), len(evaluation.warned)
    listed, more = ({}, False) if detail == SUMMARY else violations(evaluation, limit)
    failures = [
        {"index": place, "key": _key(rules, evaluation, place) if rules.key else None, "violations": told}
        for place, told in listed.items()
    ]
    return {
        "rule_set": rules.name,
        "version": number,
        "records": size,
        "passed": size - failed,
        "failed": failed,
        "warned": warned,
        "verdict": str(evaluation.verdict),
        "failed_indexes": evaluation.failed,
        "warned_indexes": evaluation.warned,
        "rules": [
            {
                "rule": outcome.rule,
                "severity": str(outcome.severity),
                "judged": outcome.judged,
                "failed": len(outcome.failing),
                "not_judged": outcome.not_judged,
                "failed_ratio": outcome.failed_ratio,
                "status": str(outcome.status),
            }
            for outcome in evaluation.outcomes
        ],
        "failures": failures,
        "failures_truncated": more,
    }


def _key(rules: RuleSet, evaluation: Evaluation, place: int) -> dict[str, Any]:
    """What identifies the record, as it was posted."""
    return {name: shown(evaluation.batch.value(place, name)) for name in rules.key}


def _keep(session: Session, found: Found, body: Values, answer: Values) -> None:
    """The figures of the page, instead of those that it had."""
    assert found.row is not None
    figures = {name: answer[name] for name in ("records", "failed", "warned", "verdict")} | {"number": found.number}
    page = {"rule_set_id": found.row.id, "label": body["label"], "page": body["page"]}
    stored = insert(RuleEvaluation).values(
        tenant_id=tenant_of(session), created_by=context_of(session).actor, **page, **figures
    )
    session.execute(
        stored.on_conflict_do_update(
            constraint="unique_evaluated_page", set_=figures | {"updated_at": stored.excluded.updated_at}
        )
    )
