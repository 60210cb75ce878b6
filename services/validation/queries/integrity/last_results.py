"""What the last runs of a tenant have found."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.validation.models import IntegrityResult, IntegrityRun
from shared.tenancy import tenant_of


def last_found(session: Session) -> dict[tuple[str, str], int]:
    """What remained of each rule (set, id) in the newest run that looked at it."""
    newest = (
        select(IntegrityResult.rule_set, IntegrityResult.rule, IntegrityResult.remaining)
        .join(
            IntegrityRun,
            (IntegrityRun.tenant_id == IntegrityResult.tenant_id) & (IntegrityRun.id == IntegrityResult.run_id),
        )
        .where(IntegrityRun.tenant_id == tenant_of(session))
        .ext(distinct_on(IntegrityResult.rule_set, IntegrityResult.rule))
        .order_by(IntegrityResult.rule_set, IntegrityResult.rule, IntegrityRun.created_at.desc())
    )
    return {(rule_set, rule): remaining for rule_set, rule, remaining in session.execute(newest)}
