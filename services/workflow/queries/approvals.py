"""What guards of approvals know, a person's inbox, and what has passed its time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, all_, and_, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session

from services.workflow.domain.approvals import ApprovalFacts
from services.workflow.domain.machines.asking import Ask
from services.workflow.models import Approval, Step
from shared.tenancy import Context, context_of, tenant_of


def load_facts(session: Session, approvals: Sequence[Approval], _ask: Ask) -> Mapping[int, ApprovalFacts]:
    """Facts by id; one statement, whatever the number of approvals."""
    chosen = _chosen(session, [approval.id for approval in approvals if approval.options])
    teams = frozenset(context_of(session).teams)
    return {
        approval.id: ApprovalFacts(
            requester=approval.requester,
            created_by=approval.created_by,
            required_permission=approval.required_permission,
            candidate_users=approval.candidate_users,
            candidate_teams=approval.candidate_teams,
            exclude=approval.exclude,
            options=approval.options,
            chosen=frozenset(chosen.get(approval.id, ())),
            teams=teams,
        )
        for approval in approvals
    }


def _chosen(session: Session, ids: Sequence[int]) -> Mapping[int, set[str | None]]:
    """By approval: the options that its votes have named."""
    found: dict[int, set[str | None]] = {}
    cast = select(Step.entity_id, Step.data["option"].astext).where(
        Step.tenant_id == tenant_of(session),
        Step.entity == "approval",
        Step.kind == "vote",
        Step.entity_id.in_(ids),
    )
    for approval_id, option in session.execute(cast):
        found.setdefault(approval_id, set()).add(option)
    return found


def waits_for(context: Context) -> ColumnElement[bool]:
    """The condition for the inbox of this caller: pending, and theirs to decide."""
    approval, actor = Approval, context.actor
    anybody = and_(approval.candidate_users == [], approval.candidate_teams == [])
    asked = [anybody, literal(actor) == any_(approval.candidate_users)]
    if context.teams:
        asked.append(literal(sorted(context.teams), ARRAY(TEXT)).overlap(approval.candidate_teams))
    return and_(
        approval.state == "PENDING",
        approval.required_permission.in_(sorted(context.permissions)),
        or_(*asked),
        approval.requester.is_distinct_from(actor),
        approval.created_by.is_distinct_from(actor),
        literal(actor) != all_(approval.exclude),
    )


def overdue(session: Session, now: datetime) -> Select[Approval]:
    return (
        select(Approval)
        .where(Approval.tenant_id == tenant_of(session), Approval.state == "PENDING", Approval.expires_at <= now)
        .order_by(Approval.id)
    )
