"""Commands that ask all services, and those of workflow: what they print, and how they end."""

import io
import json
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from concord.cli import cli
from concord.client import Concord
from concord.connection import ClientConnection
from concord.following import shown
from shared.app import ServiceApp
from shared.connection import Connection
from tests.concord.conftest import serving
from tests.fixtures.people import Issuer, Person
from tests.repository.planted import ROOT

Call = Callable[..., Result]
RULES = {"target": "characters", "rules": [{"id": "named", "kind": "not_null", "field": "name"}]}


class Doors:
    """The four applications in this process."""

    def __init__(self, apps: dict[str, ServiceApp], token: str) -> None:
        self._apps = apps
        self._token = token

    def over_http(self, service: str, *, address: str | None, token: str | None) -> Connection:
        client = Concord("http://local", token or self._token, transport=httpx2.WSGITransport(app=self._apps[service]))
        return ClientConnection(getattr(client, service))

    def local(self, service: str, *, tenant: str | None) -> Connection:
        raise NotImplementedError


@pytest.fixture(scope="module")
def apps(
    propagation_app: ServiceApp, workflow_app: ServiceApp, validation_app: ServiceApp, sync_app: ServiceApp
) -> dict[str, ServiceApp]:
    return {app.name: app for app in (propagation_app, workflow_app, validation_app, sync_app)}


@pytest.fixture
def concord(apps: dict[str, ServiceApp], issuer: Issuer, tenant_id: uuid.UUID) -> Call:
    doors = Doors(apps, issuer.token(tenant_id))

    def call(*arguments: str, code: int = 0, **options: Any) -> Result:
        result = CliRunner().invoke(cli, arguments, obj=doors, **options)
        assert result.exit_code == code, result.output
        return result

    return call


@pytest.fixture
def ada(workflow_app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(workflow_app.test_client(), "/api/workflow/v1", issuer.token(tenant_id))


@pytest.fixture
def grace(workflow_app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    token = issuer.token(tenant_id, sub="grace", roles=["manager"])
    return Person(workflow_app.test_client(), "/api/workflow/v1", token)


def ticket(concord: Call, title: str) -> dict[str, Any]:
    body = json.dumps({"subject": title})
    made: dict[str, Any] = json.loads(concord("api", "POST", "workflow/tickets", "-d", body).stdout)
    return made


def test_any_request_to_any_service(concord: Call) -> None:
    made = ticket(concord, "Elevator stuck")
    path = f"/api/workflow/v1/tickets/{made['id']}"
    assert json.loads(concord("api", "get", path).stdout)["subject"] == "Elevator stuck"
    found = concord("api", "GET", "workflow/tickets", "-q", "limit=1", "-H", "Accept: application/json")
    assert len(json.loads(found.stdout)["results"]) == 1
    from_input = concord("api", "PATCH", path, "-d", "-", input=json.dumps({"subject": "Moves again"}))
    assert json.loads(from_input.stdout)["subject"] == "Moves again"
    refused = concord("api", "POST", "workflow/tickets", "-d", "{}", code=1)
    assert (refused.stdout, json.loads(refused.stderr)["status"]) == ("", 422)
    assert concord("api", "GET", path, "--token", "no token", code=4).stdout == ""
    assert "propagation, workflow" in concord("api", "GET", "nothing/here", code=2).stderr
    assert "is not NAME=VALUE" in concord("api", "GET", path, "-q", "limit", code=2).stderr


def test_a_story_is_told_from_all_logs(concord: Call, ada: Person, grace: Person, apps: dict[str, ServiceApp]) -> None:
    story, later = str(uuid.uuid4()), str(uuid.uuid4())
    other = str(uuid.uuid4())

    def asks(correlation: str) -> dict[str, Any]:
        body = {"kind": "sync.conflict", "title": "Price differs"}
        made: dict[str, Any] = ada.post("approvals", body, headers={"X-Correlation-ID": correlation}).get_json()
        return made

    for title in ("First", "Second"):
        ada.post("tickets", {"subject": title}, headers={"X-Correlation-ID": story})
    ours, theirs = asks(story), asks(other)
    ids = [ours["id"], theirs["id"]]
    done = grace.post("approvals/bulk/approve", {"ids": ids}, headers={"X-Correlation-ID": later})
    assert done.status_code == 200, done.get_data(as_text=True)
    caused = Person(apps["validation"].test_client(), "/api/validation/v1", ada.token)  # by what was decided, elsewhere
    assert caused.put("rule-sets/r", RULES, headers={"X-Correlation-ID": later}).status_code == 201

    def told(number: str) -> list[tuple[str, str, str]]:
        return [
            (row["service"], row["action"], row["correlation_id"])
            for row in json.loads(concord("trace", number, "--json").stdout)
            if row["action"].endswith((".created", ".state_changed"))
        ]

    created, decided = ("workflow", "approval.created"), ("workflow", "approval.state_changed", later)
    tickets = [("workflow", "ticket.created", story)] * 2
    assert told(story) == [*tickets, (*created, story), decided, ("validation", "rule_set.created", later)]
    assert told(other) == [(*created, other), decided, ("validation", "rule_set.created", later)]
    assert len(told(later)) == 3
    first, *_others = lines = concord("trace", story).stdout.splitlines()
    assert len(lines) < len(json.loads(concord("trace", story, "--json").stdout))
    assert "workflow" in first
    assert first.endswith("(and 1 more)")
    assert "no audit log knows" in concord("trace", str(uuid.uuid4()), code=1).stderr


def test_audit_logs_are_verified_by_their_services(concord: Call) -> None:
    reports = json.loads(concord("audit", "verify", "--json").stdout)
    assert [(report["service"], report["intact"]) for report in reports] == [
        (name, True) for name in ("propagation", "workflow", "validation", "sync")
    ]
    assert concord("audit", "verify", "sync").stdout.startswith("sync: intact; ")
    assert concord("audit", "verify", "nothing", code=2).stdout == ""


def test_jobs_of_all_services(concord: Call, ada: Person) -> None:
    ticket(concord, "To be locked")
    asked = concord("workflow", "bulk", "tickets", "update", "--where", "state=NEW", "--set", "priority=HIGH", code=1)
    assert "update all tickets with state=NEW?" in asked.stderr
    words = ("update", "--where", "state=NEW", "--set", "priority=HIGH", "--yes", "--timeout", "0")
    late = concord("workflow", "bulk", "tickets", *words, code=5)
    assert "is still pending after 0 seconds" in late.stderr
    (job,) = json.loads(concord("jobs", "list", "--json").stdout)
    assert (job["service"], job["status"]) == ("workflow", "pending")
    assert concord("jobs", "list", "--service", "sync").stdout == ""
    assert concord("jobs", "list", "--status", "pending").stdout.startswith(f"{job['id']}  ")
    assert "workflow: 1 jobs: 1 pending" in concord("jobs", "summary").stdout
    assert "is still pending" in concord("jobs", "show", job["id"], "--follow", "--timeout", "0", code=5).stderr
    assert json.loads(concord("jobs", "cancel", job["id"], "--json").stdout)["status"] == "cancelled"
    assert "cancelled" in concord("jobs", "show", job["id"], "--follow", code=1).stdout
    again = json.loads(concord("jobs", "retry", job["id"], "--json").stdout)
    assert (again["retry_of"], again["status"]) == (job["id"], "pending")
    assert "no service has a job" in concord("jobs", "show", str(uuid.uuid4()), code=1).stderr


def test_items_are_found_and_moved(concord: Call) -> None:
    items = [ticket(concord, f"Elevator {number} stuck") for number in range(2)]
    found = concord("workflow", "search", "elevatr", "--entity", "ticket")
    assert "Elevator 1 stuck" in found.stdout
    assert "2 found" in found.stderr
    assert json.loads(concord("workflow", "search", "elevatr", "--exact", "--json").stdout)["results"] == []
    number = str(items[0]["id"])
    options = json.loads(concord("workflow", "transition", "tickets", number, "--json").stdout)
    target = options["available"][0]["target"]
    assert f"→ {target}" in concord("workflow", "transition", "tickets", number).stdout
    would = concord("workflow", "transition", "tickets", number, target, "--dry-run")
    assert would.stdout == f"tickets {number} would go from {options['state']} to {target}\n"
    went = concord("workflow", "transition", "tickets", number, target, "--comments", "Seen.", "--version", "0")
    assert f"went from {options['state']} to {target}" in went.stdout
    concord("workflow", "transition", "tickets", number, "NOWHERE", code=1)
    story = concord("workflow", "history", "tickets", number)
    assert f"{options['state']} → {target}" in story.stdout
    assert json.loads(concord("workflow", "history", "tickets", number, "--json").stdout)[0]["kind"] == "transition"
    assert concord("workflow", "history", "tickets", items[0]["number"]).stdout == story.stdout
    assert concord("workflow", "history", "tickets", "elevator 0 STUCK").stdout == story.stdout
    near = concord("workflow", "transition", "tickets", "Elevator", code=2).stderr
    assert "ticket: nothing is called 'Elevator'; there are " in near
    assert f"{number} (Elevator 0 stuck, {items[0]['number']})" in near
    both = [f"--id={one['number']}" for one in items]
    assigned = concord("workflow", "bulk", "tickets", "assign", *both, "--set", "assigned_to_user=grace")
    assert assigned.stdout == "bulk_update: 2 done\n"
    some = concord("workflow", "bulk", "tickets", "assign", *both, "--id=0", "--set=assigned_to_user=h", code=3)
    assert "rolled_back" in some.stdout
    kept = (*both, "--id=999999999", "--set=assigned_to_user=h", "--keep-going", "--json")
    outcome = json.loads(concord("workflow", "bulk", "tickets", "assign", *kept, code=3).stdout)
    assert (outcome["successful_items"], outcome["failed_items"]) == (2, 1)
    concord("workflow", "bulk", "tickets", "assign", code=2)


def test_a_bar_moves_with_the_events_of_a_job(concord: Call, ada: Person, workflow_app: ServiceApp) -> None:
    ticket(concord, "Locked later")
    screen = Console(file=io.StringIO(), force_terminal=True)
    told: list[str] = []

    def say(found: dict[str, Any]) -> str:
        told.append(found["status"])
        return str(found["status"])

    with serving(workflow_app) as address, Concord(address, ada.token) as client, shown(say, screen=screen) as news:
        asked = client.workflow.tickets.bulk_update({"where": {"state": ["NEW"]}, "update_data": {"priority": "LOW"}})
        (job,) = client.workflow.jobs.list(status="pending")

        def hear(found: Mapping[str, Any]) -> None:
            news(found)
            if found.get("state") == "pending":  # the stream has begun
                client.workflow.jobs.cancel(job["id"])

        ended = client.workflow.wait(asked, seconds=60, news=hear, short_seconds=0)
    assert ended["status"] == "cancelled"
    # Told once: the stream waited for the news, nobody asked again and again.
    assert told == ["pending"]


def test_the_program_of_the_how_to_runs(
    apps: dict[str, ServiceApp], ada: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def gateway(environ: Any, start: Any) -> Any:
        return apps[environ["PATH_INFO"].split("/")[2]](environ, start)

    text = (ROOT / "docs/how-to/use-the-python-client.md").read_text()
    program = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    monkeypatch.setenv("CONCORD_TOKEN", ada.token)
    with serving(gateway) as address:
        monkeypatch.setenv("CONCORD_ADDRESS", address)
        exec(compile(program, "use-the-python-client.md", "exec"), {})
    told = capsys.readouterr().out
    for words in ("Elevator stuck", "version_conflict", "'successful_items': 1", "/subject"):
        assert words in told
