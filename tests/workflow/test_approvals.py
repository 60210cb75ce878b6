"""Approvals: asking, deciding, voting, withdrawing, expiring, and the call that tells who asked."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select, update

from services.workflow.app import create_app
from services.workflow.config import Settings
from services.workflow.models import Approval, Outbox
from services.workflow.operations.approvals.expiring import expire
from services.workflow.operations.entry import enter
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.workflow.working import audit_rows, made

CALLBACK = "https://concord.example/api/propagation/v1/jobs/0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21/decision"


@pytest.fixture(scope="module")
def settings(workflow_settings: Settings) -> Settings:
    """An installation that has a propagation service."""
    return Settings.model_validate(workflow_settings.model_dump() | {"siblings": {"propagation": "http://127.0.0.1:9"}})


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[ServiceApp]:
    made_app = create_app(settings)
    yield made_app
    made_app.runtime.db.dispose()


@pytest.fixture
def robot(person: MakePerson) -> Person:
    """Asks for decisions."""
    return person(sub="robot", roles=[], permissions=["approval.request"])


@pytest.fixture
def grace(person: MakePerson) -> Person:
    return person(sub="grace", roles=["manager"], teams=["naming"])


def asked(robot: Person, **body: Any) -> dict[str, Any]:
    return made(robot, "approvals", **({"kind": "propagation.run", "title": "41 names would change"} | body))


def letters(app: ServiceApp, person: Person, approval_id: int) -> list[dict[str, Any]]:
    """Bodies of the calls that wait for this approval."""
    tenant = app_tenant(person)
    with app.runtime.db.transaction(Context(tenant_id=tenant)) as session:
        found = session.scalars(
            select(Outbox).where(Outbox.ordering_key == f"approval:{approval_id}", Outbox.kind == "call")
        )
        return [letter.payload | {"target": letter.target, "origin": letter.origin_correlation_id} for letter in found]


def app_tenant(person: Person) -> Any:
    return uuid.UUID(jwt.decode(person.token, options={"verify_signature": False})["tenant"])


def test_a_decision_is_told_to_who_asked(app: ServiceApp, robot: Person, grace: Person, ada: Person) -> None:
    answer = robot.post(
        "approvals",
        {
            "kind": "propagation.run",
            "title": "41 names would change",
            "payload": {"rows": [{"before": "a", "after": "b"}]},
            "payload_classes": {"rows": "internal"},
            "external_ref": "job-1",
            "callback_url": CALLBACK,
        },
    )
    row = answer.get_json()
    assert (answer.status_code, row["state"], row["version"], row["requester"]) == (201, "PENDING", 0, "robot")
    (mine,) = grace.get("approvals?mine=true").get_json()["results"]
    assert mine["id"] == row["id"]
    assert robot.get(f"approvals/{row['id']}/wait").status_code == 404
    done = grace.post(f"approvals/{row['id']}/approve", {"comments": "go on"}).get_json()
    assert (done["to_state"], done["entity"]["decision"], done["entity"]["decided_by"]) == (
        "APPROVED",
        "approved",
        "grace",
    )
    assert robot.get(f"approvals/{row['id']}/wait").status_code == 200
    (letter,) = letters(app, grace, row["id"])
    assert (letter["target"], letter["method"]) == ("propagation", "POST")
    assert letter["path"] == "/api/propagation/v1/jobs/0b9e6f0e-0c3b-4b8e-9d55-5b6c3a1f7e21/decision"
    assert letter["body"] == {
        "approval_id": row["id"],
        "external_ref": "job-1",
        "decision": "approved",
        "option": None,
        "person": "grace",
        "comments": "go on",
    }
    assert str(letter["origin"]) == answer.headers["X-Correlation-ID"]
    # The decision has an id of its own, and tells which story it continues.
    (asking,) = audit_rows(ada, "approval", row["id"], event_type="CREATED")
    (deciding,) = audit_rows(ada, "approval", row["id"], event_type="STATE_CHANGED")
    assert (asking["origin_correlation_id"], asking["correlation_id"]) == (None, answer.headers["X-Correlation-ID"])
    assert deciding["origin_correlation_id"] == asking["correlation_id"] != deciding["correlation_id"]
    assert grace.get("approvals?mine=true").get_json()["results"] == []


def test_asking_twice_gives_the_first(person: MakePerson) -> None:
    robots = [person(sub="robot", roles=[], permissions=["approval.request"]) for _ in range(4)]
    body = {"kind": "sync.conflict", "title": "Price differs", "external_ref": "row-7"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: each.post("approvals", body), robots))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.get_json()["id"] for answer in answers}) == 1


def test_the_first_decision_counts(robot: Person, person: MakePerson) -> None:
    row = asked(robot)
    people = [person(sub=f"m{number}", roles=["manager"]) for number in range(6)]

    def decide(number: int) -> int:
        verb = "approve" if number % 2 else "reject"
        return people[number].post(f"approvals/{row['id']}/{verb}", {"comments": "so it is"}).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(decide, range(6)))
    # The other two of the winner's mind find it done already; the three of the other mind are refused.
    assert statuses == [200, 200, 200, 409, 409, 409]


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ({"sub": "robot", "roles": ["manager"]}, 403, "own_work"),
        ({"sub": "eve", "roles": ["manager"]}, 403, "own_work"),
        ({"sub": "bob", "roles": ["viewer"]}, 403, "permission_missing"),
        ({"sub": "carl", "roles": ["manager"]}, 403, "not_a_candidate"),
    ],
)
def test_who_may_not_decide(robot: Person, person: MakePerson, who: dict[str, Any], status: int, code: str) -> None:
    candidates = {"persons": ["grace", "bob", "eve", "robot"], "teams": ["naming"]}
    row = asked(robot, candidates=candidates, exclude=["eve"])
    answer = person(**who).post(f"approvals/{row['id']}/approve")
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert person(**who).get("approvals?mine=true").get_json()["results"] == []
    member = person(sub="tina", roles=["manager"], teams=["naming"])
    assert len(member.get("approvals?mine=true").get_json()["results"]) == 1
    assert member.post(f"approvals/{row['id']}/approve").status_code == 200


def test_another_permission_may_be_needed(robot: Person, grace: Person, ada: Person) -> None:
    row = asked(robot, required_permission="settings.manage")
    refused = grace.post(f"approvals/{row['id']}/approve")
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "settings.manage")
    assert ada.post(f"approvals/{row['id']}/approve").status_code == 200


def test_an_option_is_chosen(robot: Person, grace: Person) -> None:
    row = asked(robot, options=["keep source", "keep target"])
    for body, code in (({}, "option_required"), ({"option": "keep both"}, "unknown_option")):
        refused = grace.post(f"approvals/{row['id']}/approve", body)
        assert (refused.status_code, codes(refused)) == (422, [code])
    done = grace.post(f"approvals/{row['id']}/approve", {"option": "keep target"}).get_json()["entity"]
    assert (done["decision"], done["option"]) == ("approved", "keep target")


def test_a_rejection_needs_comments(robot: Person, grace: Person) -> None:
    row = asked(robot)
    refused = grace.post(f"approvals/{row['id']}/reject")
    assert (refused.status_code, codes(refused)) == (422, ["comments_required"])
    done = grace.post(f"approvals/{row['id']}/reject", {"comments": "too many"}).get_json()["entity"]
    assert (done["state"], done["decision"]) == ("REJECTED", "rejected")


def test_several_votes_take_the_edge_with_the_last(robot: Person, person: MakePerson) -> None:
    row = asked(robot, votes_needed=3, options=["a", "b"])
    voters = [person(sub=f"m{number}", roles=["manager"]) for number in range(5)]
    first = voters[0].post(f"approvals/{row['id']}/approve", {"option": "a"}).get_json()
    assert (first["success"], first["to_state"], first["entity"]["state"], first["entity"]["version"]) == (
        True,
        "PENDING",
        "PENDING",
        1,
    )
    again = voters[0].post(f"approvals/{row['id']}/approve", {"option": "a"})
    assert (again.status_code, again.get_json()["code"]) == (409, "already_voted")
    other = voters[1].post(f"approvals/{row['id']}/approve", {"option": "b"})
    assert (other.status_code, other.get_json()["code"]) == (409, "option_differs")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: each.post(f"approvals/{row['id']}/approve", {"option": "a"}), voters[1:]))
    assert [answer.status_code for answer in answers] == [200] * 4
    done = robot.get(f"approvals/{row['id']}").get_json()
    assert (done["state"], done["option"]) == ("APPROVED", "a")
    story = robot.get(f"approvals/{row['id']}/history").get_json()["results"]
    assert sorted(entry["kind"] for entry in story) == ["transition", "vote", "vote", "vote"]


def test_one_rejection_ends_the_vote(robot: Person, person: MakePerson) -> None:
    row = asked(robot, votes_needed=2)
    assert person(sub="m1", roles=["manager"]).post(f"approvals/{row['id']}/approve").status_code == 200
    assert (
        person(sub="m2", roles=["manager"])
        .post(f"approvals/{row['id']}/reject", {"comments": "no"})
        .get_json()["entity"]["state"]
        == "REJECTED"
    )


def test_who_asked_withdraws(robot: Person, ada: Person, app: ServiceApp) -> None:
    row = asked(robot, callback_url=CALLBACK)
    refused = ada.post(f"approvals/{row['id']}/cancel")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_the_requester")
    assert robot.post(f"approvals/{row['id']}/cancel").get_json()["entity"]["state"] == "CANCELLED"
    (letter,) = letters(app, ada, row["id"])
    assert letter["body"]["decision"] == "cancelled"


@pytest.mark.parametrize(
    ("on_expiry", "state", "decision"),
    [("expire", "EXPIRED", "expired"), ("approve", "APPROVED", "approved"), ("reject", "REJECTED", "rejected")],
)
def test_time_decides_as_it_was_asked(
    app: ServiceApp, settings: Settings, robot: Person, on_expiry: str, state: str, decision: str
) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    row = asked(robot, expires_at=later, on_expiry=on_expiry, callback_url=CALLBACK, votes_needed=2)
    context = Context(tenant_id=app_tenant(robot))
    with app.runtime.db.transaction(context) as session:
        enter(settings, session, context, True)
        assert expire(session) == 0
        session.execute(update(Approval).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    with app.runtime.db.transaction(context) as session:
        enter(settings, session, context, True)
        assert expire(session) == 1
        assert expire(session) == 0
    now = robot.get(f"approvals/{row['id']}").get_json()
    assert (now["state"], now["decision"], now["decided_by"]) == (state, decision, None)
    (letter,) = letters(app, robot, row["id"])
    assert (letter["body"]["decision"], letter["body"]["person"]) == (decision, None)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"payload": {"text": "x" * 70_000}}, "/payload", "payload_too_large"),
        ({"required_permission": "world.rule"}, "/required_permission", "unknown_permission"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at", "in_the_past"),
        ({"callback_url": "https://evil.example/steal"}, "/callback_url", "callback_refused"),
        ({"callback_url": "https://concord.example/api/validation/v1/x"}, "/callback_url", "callback_refused"),
        ({"callback_url": "https://concord.example/api/sync/v1/x"}, "/callback_url", "callback_refused"),
        ({"on_expiry": "approve", "options": ["a"]}, "/on_expiry", "on_expiry_ambiguous"),
    ],
)
def test_what_cannot_be_asked(robot: Person, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = robot.post("approvals", {"kind": "sync.conflict", "title": "Price differs"} | body)
    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


def test_asking_needs_its_permission(person: MakePerson) -> None:
    answer = person(roles=["operator"]).post("approvals", {"kind": "sync.conflict", "title": "Price differs"})
    assert (answer.status_code, answer.get_json()["permission"]) == (403, "approval.request")


def test_a_dry_run_of_a_vote_stores_nothing(robot: Person, grace: Person) -> None:
    row = asked(robot, votes_needed=2)
    shown = grace.post(f"approvals/{row['id']}/approve", {"dry_run": True}).get_json()
    assert (shown["success"], shown["dry_run"], shown["entity"]["version"]) == (True, True, 0)
    assert robot.get(f"approvals/{row['id']}/history").get_json()["results"] == []


def test_many_are_decided_at_once(app: ServiceApp, robot: Person, grace: Person, person: MakePerson) -> None:
    plain, double, other = (asked(robot, callback_url=CALLBACK, **more)["id"] for more in ({}, {"votes_needed": 2}, {}))

    def states(reader: Person, *ids: int) -> list[str]:
        return [reader.get(f"approvals/{one}").get_json()["state"] for one in ids]

    looked = grace.post("approvals/bulk/approve", {"ids": [plain, double], "dry_run": True}).get_json()
    assert [item["status"] for item in looked["items"]] == ["would_succeed"] * 2
    done = grace.post("approvals/bulk/approve", {"ids": [plain, double], "comments": "Go on."}).get_json()
    assert [(item["status"], item["to_state"]) for item in done["items"]] == [("done", "APPROVED"), ("done", "PENDING")]
    assert states(grace, plain, double) == ["APPROVED", "PENDING"]
    again = grace.post("approvals/bulk/approve", {"ids": [double, other]})
    assert (again.status_code, again.get_json()["failed_ids"]) == (409, [double])
    assert states(grace, other) == ["PENDING"]
    boss = person(sub="boss")
    rest = boss.post("approvals/bulk/approve", {"ids": [double, other]}).get_json()
    assert (rest["failed_items"], states(boss, double, other)) == (0, ["APPROVED"] * 2)
    assert [len(letters(app, boss, one)) for one in (plain, double, other)] == [1, 1, 1]
    late = boss.post("approvals/bulk/reject", {"ids": [plain], "rollback_on_error": False})
    assert late.status_code == 207


def test_voting_on_many_takes_the_same_number_of_statements(app: ServiceApp, robot: Person, grace: Person) -> None:
    def statements(count: int) -> int:
        ids = [asked(robot, votes_needed=2)["id"] for _ in range(count)]
        with counting(app.runtime.db.engine) as counted:
            assert grace.post("approvals/bulk/approve", {"ids": ids}).status_code == 200
        return len(counted)

    statements(1)
    assert statements(2) == statements(6)
