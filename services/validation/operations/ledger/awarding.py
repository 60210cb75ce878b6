"""Awards the cast of a scene or story: all entries or none, once, in a number of statements that the cast does not
change.

The parent is locked first and then the characters in the order of their ids, so that awards over the same characters
wait for each other instead of deadlocking.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Exists, func, literal, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from services.validation.domain.ledger.accounts import Kind
from services.validation.domain.ledger.awards import NotAnAward, read_scene_award, read_story_award
from services.validation.domain.statuses import DECEASED
from services.validation.errors import AwardsRefused, SceneNotFinished, XpAlreadyGiven
from services.validation.models import AuditEvent, Character, Scene, SceneParticipant, Story, XpTransfer
from services.validation.operations import faults
from services.validation.operations.ledger.booking import book
from services.validation.queries.quarantine import is_quarantined
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.errors import FieldError
from shared.locking import busy_when_locked
from shared.rows import noun
from shared.tenancy import context_of, tenant_of

Awards = Mapping[str, Any]

_IS_ID: Final = re.compile("[1-9][0-9]{0,17}")  # each character has one spelling, so that nobody is named twice


@dataclass(frozen=True, slots=True)
class Result:
    """What one character got, and what it can spend now."""

    character: int
    amount: int
    xp: int


@dataclass(frozen=True, slots=True)
class Awarded:
    results: Sequence[Result]

    @property
    def awarded(self) -> int:
        """Characters that got XP."""
        return sum(result.amount > 0 for result in self.results)


def award_scene(session: Session, scene: Scene, awards: Awards) -> Awarded:
    """One point for each true entry. The scene is locked. Raises XpAlreadyGiven, SceneNotFinished, AwardsRefused, and
    Invalid where the tenant's own rules do not let its XP be given."""
    if scene.xp_given:
        raise XpAlreadyGiven("The XP of this scene has been given.")
    if not scene.finished:
        raise SceneNotFinished("This scene is not finished yet.")
    takes_part = (
        select(SceneParticipant.id)
        .where(
            SceneParticipant.tenant_id == Character.tenant_id,
            SceneParticipant.character_id == Character.id,
            SceneParticipant.scene_id == scene.id,
        )
        .exists()
    )
    entries = _read(
        session, awards, read_scene_award, takes_part=takes_part, has_it=_has(XpTransfer.scene_id, scene.id)
    )
    return _give(session, scene, Kind.SCENE_AWARD, entries, about={"scene_id": scene.id})


def award_story(session: Session, story: Story, awards: Awards) -> Awarded:
    """An amount for each entry. The story is locked. Raises XpAlreadyGiven, AwardsRefused."""
    if story.xp_given:
        raise XpAlreadyGiven("The XP of this story has been given.")
    has_it = _has(XpTransfer.story_id, story.id)
    entries = _read(session, awards, read_story_award, chronicle=story.chronicle_id, has_it=has_it)
    return _give(session, story, Kind.STORY_AWARD, entries, about={"story_id": story.id})


@dataclass(frozen=True, slots=True)
class _Entry:
    character: int
    amount: int
    xp: int
    owner: str | None


def _has(column: Any, parent_id: int) -> Exists:
    """Whether a character was awarded for this already."""
    return (
        select(XpTransfer.id)
        .where(
            XpTransfer.tenant_id == Character.tenant_id, XpTransfer.character_id == Character.id, column == parent_id
        )
        .exists()
    )


def _read(
    session: Session,
    awards: Awards,
    read: Callable[[Any], int],
    *,
    has_it: Exists,
    takes_part: Exists | None = None,
    chronicle: int | None = None,
) -> list[_Entry]:
    """The entries by character, all of whom are locked. Raises AwardsRefused with everything that is wrong."""
    ids = {key: int(key) for key in awards if _IS_ID.fullmatch(key)}
    cast = {row.id: row for row in _locked(session, sorted(set(ids.values())), takes_part, has_it)}
    entries, errors = [], []
    for key, value in awards.items():
        row = cast.get(ids.get(key, 0))
        try:
            amount = read(value)
            fault = _fault(row, amount, chronicle)
        except NotAnAward as refusal:
            amount, fault = 0, _fault(row, 0, chronicle) or ("invalid_award", str(refusal))
        if fault is not None:
            errors.append(FieldError(f"/awards/{key}", *fault))
        elif row is not None:
            entries.append(_Entry(row.id, amount, row.xp, row.owner))
    if errors:
        raise AwardsRefused(errors)
    return sorted(entries, key=lambda entry: entry.character)


def _locked(session: Session, ids: Sequence[int], takes_part: Exists | None, has_it: Exists) -> Sequence[Any]:
    columns = (Character.id, Character.xp, Character.owner, Character.npc, Character.status, Character.chronicle_id)
    facts = (
        (literal(True) if takes_part is None else takes_part).label("takes_part"),
        has_it.label("has_it"),
        is_quarantined(session).label("quarantined"),
    )
    cast = (
        select(*columns, *facts)
        .where(Character.tenant_id == tenant_of(session), Character.id.in_(ids))
        .order_by(Character.id)
        .with_for_update(of=Character)
    )
    with busy_when_locked():
        return session.execute(cast).all()


def _fault(row: Any, amount: int, chronicle: int | None) -> tuple[str, str] | None:
    """Code and text of the first thing that is wrong with an entry. Who gets nothing may be anybody of the cast."""
    if row is None:
        return "unknown_character", "There is no such character."
    if not row.takes_part:
        return "not_a_participant", "This character does not take part."
    if chronicle is not None and row.chronicle_id != chronicle:
        return "other_chronicle", "This character belongs to another chronicle."
    if amount == 0:
        return None
    if row.npc:
        return "npc", "Characters without a player earn nothing."
    if row.status == DECEASED:
        return "deceased", "This character is dead."
    if row.quarantined:
        return "quarantined", "This character is in quarantine."
    if row.has_it:
        return "already_awarded", "This character has this award already."
    return None


def _give(
    session: Session, parent: Scene | Story, kind: Kind, entries: Sequence[_Entry], *, about: Mapping[str, int]
) -> Awarded:
    """Books the points and closes the parent."""
    amounts = {entry.character: entry.amount for entry in entries if entry.amount}
    booked = book(session, kind, amounts, alongside=_closing(parent), about=about)
    set_committed_value(parent, "xp_given", True)
    set_committed_value(parent, "version", parent.version + 1)
    session.expire(parent, ["updated_at"])
    if isinstance(parent, Scene):
        faults.keep(session, parent, changed=("xp_given",))
    available = {character: entry.balance.available for character, entry in booked.items()}
    results = [Result(one.character, one.amount, available.get(one.character, one.xp)) for one in entries]
    awarded = Awarded(results)
    actor = context_of(session).actor
    record(
        session,
        AuditEvent,
        action=f"{noun(type(parent))}.awarded",
        entity_type=noun(type(parent)),
        entity_id=parent.id,
        event_type=EventType.STATE_CHANGED,
        changes={"xp_given": [False, True]},
        metadata={
            "awarded": awarded.awarded,
            "points": sum(amounts.values()),
            "own_characters": [one.character for one in entries if one.owner is not None and one.owner == actor],
        },
    )
    return awarded


def _closing(parent: Scene | Story) -> ReturningUpdate[Any]:
    """The parent's own change; part of the statement that books."""
    model = type(parent)
    return (
        update(model)
        .where(model.tenant_id == parent.tenant_id, model.id == parent.id)
        .values(xp_given=True, version=model.version + 1, updated_at=func.now())
        .returning(model.id)
    )
