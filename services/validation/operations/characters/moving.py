"""Moves characters from status to status; who has left the game has left its groups."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.validation.domain.events import STATUS_CHANGED
from services.validation.domain.statuses import DECIDED, LEFT, MOVES, SUBMITTED, UNFINISHED
from services.validation.errors import IllegalTransition, NotApprover, NotEditor
from services.validation.models import AuditEvent, Character, GroupMembership, Outbox, StatusChange, Webhook
from services.validation.operations import faults
from services.validation.operations.characters.changing import row_of
from services.validation.operations.characters.creating import EDIT_ALL, EDIT_OWN
from services.validation.operations.standing import Standing, demand_not_quarantined
from shared import editing
from shared.auditing.models import EventType
from shared.auditing.writing import Entry, record_many
from shared.auth import demand
from shared.errors import Invalid
from shared.tenancy import context_of, tenant_of
from shared.webhooks.publishing import Event, publish


def demand_move(session: Session, character: Character, how: Standing, status: str, *, reason: str = "") -> None:
    """Whether there is such a move goes before who may make it.

    Raises Invalid for an unknown status, IllegalTransition, NotApprover, NotEditor.
    """
    old = character.status
    if status == old:
        return
    faults.demand(session, "characters", row_of(character) | {"status": status}, changed=["status"])
    legal = MOVES.get(old, ())  # a stored status that is none leads nowhere
    if status not in legal:
        raise IllegalTransition(old, status, legal)
    _demand_right(session, how, old, status, reason)


def move(session: Session, character: Character, status: str, *, reason: str = "") -> bool:
    """Moves a locked character where `demand_move` has said yes; returns whether it moved. Raises Quarantined."""
    old = character.status
    if status == old:
        return False
    demand_not_quarantined(session, character)
    _store(session, character, status, reason)
    if status in LEFT:
        _leave_groups(session, character)
    data = {"character": character.id, "from": old, "to": status}
    publish(session, Outbox, Webhook, [Event(STATUS_CHANGED, data, ordering_key=f"character:{character.id}")])
    return True


def _demand_right(session: Session, how: Standing, old: str, new: str, reason: str) -> None:
    if (old, new) in DECIDED:
        if not how.is_approver:
            raise NotApprover
        return
    if EDIT_ALL in context_of(session).permissions:
        return
    if how.is_owner:
        demand(context_of(session), EDIT_OWN)
        return
    if not how.is_approver:
        raise NotEditor
    if (old, new) == (SUBMITTED, UNFINISHED) and not reason:
        raise Invalid.field("/reason", "required", "Say why you give it back.")


def _store(session: Session, character: Character, status: str, reason: str) -> None:
    old, actor = character.status, context_of(session).actor
    character.status = status
    session.add(
        StatusChange(
            tenant_id=tenant_of(session),
            character_id=character.id,
            old=old,
            new=status,
            actor=actor,
            created_by=actor,
            reason=reason,
        )
    )
    editing.flush(session, "character")
    session.refresh(character)
    editing.audit(
        session,
        character,
        "status_changed",
        event_type=EventType.STATE_CHANGED,
        changes={"status": [old, status]},
        message=reason or None,
    )


def _leave_groups(session: Session, character: Character) -> None:
    """With an audit row for each role."""
    roles = (
        delete(GroupMembership)
        .where(GroupMembership.tenant_id == tenant_of(session), GroupMembership.character_id == character.id)
        .returning(GroupMembership.id, GroupMembership.group_id, GroupMembership.role)
        .execution_options(synchronize_session=False)
    )
    left = [
        Entry(
            "group_membership.deleted",
            "group_membership",
            membership_id,
            event_type=EventType.DELETED,
            metadata={"group": group_id, "character": character.id, "role": role},
        )
        for membership_id, group_id, role in session.execute(roles)
    ]
    record_many(session, AuditEvent, left)
