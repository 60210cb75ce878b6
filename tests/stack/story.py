"""What the first start has told, and the same steps again with their callees away."""

import json
import re
from functools import partial
from typing import Any

import httpx2
import psycopg

from concord.demo.calling import Caller
from concord.demo.telling import PROPAGATION, SYNC, VALIDATION, WORKFLOW
from concord.settings import StackSettings
from concord.stack import old_system
from concord.stack.plan import make_plan
from tests.stack.stack import DEMO_ROWS, Stack, until

# Of each step something, in order of time: who did what where.
TIMELINE = [
    ("validation", "demo-admin", "rule_set.created"),
    ("sync", "demo-admin", "catalogue.loaded"),
    ("sync", "demo-admin", "product.updated"),
    ("workflow", "service:sync", "approval.created"),
    ("workflow", "grace", "approval.state_changed"),
    ("sync", "service:workflow", "conflict.resolved"),
    ("propagation", "service:sync", "job.approval_requested"),
    ("workflow", "service:propagation", "approval.created"),
    ("workflow", "grace", "approval.state_changed"),
    ("propagation", "service:workflow", "job.approved"),
    ("propagation", "service:sync", "dimension_value.updated"),
    ("propagation", "service:sync", "string.regenerated"),
    ("validation", "demo-admin", "alert.created"),
    ("workflow", "service:validation", "ticket.created"),
    ("sync", "demo-admin", "promotion.updated"),
]


def is_told(stack: Stack, shown: str) -> None:
    """By the screen, by the audit logs under one id, and by the services themselves."""
    told = shown.partition("the story\n")[2]
    for step in ("rows come in", "conflict", "renamed value", "nightly scan", "store"):
        assert f"\n{step}  " in told, shown
    assert "full: 12 promotions, then delta: 1 promotion" in " ".join(told.split())
    found = re.search(r"concord trace (\S+)", told)
    assert found is not None
    story = found[1]
    rows = json.loads(stack.call("trace", story, "--json").stdout)
    left = iter([(row["service"], row["actor"], row["action"]) for row in rows])
    assert [step for step in TIMELINE if step not in left] == []
    # A person's decision has an id of its own, and says which story it continues.
    assert {row["correlation_id"] for row in rows if row["actor"] == "demo-admin"} == {story}
    assert {row["origin_correlation_id"] for row in rows if row["actor"] == "grace"} == {story}
    with stack.person("Ada", "admin") as ada:
        runs = {run["pipeline"]: run for run in ada.get(f"{SYNC}/runs", limit=100, ordering="-started_at")["results"]}
        first = runs["products"]  # the last of the list is the oldest
        assert (first["status"], first["stats"]["extracted"]) == ("completed_with_errors", DEMO_ROWS)
        assert first["stages"]["extract"]["pages"] > 1
        assert {run["correlation_id"] for run in runs.values()} == {story}
        aside = ada.get(f"{SYNC}/quarantine", pipeline="products", limit=200)["results"]
        assert "fits_a_parcel" in {fault["rule"] for row in aside for fault in row["errors"]}
        conflicts = ada.get(f"{SYNC}/conflicts")["results"]
        decided = {one["key"]: (one["status"], one["resolution"], one["resolved_by"]) for one in conflicts}
        assert decided == {"A000007": ("resolved", "source", "grace"), "A000008": ("open", None, None)}
        (row,) = ada.get(f"{SYNC}/catalogue/product", sku="A000007")["results"]
        assert row["name"] == "Changed there"


class Away:
    """One more round of the story, in which each callee is away when it is needed. Nobody begins anything twice."""

    def __init__(self, stack: Stack, ada: Caller, grace: Caller) -> None:
        self._stack, self._ada, self._grace = stack, ada, grace
        self._plan = make_plan(StackSettings.read({"CONCORD_HOME": str(stack.home.root)}), stack.home)
        self._run: dict[str, Any] = {}

    def waits_for_validation_and_propagation(self) -> None:
        """Both come back; what has to be asked of workflow then waits in three outboxes."""
        ada = self._ada
        for alert in ada.get(f"{VALIDATION}/alerts", state="open")["results"]:
            ada.call("POST", f"{VALIDATION}/alerts/{alert['id']}/resolve", json={"reason": "Told again below."})
        edited = ada.newest(f"{SYNC}/catalogue/product", sku="A000010")
        assert edited is not None
        ada.call("PATCH", f"{SYNC}/catalogue/product/{edited['id']}", json={"name": "Mine"})
        self._change_there("Artikel", 9, Bezeichnung="New there")
        self._change_there("Artikel", 10, Bezeichnung="Theirs")
        self._change_there("Werbekonzept", 5, Name="OFFER")
        ada.call("PATCH", f"{PROPAGATION}/settings/workspace", json={"settings": {"propagation_mode": "prompt"}})

        self._stop("workflow", "validation", "propagation")
        products = self._start_run("products")
        self._has_begun(products)
        assert self._name_of("A000009") != "New there"  # nothing is loaded unjudged
        self._start("validation")
        ada.ended(products, "the run that validation kept waiting")
        assert self._name_of("A000009") == "New there"
        address = f"{VALIDATION}/schedules/{self._schedule()}/run"
        ada.ended(ada.call("POST", address).headers["Location"], "the scan")
        self._has_begun(self._start_run("concepts"))
        self._start("propagation")
        wanted = {"trigger_type": "dimension_value_change", "status": "pending"}
        self._run = ada.awaited(f"{PROPAGATION}/jobs", "the run that is to be approved", **wanted)
        for service in ("sync", "validation", "propagation"):
            assert until(partial(self._has_letters, service)), f"{service} has no letter for workflow"

    def asks_workflow(self) -> None:
        """It is back: what was asked is there. Of the decisions one is told at once, one waits for propagation."""
        ada = self._ada
        for service in ("sync", "validation", "propagation"):
            self._deliver(service)
        conflict = ada.awaited(f"{SYNC}/conflicts", "the conflict", key="A000010")
        about_row = self._asked("sync.conflict", conflict["id"])
        about_names = self._asked("propagation.run", self._run["id"])
        tickets = {"category": "data-quality", "requester": "service:validation"}
        assert until(lambda: len(ada.get(f"{WORKFLOW}/tickets", **tickets)["results"]) == 2)
        self._stop("propagation")
        self._approve(about_row, option="keep_target")
        self._approve(about_names)
        ada.awaited(f"{SYNC}/conflicts", "the decision", key="A000010", status="resolved")
        assert self._name_of("A000010") == "Mine"
        assert until(partial(self._has_letters, "workflow"))

    def has_resumed(self) -> None:
        """Everything was away since, and came back."""
        self._deliver("workflow")
        ended = self._ada.ended(f"{PROPAGATION}/jobs/{self._run['id']}", "the approved run")
        assert ended["processed_strings"] == ended["total_strings"] > 0
        assert self._ada.newest(f"{PROPAGATION}/dimension-values", value="OFFER") is not None

    def _schedule(self) -> int:
        (found,) = self._ada.get(f"{VALIDATION}/schedules", name="daily report")["results"]
        return int(found["id"])

    def _change_there(self, table: str, key: int, **fields: str) -> None:
        source = old_system.settled(self._stack.home)
        assert source is not None
        httpx2.post(f"{source.url}/rest/{table}?key={key}", json=fields).raise_for_status()

    def _start_run(self, pipeline: str) -> str:
        started = self._ada.call("POST", f"{SYNC}/pipelines/{pipeline}/runs", json={})
        address: str = started.headers["Location"]
        return address

    def _has_begun(self, run: str) -> None:
        assert until(lambda: self._ada.get(run)["status"] == "running")

    def _name_of(self, sku: str) -> Any:
        found = self._ada.newest(f"{SYNC}/catalogue/product", sku=sku)
        return found and found["name"]

    def _asked(self, kind: str, reference: object) -> dict[str, Any]:
        return self._grace.awaited(f"{WORKFLOW}/approvals", kind, kind=kind, external_ref=str(reference))

    def _stop(self, *services: str) -> None:
        self._stack.stop([f"web-{service}" for service in services])

    def _start(self, service: str) -> None:
        self._stack.start([f"web-{service}"])
        assert until(lambda: self._ada.client.get(f"/api/{service}/v1/jobs").is_success, seconds=120)

    def _approve(self, approval: dict[str, Any], **how: str) -> None:
        body = {"comments": "Agreed while you were away.", **how}
        self._grace.call("POST", f"{WORKFLOW}/approvals/{approval['id']}/approve", json=body)

    def _has_letters(self, service: str) -> bool:
        """Whether some were tried in vain."""
        tried = "kind = 'call' and status = 'pending' and attempt > 0 and reason is not null"
        return bool(self._sql(service, f"select 1 from outbox where {tried}"))

    def _deliver(self, service: str) -> None:
        """Their pause is shortened, nothing else."""
        self._sql(service, "update outbox set next_attempt_at = now() where status = 'pending' returning 1")

    def _sql(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        assert self._plan.admin_url is not None
        with psycopg.connect(self._plan.admin_url, dbname=f"concord_{service}") as admin:
            return admin.execute(statement).fetchall()
