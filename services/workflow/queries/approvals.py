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

VOTE = "vote"
Vote = tuple[str, str | None, str | None]


def load_facts(session: Session, approvals: Sequence[Approval], _ask: Ask) -> Mapping[int, ApprovalFacts]:
    """Facts by id; one statement, whatever the number of approvals."""
    votes = votes_of(session, [approval.id for approval in approvals])
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
            votes_needed=approval.votes_needed,
            votes={person: option for person, _behind, option in votes.get(approval.id, ())},
            voters=frozenset(one for person, behind, _option in votes.get(approval.id, ()) for one in (person, behind)),
            teams=teams,
        )
        for approval in approvals
    }


def votes_of(session: Session, ids: Sequence[int]) -> Mapping[int, list[Vote]]:
    """By approval: who has voted for it, on behalf of whom, and the option."""
    found: dict[int, list[Vote]] = {}
    behind, option = Step.data["on_behalf_of"].astext, Step.data["option"].astext
    cast = select(Step.entity_id, Step.actor, behind, option).where(
        Step.tenant_id == tenant_of(session),
        Step.entity == "approval",
        Step.kind == VOTE,
        Step.entity_id.in_(ids),
    )
    for approval_id, *vote in session.execute(cast.order_by(Step.id)):
        found.setdefault(approval_id, []).append(tuple(vote))
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
