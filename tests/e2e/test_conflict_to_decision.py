"""A row that its source and a person have changed: asked of workflow, decided there, told back, applied here. Both
services as they are, their outboxes delivered over HTTP with service tokens and signatures."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from services.sync.jobs import relayed as sync_relayed
from services.sync.models import Outbox as SyncOutbox
from services.workflow.jobs import relayed as workflow_relayed
from services.workflow.models import Outbox as WorkflowOutbox
from tests.e2e.conftest import Guest
from tests.e2e.house import House, courier
from tests.fixtures.people import Person
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync

Post = Callable[[], None]


@pytest.fixture
def post(house: House, sync: Sync) -> Iterator[Post]:
    """Delivers what waits in either outbox, and lets sync work on the answers."""
    ours, theirs = house.settings["sync"], house.settings["workflow"]
    with ExitStack() as stack:
        mine = stack.enter_context(courier(sync_relayed(ours), SyncOutbox, ours))  # type: ignore[arg-type]
        other = stack.enter_context(courier(workflow_relayed(theirs), WorkflowOutbox, theirs))  # type: ignore[arg-type]

        def deliver() -> None:
            mine.deliver()
            other.deliver()
            sync.work()

        yield deliver


@pytest.fixture
def grace(guest: Guest) -> Person:
    return guest("workflow", sub="grace", roles=["manager"])


def differ(sync: Sync, *skus: str) -> list[dict[str, Any]]:
    """Open conflicts, one for each key, by key."""
    sync.put(target={"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"})
    sync.source("items", [item(sku) for sku in skus])
    sync.run()
    for row in sync.person.get("catalogue/product").get_json()["results"]:
        edited = sync.person.patch(f"catalogue/product/{row['id']}", {"name": "Edited here"})
        assert edited.status_code == 200
    sync.source("items", [item(sku, "Changed there") for sku in skus])
    assert sync.stats() == {"conflicts": len(skus)}
    sync.work()
    return sorted(sync.person.get("conflicts").get_json()["results"], key=lambda one: str(one["key"]))


def approvals(grace: Person) -> dict[str, dict[str, Any]]:
    """Those that wait or are over, by the conflict that they are about."""
    return {one["external_ref"]: one for one in grace.get("approvals").get_json()["results"]}


def conflict(sync: Sync, found: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = sync.person.get(f"conflicts/{found['id']}").get_json()
    return read


def test_decisions_made_in_workflow_are_applied(sync: Sync, post: Post, grace: Person, guest: Guest) -> None:
    kept, taken, refused = found = differ(sync, "A", "B", "C")
    post()
    asked = approvals(grace)
    assert asked.keys() == {str(one["id"]) for one in found}
    first = asked[str(kept["id"])]
    assert (first["kind"], first["state"], first["created_by"]) == ("sync.conflict", "PENDING", "service:sync")
    assert first["payload"]["fields"] == {"name": {"source": "Changed there", "target": "Edited here"}}
    assert [conflict(sync, one)["approval_id"] for one in found] == [asked[str(one["id"])]["id"] for one in found]
    viewer = guest("workflow", sub="vera", roles=["viewer"])
    assert viewer.post(f"approvals/{first['id']}/approve", {"option": "keep_source"}).status_code == 403

    def decide(about: dict[str, Any], verb: str, **body: Any) -> None:
        answer = grace.post(f"approvals/{asked[str(about['id'])]['id']}/{verb}", {"comments": "As agreed."} | body)
        assert answer.status_code == 200, answer.get_data(as_text=True)

    decide(kept, "approve", option="keep_target")
    decide(taken, "approve", option="keep_source")
    decide(refused, "reject")
    assert {conflict(sync, one)["status"] for one in found} == {"open"}  # nobody has told yet
    post()
    told = [conflict(sync, one) for one in found]
    assert [(one["status"], one["resolution"], one["resolved_by"]) for one in told] == [
        ("resolved", "target", "grace"),
        ("resolved", "source", "grace"),
        ("resolved", "target", "grace"),
    ]
    assert sync.products("sku, name") == [("A", "Edited here"), ("B", "Changed there"), ("C", "Edited here")]
    # The source version that was decided about is not offered again.
    assert sync.stats() == {"unchanged": 3}
    post()
    assert [conflict(sync, one)["version"] for one in found] == [one["version"] for one in told]


def test_a_resolution_here_withdraws_the_approval(sync: Sync, post: Post, grace: Person) -> None:
    (found,) = differ(sync, "A")
    post()
    answer = sync.person.post(f"conflicts/{found['id']}/resolve", {"resolution": "merged", "values": {"name": "Both"}})
    assert answer.status_code == 200
    post()
    (withdrawn,) = approvals(grace).values()
    assert withdrawn["state"] == "CANCELLED"
    post()
    assert (conflict(sync, found)["resolution"], sync.products("name")) == ("merged", [("Both",)])


def test_workflow_is_asked_when_it_is_back(sync: Sync, post: Post, grace: Person, house: House) -> None:
    (found,) = differ(sync, "A")
    house.doors["workflow"].closed = 1
    post()
    assert approvals(grace) == {}
    sync.sql("update outbox set next_attempt_at = now()")
    post()
    (asked,) = approvals(grace).values()
    assert conflict(sync, found)["approval_id"] == asked["id"]
