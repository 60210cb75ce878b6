"""What the database itself says about the ledger, whoever writes."""

from collections.abc import Callable
from typing import Any

import psycopg.errors
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.validation.domain.ledger.accounts import Balance, Kind
from services.validation.models import Character, XpSpendRequest, XpTransfer
from services.validation.operations.ledger.booking import balance_of, book
from tests.fixtures.services import Unit
from tests.validation.ledger.world import character

Write = Callable[[Session, int], Any]


def refusal(unit: Unit, write: Write, **values: Any) -> Any:
    """What the database says about a write beside a character with 10 points."""
    with pytest.raises(DBAPIError) as refused, unit() as session:
        write(session, character(session, granted=10, **values))
    return refused.value.orig


def entry(**changes: Any) -> Write:
    """Writes a second entry, correct but for the changes."""
    correct = {
        "entry_no": 2,
        "kind": "reserve",
        "debit_account": "available",
        "credit_account": "pending",
        "amount": 4,
        "available_after": 6,
        "pending_after": 4,
        "spent_after": 0,
    }
    return lambda session, owner: session.execute(insert(XpTransfer).values(character_id=owner, **correct | changes))


def test_an_entry_moves_the_balance_of_its_character(unit: Unit) -> None:
    with unit() as session:
        owner = character(session, granted=10)
        entry()(session, owner)
        found = session.get_one(Character, (session.info["context"].tenant_id, owner))
        assert balance_of(found) == Balance(6, 4, 0)
        assert found.ledger_entries == 2
        assert found.version == 1


def test_many_are_booked_in_one_statement(unit: Unit) -> None:
    with unit() as session:
        owners = [character(session, name=f"Number {number}") for number in range(20)]
        booked = book(session, Kind.GRANT, {owner: number + 1 for number, owner in enumerate(owners)})
        assert {owner: each.balance.available for owner, each in booked.items()} == {
            owner: number + 1 for number, owner in enumerate(owners)
        }
        held = session.execute(select(Character.id, Character.xp, Character.ledger_entries)).all()
        assert sorted(held) == [(owner, number + 1, 1) for number, owner in enumerate(owners)]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount": 0, "available_after": 10, "pending_after": 0}, "xp_transfers_amount_positive"),
        ({"kind": "gift"}, "xp_transfers_kind_accounts"),
        ({"credit_account": "spent", "pending_after": 0, "spent_after": 4}, "xp_transfers_kind_accounts"),
        ({"amount": 11, "available_after": -1, "pending_after": 11}, "xp_transfers_after_non_negative"),
        ({"entry_no": 1}, "unique_entry_no"),
        ({"entry_no": 3}, "xp_transfers_follow"),
        ({"available_after": 7}, "xp_transfers_follow"),
        ({"available_after": 60, "amount": 4}, "xp_transfers_follow"),
        ({"kind": "post", "debit_account": "pending", "credit_account": "spent"}, "xp_transfers_resolves"),
        ({"reason": "x" * 501}, "ck_xp_transfers_reason_length"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(unit: Unit, changes: dict[str, Any], constraint: str) -> None:
    found = refusal(unit, entry(**changes))
    assert isinstance(found, psycopg.errors.IntegrityError)
    assert found.diag.constraint_name == constraint


@pytest.mark.parametrize(
    "statement",
    [
        "update xp_transfers set amount = 1",
        "delete from xp_transfers",
        "truncate xp_transfers",
        "update characters set xp = 1000",
        "update characters set xp_pending = 1, xp_spent = 1",
        "update characters set ledger_entries = 0",
        "insert into characters (name, xp) values ('Rich', 5)",
        "delete from xp_spend_requests",
    ],
)
def test_nobody_rewrites_what_is_booked(unit: Unit, statement: str) -> None:
    found = refusal(unit, lambda session, _owner: session.execute(text(statement)))
    assert isinstance(found, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("column", ["xp", "xp_pending", "xp_spent"])
@pytest.mark.parametrize(
    "statement", ["update characters set {} = -1", "insert into characters (name, {}) values ('x', -1)"]
)
def test_the_named_limit_answers_first(unit: Unit, statement: str, column: str) -> None:
    found = refusal(unit, lambda session, _owner: session.execute(text(statement.format(column))))
    assert found.diag.constraint_name == f"characters_{column}_non_negative"


def test_what_else_is_written_keeps_the_balance(unit: Unit) -> None:
    with unit() as session:
        character(session, granted=10)
        session.execute(update(Character).values(xp=Character.xp, name="Lucita de Aragón"))
        assert session.scalars(select(Character.xp)).all() == [10]


def test_a_character_with_entries_stays(unit: Unit) -> None:
    found = refusal(unit, lambda session, _owner: session.execute(text("delete from characters")))
    assert isinstance(found, psycopg.errors.ForeignKeyViolation)


def test_a_reservation_is_resolved_once(unit: Unit) -> None:
    def resolve_twice(session: Session, owner: int) -> None:
        reserved = book(session, Kind.RESERVE, {owner: 6})[owner].transfer_id
        book(session, Kind.POST, {owner: 3}, about={"reservation_id": reserved})
        book(session, Kind.VOID, {owner: 3}, about={"reservation_id": reserved})

    assert refusal(unit, resolve_twice).diag.constraint_name == "one_resolution_per_reservation"


def test_one_request_waits_for_each_trait(unit: Unit) -> None:
    def file(session: Session, owner: int, *states: str) -> None:
        rows = [
            {"character_id": owner, "trait": "strength", "trait_value": 2, "cost": 4, "state": each} for each in states
        ]
        session.execute(insert(XpSpendRequest), rows)

    with unit() as session:
        file(session, character(session), "Pending", "Approved", "Denied", "Denied")
    found = refusal(unit, lambda session, owner: file(session, owner, "Pending", "Pending"))
    assert found.diag.constraint_name == "unique_pending_spend_per_trait"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [({"cost": 0}, "xp_spend_requests_cost_positive"), ({"state": "Lost"}, "xp_spend_requests_valid_state")],
)
def test_a_request_that_cannot_be_is_refused(unit: Unit, values: dict[str, Any], constraint: str) -> None:
    request = {"trait": "strength", "trait_value": 2, "cost": 4} | values

    def file(session: Session, owner: int) -> None:
        session.execute(insert(XpSpendRequest).values(character_id=owner, **request))

    assert refusal(unit, file).diag.constraint_name == constraint
