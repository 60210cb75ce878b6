"""A chronicle with its people, and characters and entries as tests of the ledger need them, stored directly."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.validation.domain.ledger.accounts import Kind
from services.validation.models import (
    Character,
    CharacterTrait,
    Chronicle,
    Gameline,
    QuarantineEntry,
    StRelationship,
    TraitDefinition,
    XpSpendRequest,
    XpTransfer,
)
from services.validation.operations.ledger.booking import book
from shared.tenancy import tenant_of
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit


def character(session: Session, *, granted: int = 0, **values: Any) -> int:
    """Id of a new character in play, with points."""
    stored = {"tenant_id": tenant_of(session), "name": "Lucita", "owner": "bob", "status": "App"} | values
    character_id: int = session.execute(insert(Character).values(stored).returning(Character.id)).scalar_one()
    if granted:
        book(session, Kind.GRANT, {character_id: granted}, reason="for the test")
    return character_id


@dataclass(frozen=True)
class Stage:
    """One chronicle of vampires: bob plays, head leads it, teller tells vampires in it, other tells werewolves."""

    unit: Unit
    bob: Person
    head: Person
    teller: Person
    other: Person
    stranger: Person
    manager: Person
    admin: Person
    chronicle: int
    gameline: int

    @classmethod
    def make(cls, unit: Unit, person: MakePerson) -> "Stage":
        with unit() as session:
            lines = dict(session.execute(select(Gameline.code, Gameline.id)).all())
            chronicle = Chronicle(name="Berlin by Night", head_st="head")
            session.add(chronicle)
            session.flush()
            for user, line in (("teller", "vtm"), ("other", "wta")):
                session.add(StRelationship(user_id=user, chronicle_id=chronicle.id, gameline_id=lines[line]))
            chronicle_id, gameline = chronicle.id, lines["vtm"]
        people = {sub: person(sub=sub, roles=["operator"]) for sub in ("bob", "head", "teller", "other", "stranger")}
        staff = {"manager": person(sub="max", roles=["manager"]), "admin": person(sub="ada", roles=["admin"])}
        return cls(unit, **people, **staff, chronicle=chronicle_id, gameline=gameline)

    def character(self, *, granted: int = 0, **values: Any) -> int:
        """Bob's, in play in the chronicle."""
        place = {"chronicle_id": self.chronicle, "gameline_id": self.gameline}
        with self.unit() as session:
            return character(session, granted=granted, **(place | values))

    def set(self, character_id: int, **values: Any) -> None:
        with self.unit() as session:
            session.execute(update(Character).where(Character.id == character_id).values(**values))

    def quarantine(self, character_id: int) -> None:
        """As a run leaves it that sets rows apart."""
        entry = {"table_name": "characters", "row_id": character_id, "rule_set": "core", "rule": "x"}
        with self.unit() as session:
            session.add(QuarantineEntry(**entry, run_id=uuid.uuid4()))

    def column(self, character_id: int, name: str) -> Any:
        with self.unit() as session:
            return session.scalars(select(getattr(Character, name)).where(Character.id == character_id)).one()

    def balance(self, character_id: int) -> tuple[int, int, int]:
        """Available, pending, spent, as stored."""
        with self.unit() as session:
            columns = (Character.xp, Character.xp_pending, Character.xp_spent)
            available, pending, spent = session.execute(select(*columns).where(Character.id == character_id)).one()
            return available, pending, spent

    def kinds(self, character_id: int) -> list[str]:
        """The entries of a character, in order."""
        with self.unit() as session:
            entries = select(XpTransfer.kind).where(XpTransfer.character_id == character_id)
            return list(session.scalars(entries.order_by(XpTransfer.entry_no)))

    def requests(self, character_id: int) -> list[str]:
        """The states of its requests, in order."""
        with self.unit() as session:
            states = select(XpSpendRequest.state).where(XpSpendRequest.character_id == character_id)
            return list(session.scalars(states.order_by(XpSpendRequest.id)))

    def define(self, code: str, kind: str, *, rating: int = 0, of: int | None = None, **values: Any) -> int:
        """A definition of a trait, with a character's rating in it."""
        with self.unit() as session:
            definition = TraitDefinition(code=code, label=code.title(), kind=kind, **values)
            session.add(definition)
            session.flush()
            if rating:
                trait = {"character_id": of, "trait_definition_id": definition.id, "rating": rating}
                session.execute(insert(CharacterTrait).values(**trait))
            return definition.id

    def rating(self, character_id: int, code: str) -> int:
        with self.unit() as session:
            found = session.scalar(
                select(CharacterTrait.rating)
                .join(TraitDefinition, TraitDefinition.id == CharacterTrait.trait_definition_id)
                .where(CharacterTrait.character_id == character_id, TraitDefinition.code == code)
            )
            return found or 0

    def spend(self, character_id: int, trait: str = "strength", **more: Any) -> dict[str, Any]:
        """Bob's request for the next point."""
        answer = self.bob.post(f"characters/{character_id}/spend", {"trait": trait, **more})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        request: dict[str, Any] = answer.get_json()["request"]
        return request
