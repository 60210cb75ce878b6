"""Groups and organisations, and the roles of characters in them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.validation.domain.statuses import LEFT
from services.validation.errors import CharacterNotActive, RoleNotOfKind
from services.validation.models import Character, Chronicle, Group, GroupMembership
from services.validation.models.groups import GROUP, LEADER, MEMBER
from services.validation.operations.standing import find
from shared import editing
from shared.errors import NotFound, UnknownReference
from shared.tenancy import tenant_of

_OF_GROUPS = frozenset({MEMBER, LEADER})


def check_group(session: Session, row: Group | None, values: dict[str, Any]) -> dict[str, Any]:
    """Raises UnknownReference, RoleNotOfKind."""
    editing.demand_reference(session, Chronicle, values.get("chronicle_id"), "/chronicle")
    if row is not None and values.get("kind") == GROUP:
        for membership in row.memberships:
            _demand_role(GROUP, membership.role)
    return values


def enter(session: Session, group_id: int, values: Mapping[str, Any]) -> GroupMembership:
    """Gives a character a role. Raises NotFound, UnknownReference, RoleNotOfKind, CharacterNotActive, AlreadyExists."""
    group = editing.locked(session, Group, group_id)
    _demand_role(group.kind, values.get("role", MEMBER))
    character = _character(session, values["character_id"])
    if character.status in LEFT:
        raise CharacterNotActive(character.status)
    return editing.create(session, GroupMembership, {**values, "group_id": group.id})


def change_role(session: Session, group_id: int, membership: GroupMembership, values: Mapping[str, Any]) -> None:
    """Raises RoleNotOfKind, AlreadyExists."""
    group = editing.locked(session, Group, group_id)
    _demand_role(group.kind, values.get("role", membership.role))
    editing.change(session, membership, values)


def membership_of(session: Session, group_id: int, membership_id: int) -> GroupMembership:
    """Raises NotFound."""
    found = session.get(GroupMembership, (tenant_of(session), membership_id))
    if found is None or found.group_id != group_id:
        raise NotFound("There is no such membership.")
    return found


def _character(session: Session, character_id: int) -> Character:
    try:
        return find(session, character_id, lock=True)[0]
    except NotFound as missing:
        raise UnknownReference("/character", f"There is no character {character_id}.") from missing


def _demand_role(kind: str, role: str) -> None:
    if kind == GROUP and role not in _OF_GROUPS:
        raise RoleNotOfKind(f"A group has members and a leader; {role} is a role of organisations.", role=role)
