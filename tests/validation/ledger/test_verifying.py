"""Damage to the ledger is found, and balances are made from the entries again."""

import csv
import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import LiteralString

import psycopg
import pytest
from sqlalchemy import make_url

from services.validation.operations.ledger.verifying import CHUNK, rebuild, verify
from services.validation.queries.ledger.auditing import xp_audit
from services.validation.queries.ledger.checks import CHECKS
from tests.fixtures.databases import TestDatabase
from tests.fixtures.services import Unit
from tests.validation.conftest import Command
from tests.validation.ledger.world import Stage

Damage = Callable[..., None]


@pytest.fixture
def superuser(validation_database: TestDatabase, postgres_url: str) -> Iterator[psycopg.Connection]:
    """May do what nobody of the service can, with neither triggers nor constraints that look at other rows."""
    url = make_url(postgres_url).set(database=make_url(validation_database.app_url).database)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        yield connection


@pytest.fixture
def damage(superuser: psycopg.Connection, tenant_id: uuid.UUID) -> Damage:
    def run(statement: LiteralString, **values: object) -> None:
        superuser.execute(statement + " and tenant_id = %(tenant)s", {"tenant": tenant_id, **values})

    return run


def found(unit: Unit) -> dict[str, list[int]]:
    with unit() as session:
        return {finding.check: list(finding.ids) for finding in verify(session)}


@pytest.fixture
def lucita(stage: Stage) -> int:
    """With a grant, an approved, a denied and a pending request."""
    character = stage.character(granted=40)
    for trait, verb in (("strength", "approve"), ("wits", "deny"), ("brawl", None)):
        request = stage.spend(character, trait)["id"]
        if verb is not None:
            assert stage.head.post(f"spend-requests/{request}/{verb}").status_code == 200
    return character


def test_a_true_ledger_has_no_findings(unit: Unit, lucita: int) -> None:
    assert found(unit) == {}
    assert lucita


def test_wrong_balances_are_found_and_made_again(unit: Unit, stage: Stage, lucita: int, damage: Damage) -> None:
    before, other = stage.balance(lucita), stage.character(name="Anatole", granted=3)
    damage("update characters set xp = xp + 5, xp_pending = 9 where id = %(id)s", id=lucita)
    checks = {"xp_matches_ledger", "pending_matches_ledger", "issued_equals_held"}
    assert found(unit).keys() == checks
    assert found(unit)["xp_matches_ledger"] == [lucita]
    with unit() as session:
        assert rebuild(session) == ([lucita], other)
        assert rebuild(session, other) == ([], None)
    assert stage.balance(lucita) == before
    assert found(unit) == {}
    with unit() as session:
        assert rebuild(session) == ([], other)
    assert CHUNK >= 2


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("update xp_transfers set entry_no = entry_no + 3 where kind = 'void'", "entries_continuous"),
        ("update xp_transfers set available_after = available_after + 1 where kind = 'post'", "entries_continuous"),
        ("update characters set xp_spent = 0 where xp_spent > 0", "spent_matches_ledger"),
        ("delete from xp_transfers where kind = 'grant'", "issued_equals_held"),
        ("update xp_spend_requests set state = 'Approved' where state = 'Pending'", "pending_has_reservation"),
        ("update xp_spend_requests set state = 'Pending' where state = 'Denied'", "pending_has_reservation"),
        ("update xp_spend_requests set cost = cost + 1 where state = 'Pending'", "pending_has_reservation"),
        ("delete from xp_spend_requests where state = 'Pending'", "pending_has_reservation"),
    ],
)
def test_each_kind_of_damage_is_found(unit: Unit, lucita: int, damage: Damage, statement: str, check: str) -> None:
    damage(statement)
    assert check in found(unit)
    assert lucita


@pytest.mark.parametrize(
    ("index", "kind", "check"),
    [
        ("one_resolution_per_reservation", "post", "resolved_once"),
        ("one_award_per_story_and_character", "story_award", "awarded_once"),
    ],
)
def test_what_an_index_forbids_is_found_without_it(
    superuser: psycopg.Connection, stage: Stage, lucita: int, tenant_id: uuid.UUID, index: str, kind: str, check: str
) -> None:
    """In a transaction that is undone."""
    made = stage.manager.post("stories", {"name": "Ash", "chronicle": stage.chronicle}).get_json()["id"]
    assert stage.head.post(f"stories/{made}/award", {"awards": {str(lucita): 3}}).status_code == 200
    columns = "tenant_id, character_id, kind, debit_account, credit_account, amount, available_after, pending_after,"
    columns += " spent_after, reservation_id, story_id"
    own: dict[str, object] = {"tenant": tenant_id, "kind": kind}
    with superuser.transaction(force_rollback=True):
        superuser.execute(f"drop index {index}")
        superuser.execute(
            f"insert into xp_transfers (entry_no, {columns}) select entry_no + 10, {columns} from xp_transfers"
            " where tenant_id = %(tenant)s and kind = %(kind)s",
            own,
        )
        query = CHECKS[check].replace(":tenant", "%(tenant)s")
        assert len(superuser.execute(query, own).fetchall()) == 1


def test_the_audit_of_xp_accounts_for_every_point(unit: Unit, stage: Stage, lucita: int, damage: Damage) -> None:
    other = stage.character(name="Anatole", status="Ret")
    with unit() as session:
        one, two = xp_audit(session)
    assert (one.character_id, one.character_name, one.status) == (lucita, "Lucita", "App")
    assert (one.earned, one.approved, one.pending, one.remaining) == (40, 4, 3, 33)
    assert (one.approved_count, one.pending_count, one.issues, one.warnings) == (1, 1, [], [])
    assert (two.character_id, two.earned, two.remaining, two.issues) == (other, 0, 0, [])
    damage("update characters set xp = xp + 1 where id = %(id)s", id=lucita)
    with unit() as session:
        assert [line.issues for line in xp_audit(session)] == [["earned 40, accounted for 41"], []]
    assert replace(one, pending_count=16, approved_count=101).warnings == [
        "16 requests are pending",
        "101 were approved",
    ]
    assert replace(one, remaining=-7, earned=0).issues == ["remaining is -7"]


def test_the_commands_tell_what_is_wrong_and_mend_it(
    command: Command, stage: Stage, lucita: int, damage: Damage, tenant_id: uuid.UUID
) -> None:
    own = ("--tenant", str(tenant_id))
    assert (command("ledger", "verify", *own).exit_code, stage.kinds(lucita)[0]) == (0, "grant")
    damage("update characters set xp = xp + 1 where id = %(id)s", id=lucita)
    told = command("ledger", "verify", "--json", *own)
    assert told.exit_code == 3
    assert [each["check"] for each in json.loads(told.stdout)["findings"]] == [
        "xp_matches_ledger",
        "issued_equals_held",
    ]
    assert f"xp_matches_ledger: 1, ids {lucita}" in command("ledger", "verify", *own).stdout
    assert "accounted for 41" in command("xp-audit", *own).stdout
    rebuilt = json.loads(command("ledger", "rebuild", "--json", *own).stdout)["rebuilt"]
    assert [each["character"] for each in rebuilt] == [lucita]
    assert command("ledger", "verify", *own).exit_code == 0
    (line,) = csv.DictReader(io.StringIO(command("xp-audit", "--csv", *own).stdout))
    assert (line["character_id"], line["earned"], line["remaining"], line["issues"]) == (str(lucita), "40", "33", "")
    (same,) = json.loads(command("xp-audit", "--json", *own).stdout)["characters"]
    assert (same["approved"], same["pending"], same["issues"]) == (4, 3, [])
    assert command("xp-audit", "--json", "--csv", *own).exit_code == 2
    assert command("ledger", "verify", "--tenant", "nobody").exit_code == 2
