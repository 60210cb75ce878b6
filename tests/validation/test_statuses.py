"""How the status of a character moves: 25 pairs, who may, what goes along."""

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import insert, select, text
from werkzeug.test import TestResponse

from services.validation.models import Group, GroupMembership, QuarantineEntry
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson, Unit
from tests.fixtures.statements import counting
from tests.validation.working import audit_rows, character, chronicle, faults, made, refusal

STATUSES = ("Un", "Sub", "App", "Ret", "Dec")
LEGAL = {
    ("Un", "Sub"),
    ("Un", "Ret"),
    ("Sub", "Ret"),
    ("App", "Ret"),
    ("Sub", "Un"),
    ("Sub", "App"),
    ("App", "Dec"),
    ("Ret", "App"),
}


def move(who: Person, row_id: int, status: str, **more: object) -> TestResponse:
    return who.post(f"characters/{row_id}/transition", {"status": status, **more})


def moves(who: Person, row_id: int) -> list[tuple[str | None, str]]:
    return [(row["old"], row["new"]) for row in who.get(f"characters/{row_id}/status-changes").get_json()["results"]]


@pytest.mark.parametrize("old", STATUSES)
def test_every_pair(ada: Person, old: str) -> None:
    for new in STATUSES:
        row_id = character(ada, status=old)["id"]
        answer = move(ada, row_id, new, reason="because")
        if old == new:
            assert (answer.status_code, answer.get_json()["version"]) == (200, 1)
            assert moves(ada, row_id) == [(None, old)]
        elif (old, new) in LEGAL:
            assert (answer.status_code, answer.get_json()["status"]) == (200, new)
            assert moves(ada, row_id) == [(None, old), (old, new)]
        else:
            allowed = [to for from_, to in sorted(LEGAL) if from_ == old]
            body = answer.get_json()
            assert refusal(answer) == (409, "illegal_transition")
            assert (body["from"], body["to"], sorted(body["allowed"])) == (old, new, allowed)
            assert old in body["detail"]
            assert new in body["detail"]
            assert all(word in body["detail"] for word in (allowed or ["none"]))
            assert moves(ada, row_id) == [(None, old)]


def test_who_moves_what(ada: Person, person: MakePerson) -> None:
    night = chronicle(ada, head_st="hugo")["id"]
    people = {
        "owner": person(sub="lea", roles=["operator"]),
        "head": person(sub="hugo", roles=["viewer"]),
        "editor": person(sub="mona", roles=["manager"]),
        "reader": person(sub="zoe", roles=["operator"]),
    }
    may = {
        ("Un", "Sub"): {"owner", "head", "editor"},
        ("Un", "Ret"): {"owner", "head", "editor"},
        ("Sub", "Ret"): {"owner", "head", "editor"},
        ("App", "Ret"): {"owner", "head", "editor"},
        ("Sub", "Un"): {"owner", "head", "editor"},
        ("Sub", "App"): {"head"},
        ("App", "Dec"): {"head"},
        ("Ret", "App"): {"head"},
    }
    for (old, new), allowed in may.items():
        for name, who in people.items():
            row_id = character(ada, owner="lea", chronicle=night, status=old, visibility="PUB")["id"]
            answer = move(who, row_id, new, reason="because")
            expected = 200 if name in allowed else 403
            assert answer.status_code == expected, (old, new, name, answer.get_data(as_text=True))
            if expected == 403:
                decided = len(allowed) == 1
                assert answer.get_json()["code"] == ("not_approver" if decided else "permission_missing")
    row_id = character(ada, owner="lea", chronicle=night, status="Sub", visibility="PUB")["id"]
    assert faults(move(people["head"], row_id, "Un")) == {"/reason": "required"}
    # What no way leads to is refused before who asks is looked at.
    assert refusal(move(people["reader"], row_id, "Dec")) == (409, "illegal_transition")
    assert move(people["reader"], row_id, "Sub").status_code == 200


def test_a_move_is_told(ada: Person) -> None:
    row = character(ada, status="Sub")
    for unknown in ("Active", "approved", "not a status at all"):
        assert faults(move(ada, row["id"], unknown)) == {"/status": "valid_status"}
    assert faults(move(ada, row["id"], "App", reason="x" * 501)) == {"/reason": "too_long"}
    assert refusal(move(ada, row["id"], "App", version=7)) == (409, "version_conflict")
    assert move(ada, row["id"], "App", reason="Background checked.").get_json()["version"] == 2
    (_made, moved) = ada.get(f"characters/{row['id']}/status-changes").get_json()["results"]
    assert (moved["old"], moved["new"], moved["actor"], moved["reason"]) == ("Sub", "App", "ada", "Background checked.")
    assert moved["character"] == row["id"]
    told = audit_rows(ada, "character", row["id"])[-1]
    assert (told["action"], told["event_type"], told["changes"]) == (
        "character.status_changed",
        "STATE_CHANGED",
        {"status": ["Sub", "App"]},
    )


def test_webhooks_hear_of_a_move(ada: Person) -> None:
    made(ada, "webhooks", name="ours", url="https://93.184.216.34/x", event_types=["character.status_changed"])
    row = character(ada)
    assert move(ada, row["id"], "Sub").status_code == 200
    (letter,) = ada.get("outbox").get_json()["results"]
    assert letter["subject"] == "character.status_changed"


@pytest.fixture
def membership(unit: Unit) -> Callable[[int], int]:
    """Leads a group and is guardian of an organisation; returns the id of the group."""

    def make(character_id: int) -> int:
        with unit() as session:
            group = session.scalars(insert(Group).values(name="Coterie").returning(Group.id)).one()
            house = session.scalars(insert(Group).values(name="House", kind="organisation").returning(Group.id)).one()
            roles = [(group, "member"), (group, "leader"), (house, "guardian")]
            session.execute(
                insert(GroupMembership),
                [{"group_id": one, "character_id": character_id, "role": role} for one, role in roles],
            )
        return int(group)

    return make


@pytest.mark.parametrize("left", ["Ret", "Dec"])
def test_who_leaves_the_game_leaves_its_groups(
    ada: Person, unit: Unit, membership: Callable[[int], int], left: str
) -> None:
    row, other = character(ada, status="App"), character(ada, status="App")
    membership(row["id"])
    kept = membership(other["id"])
    assert move(ada, row["id"], left).status_code == 200
    with unit() as session:
        found = session.scalars(select(GroupMembership.character_id).distinct()).all()
        assert found == [other["id"]]
        assert session.get(Group, (session.info["context"].tenant_id, kept)) is not None
    actions = ada.get("audit-log?entity=group_membership").get_json()["results"]
    assert [entry["action"] for entry in actions] == ["group_membership.deleted"] * 3
    if left == "Ret":
        assert move(ada, row["id"], "App").status_code == 200
        with unit() as session:
            assert session.scalars(select(GroupMembership.character_id).distinct()).all() == [other["id"]]


def test_the_number_of_statements_does_not_grow_with_the_roles(
    ada: Person, membership: Callable[[int], int], app: ServiceApp
) -> None:
    counts = []
    for groups in (1, 5):
        row = character(ada, status="App")
        for _number in range(groups):
            membership(row["id"])
        with counting(app.runtime.db.engine) as sent:
            assert move(ada, row["id"], "Ret").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_of_two_moves_at_once_one_wins(ada: Person, person: MakePerson, at_once: AtOnce) -> None:
    for _round in range(3):
        row_id = character(ada, status="App")["id"]
        others = [person(sub=f"staff-{number}") for number in range(2)]
        answers = at_once(*(partial(move, who, row_id, to) for who, to in zip(others, ("Dec", "Ret"), strict=True)))
        states = {answer.get_json().get("status") for answer in answers if answer.status_code == 200}
        assert states == {"Dec"} or states == {"Ret"}
        (refused,) = [answer for answer in answers if answer.status_code != 200]
        assert refusal(refused) == (409, "illegal_transition")
        assert len(moves(ada, row_id)) == 2


def test_direct_sql_meets_the_same_list(ada: Person, unit: Unit) -> None:
    assert ada.get("gamelines").status_code == 200
    with pytest.raises(Exception, match="characters_valid_status"), unit() as session:
        session.execute(text("insert into characters (name, status) values ('Lena', 'Active')"))


def test_who_is_in_quarantine_does_not_move(ada: Person, unit: Unit) -> None:
    row, other = character(ada, status="App"), character(ada, status="App")
    tag = ada.get(f"characters/{row['id']}").headers["ETag"]
    with unit() as session:
        session.execute(
            insert(QuarantineEntry).values(
                table_name="characters", row_id=row["id"], rule_set="core", rule="valid_status", run_id=uuid.uuid4()
            )
        )
    seen = ada.get(f"characters/{row['id']}", headers={"If-None-Match": tag})
    assert (seen.status_code, seen.get_json()["quarantined"]) == (200, True)
    listed = [
        [one["id"] for one in ada.get(f"characters?quarantined={word}").get_json()["results"]]
        for word in ("true", "false")
    ]
    assert listed == [[row["id"]], [other["id"]]]
    assert move(ada, row["id"], "App").status_code == 200
    assert refusal(move(ada, row["id"], "Un")) == (409, "illegal_transition")
    assert refusal(move(ada, row["id"], "Ret")) == (409, "quarantined")
    assert move(ada, other["id"], "Ret").status_code == 200
