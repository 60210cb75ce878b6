"""Broken rows, stored directly, and runs over them."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.validation.models import Character, Chronicle, Gameline, StRelationship
from shared.tenancy import tenant_of
from tests.fixtures.people import Person


def characters(session: Session, *rows: dict[str, Any]) -> list[int]:
    """Ids of new characters, in their order."""
    found = []
    for place, row in enumerate(rows):
        values = {"tenant_id": tenant_of(session), "name": f"Number {place}", "status": "App"} | row
        found.append(session.execute(insert(Character).values(values).returning(Character.id)).scalar_one())
    return found


def relationships(session: Session, number: int, user: str = "bob") -> list[int]:
    """Ids of equal relationships."""
    chronicle = session.execute(
        insert(Chronicle).values(tenant_id=tenant_of(session), name="Berlin").returning(Chronicle.id)
    ).scalar_one()
    gameline = session.scalars(select(Gameline.id).order_by(Gameline.id)).first()
    rows = [
        {"tenant_id": tenant_of(session), "user_id": user, "chronicle_id": chronicle, "gameline_id": gameline}
        for _ in range(number)
    ]
    return [
        session.execute(insert(StRelationship).values(row).returning(StRelationship.id)).scalar_one() for row in rows
    ]


def run(person: Person, mode: str = "check", **body: Any) -> dict[str, Any]:
    """A run, carried out."""
    answer = person.post("integrity-runs", {"mode": mode, "inline": True} | body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def fix(person: Person, *rules: str, **body: Any) -> dict[str, Any]:
    return run(person, "fix", fix_rules=list(rules) or ["all"], **body)


def undo(person: Person, run_id: str, **body: Any) -> dict[str, Any]:
    answer = person.post(f"integrity-runs/{run_id}/undo", {"inline": True} | body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def figures(found: dict[str, Any], name: str = "found") -> dict[str, int]:
    """What each broken rule shows."""
    return {rule["rule"]: rule[name] for rule in found["rules"] if rule["found"]}


def read(session: Session, character_id: int, *fields: str) -> tuple[Any, ...]:
    columns = [getattr(Character, field) for field in fields]
    return tuple(session.execute(select(*columns).where(Character.id == character_id)).one())
