"""Who may decide on an approval, and what a decision says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.registry import guard, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts:
    """`teams` are those of the caller; `chosen` has the options of the votes so far."""

    requester: str | None
    created_by: str | None
    required_permission: str
    candidate_users: Sequence[str] = ()
    candidate_teams: Sequence[str] = ()
    exclude: Sequence[str] = ()
    options: Sequence[str] = ()
    chosen: frozenset[str | None] = frozenset()
    teams: frozenset[str] = frozenset()


def option_of(ask: Ask) -> str | None:
    option = ask.metadata.get("option")
    return None if option is None else str(option)


@guard
def holds_required_permission(approval: ApprovalFacts, ask: Ask) -> Finding | None:
    if ask.as_system or approval.required_permission in ask.permissions:
        return None
    detail = f"You lack the permission {approval.required_permission}."
    return Finding("permission_missing", detail, status=403, members={"permission": approval.required_permission})


@guard
def is_candidate(approval: ApprovalFacts, ask: Ask) -> Finding | None:
    anybody = not approval.candidate_users and not approval.candidate_teams
    if ask.as_system or anybody or ask.actor in approval.candidate_users:
        return None
    if approval.teams & set(approval.candidate_teams):
        return None
    return Finding("not_a_candidate", "You are not among those who are asked for this decision.", status=403)


@guard
def has_no_part(approval: ApprovalFacts, ask: Ask) -> Finding | None:
    kept_out = {approval.requester, approval.created_by, *approval.exclude}
    if ask.as_system or not ask.persons(approval.required_permission) & kept_out:
        return None
    return Finding("own_work", "Who asked for a decision, or was excluded from it, does not decide.", status=403)


@guard
def option_known(approval: ApprovalFacts, ask: Ask) -> Finding | None:
    """An approval with options needs one of them, and the same one in every vote."""
    option = option_of(ask)
    if ask.as_system or option is None:
        listed = ", ".join(approval.options)
        needed = bool(approval.options) and not ask.as_system
        return Finding("option_required", f"Choose an option: {listed}.", "/option", 422) if needed else None
    if option not in approval.options:
        listed = ", ".join(approval.options) or "none"
        return Finding("unknown_option", f"The options are: {listed}.", "/option", 422)
    if others := approval.chosen - {option}:
        return Finding("option_differs", f"The votes before this one chose {min(map(str, others))}.", "/option")
    return None


@guard
def is_requester(approval: ApprovalFacts, ask: Ask) -> Finding | None:
    if ask.as_system or ask.actor in (approval.requester, approval.created_by):
        return None
    return Finding("not_the_requester", "Only who asked for the decision withdraws it.", status=403)


def _decided(ask: Ask, decision: str, option: str | None = None) -> Mapping[str, Any]:
    return {
        "decision": decision,
        "option": option,
        "decided_by": None if ask.as_system else ask.actor,
        "decided_at": ask.timestamp,
    }


@stamp
def stamp_approved(_approval: ApprovalFacts, ask: Ask) -> Mapping[str, Any]:
    return _decided(ask, "approved", option_of(ask))


@stamp
def stamp_rejected(_approval: ApprovalFacts, ask: Ask) -> Mapping[str, Any]:
    return _decided(ask, "rejected")


@stamp
def stamp_expired(_approval: ApprovalFacts, ask: Ask) -> Mapping[str, Any]:
    return _decided(ask, "expired")


@stamp
def stamp_withdrawn(_approval: ApprovalFacts, ask: Ask) -> Mapping[str, Any]:
    return _decided(ask, "cancelled")
