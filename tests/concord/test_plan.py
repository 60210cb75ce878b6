"""Which programs run, and what each of them gets to know."""

import json
import shlex
import stat
import uuid
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import jwt
import pytest

from concord.catalogue import Service
from concord.settings import StackSettings
from concord.stack.databases import Database
from concord.stack.home import Home
from concord.stack.plan import Plan, make_plan
from concord.stack.programs import Program, supervisor_configuration
from concord.stack.siblings import introduce
from concord.tokens import Person
from shared.auth import Authenticator, KeySet
from shared.service_tokens import ServiceTokens

ADMIN = "postgresql://boss:secret@db.example:5433/postgres?sslmode=require"


@pytest.fixture
def plan(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    """Two services on servers that exist elsewhere."""
    services = [Service("propagation", ("propagation", "propagation_heavy"), ("workflow",)), Service("workflow", ())]
    monkeypatch.setattr("concord.stack.plan.catalogue.installed", lambda: services)
    given = {
        "CONCORD_HOME": str(home),
        "CONCORD_DATABASE_URL": ADMIN,
        "CONCORD_REDIS_URL": "redis://cache.example/3",
        "CONCORD_LOG_LEVEL": "DEBUG",
        "CONCORD_WORKFLOW_EXTRA": "1",
        "CONCORD_WORKFLOW_DATABASE_URL": "postgresql://w@elsewhere/w",
        "CONCORD_WORKFLOW_OWNER_URL": "postgresql://o@elsewhere/w",
        "UNRELATED": "1",
        "HOME": "/home/ada",
        "PATH": "/home/ada/bin",
    }
    yield make_plan(StackSettings.read(given), Home(home))
    Home(home).remove_run()


def program(plan: Plan, name: str) -> Program:
    return next(program for program in plan.programs if program.name == name)


def test_programs(plan: Plan) -> None:
    assert [program.name for program in plan.programs] == [
        "stream",
        "relay",
        "web-propagation",
        "worker-propagation",
        "web-workflow",
        "gateway",
    ]


def test_the_workers_of_a_service_are_one_program(plan: Plan) -> None:
    command = program(plan, "worker-propagation").command
    assert command[1:] == ("-m", "concord", "worker", "propagation", "propagation_heavy")


def test_a_program_knows_its_own_service_only(plan: Plan) -> None:
    web = program(plan, "web-propagation").environment
    assert web["CONCORD_PROPAGATION_DATABASE_URL"].startswith("postgresql://concord_propagation_app:")
    assert web["CONCORD_REDIS_URL"] == "redis://cache.example/3"
    assert web["CONCORD_LOG_LEVEL"] == "DEBUG"
    assert web["HOME"] == "/home/ada"
    assert web["PATH"] == "/usr/local/bin:/usr/bin:/bin"
    assert "UNRELATED" not in web
    assert not [name for name in web if name.startswith("CONCORD_WORKFLOW_")]
    assert program(plan, "web-workflow").environment["CONCORD_WORKFLOW_EXTRA"] == "1"


def test_roles_are_handed_out_sparingly(plan: Plan) -> None:
    for each in plan.programs:
        named = {name.rpartition("_")[0].rpartition("_")[2] for name in each.environment if name.endswith("_URL")}
        assert "OWNER" not in named, each.name
        assert ("RELAY" in named) == (each.name == "relay"), each.name
        # The server's own address would be taken for a service's database.
        assert "CONCORD_DATABASE_URL" not in each.environment
        assert "secret@" not in str(each.environment)


def test_what_the_services_need_is_there(plan: Plan) -> None:
    environment = program(plan, "web-propagation").environment
    assert environment["CONCORD_ISSUER"] == "concord"
    assert Path(environment["CONCORD_JWKS"]).is_file()
    assert len(Path(environment["CONCORD_SECRET_KEY_FILE"]).read_text()) >= 32


def test_a_named_database_is_used_as_it_is(plan: Plan) -> None:
    ours, theirs = plan.databases
    assert ours.is_ours
    assert (theirs.app_url, theirs.owner_url, theirs.is_ours) == (
        "postgresql://w@elsewhere/w",
        "postgresql://o@elsewhere/w",
        False,
    )


@pytest.mark.parametrize(
    ("admin_url", "start", "end"),
    [
        (ADMIN, "postgresql://concord_sync_app:", "@db.example:5433/concord_sync?sslmode=require"),
        (
            "postgresql://p:w@/postgres?host=%2Ftmp%2Frun",
            "postgresql://concord_sync_app:",
            "@/concord_sync?host=%2Ftmp%2Frun",
        ),
    ],
)
def test_urls_of_a_database_on_the_server(home: Path, admin_url: str, start: str, end: str) -> None:
    (home / "secrets").mkdir(parents=True)
    url = Database.of("sync", home=Home(home), admin_url=admin_url, given={}).app_url
    assert url.startswith(start)
    assert url.endswith(end)


def test_a_service_without_any_database_is_refused(home: Path) -> None:
    with pytest.raises(ValueError, match="CONCORD_SYNC_DATABASE_URL"):
        Database.of("sync", home=Home(home), admin_url=None, given={})


def test_supervisor_never_sees_strange_paths(tmp_path: Path) -> None:
    home = Home(tmp_path / "100% of my work")
    text = supervisor_configuration(home, [Program("relay", ("/bin/true",), (tmp_path / "run",))])
    parser = RawConfigParser()
    parser.read_string(text)
    section = parser["program:relay"]
    assert "%" not in text
    assert shlex.split(section["command"])[-1] == f"{home.run}/programs/relay.json"
    assert section["stdout_logfile"] == f"{home.run}/logs/relay.log"
    assert (section["autorestart"], section["autostart"]) == ("true", "false")


def test_services_know_each_other_and_no_more(plan: Plan) -> None:
    propagation, workflow = (program(plan, f"web-{name}").environment for name in ("propagation", "workflow"))
    assert json.loads(propagation["CONCORD_PROPAGATION_SIBLINGS"]) == {"workflow": plan.address}
    assert json.loads(workflow["CONCORD_WORKFLOW_SIBLINGS"]) == {}
    shared = json.loads(propagation["CONCORD_PROPAGATION_PAIR_SECRETS"])["workflow"]
    assert json.loads(workflow["CONCORD_WORKFLOW_PAIR_SECRETS"]) == {"propagation": shared}
    assert program(plan, "worker-propagation").environment["CONCORD_PROPAGATION_SERVICE_KEY_FILE"]
    relay, stream = program(plan, "relay").environment, program(plan, "stream").environment
    assert {"CONCORD_PROPAGATION_SERVICE_KEY_FILE", "CONCORD_WORKFLOW_SERVICE_KEY_FILE"} <= relay.keys()
    assert not [name for name in stream if name.endswith(("_KEY_FILE", "_SECRETS")) and "SERVICE" in name]


def test_each_service_signs_with_a_key_of_its_own(plan: Plan, home: Path) -> None:
    files = {
        name: Path(program(plan, f"web-{name}").environment[f"CONCORD_{name.upper()}_SERVICE_KEY_FILE"])
        for name in ("propagation", "workflow")
    }
    assert {stat.S_IMODE(file.stat().st_mode) for file in files.values()} == {0o600}
    keys = KeySet(str(plan.issuer.key_set))
    for name, file in files.items():
        tokens = ServiceTokens(name, key_file=file, calls={"workflow": ["approval.request"]})
        caller = Authenticator(keys, service="workflow", issuer="concord", role_permissions={}).context(
            f"Bearer {tokens.issue('workflow', tenant_id=None)}", correlation_id=uuid.uuid4(), client_address=None
        )
        assert (caller.actor, set(caller.permissions)) == (f"service:{name}", {"approval.request"})


def test_what_was_made_for_services_is_kept(plan: Plan, home: Path) -> None:
    again = introduce(plan.services, Home(home), plan.issuer, owner=None, address=plan.address)
    before = program(plan, "relay").environment
    assert again == {name: before[name] for name in again}
    published = plan.issuer.key_set.read_text()
    person = Person("ada", "Ada", uuid.uuid4())
    kid = jwt.get_unverified_header(plan.issuer.user_token(person, ttl_seconds=60))["kid"]
    assert not kid.startswith("service:")
    assert plan.issuer.key_set.read_text() == published
