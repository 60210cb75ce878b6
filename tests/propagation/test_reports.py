"""Figures over runs between two times, and a cleanup that somebody asks for."""

import uuid
from typing import Any

from tests.fixtures.services import MakePerson
from tests.propagation.changing import change, everything
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


def report(naming: Naming, **times: str) -> Any:
    return answered(naming.person.get("jobs/report", query_string=times))


def test_nothing_is_zero(naming: Naming) -> None:
    assert report(naming) == {
        "jobs": {"total": 0, "by_status": {}, "by_trigger": {}},
        "strings": {"changed": 0, "failed": 0, "skipped": 0},
        "errors": {"total": 0, "unresolved": 0, "by_type": {}},
    }


def test_only_the_time_and_the_workspace_that_were_asked_for(naming: Naming, person: MakePerson) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert report(naming)["strings"]["changed"] == 3
    assert report(naming, created_before="2020-01-01T00:00:00Z")["jobs"]["total"] == 0
    assert report(naming, created_after="2020-01-01T00:00:00Z")["jobs"]["by_status"] == {"completed": 1}
    stranger = person(tenant_id=uuid.uuid4())
    assert answered(stranger.get("jobs/report"))["jobs"]["total"] == 0
    assert naming.person.get("jobs/report?created_after=yesterday").status_code == 422
    assert naming.person.get("jobs/report?since=2020-01-01").status_code == 422


def test_cleanup_on_demand(naming: Naming, worker: Worker, person: MakePerson) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    answered(naming.person.post("jobs/cleanup", {"days": 1}), 202)
    worker.run()
    assert len(everything(naming.person, "jobs?trigger_type=detail_update")) == 1
    job = answered(naming.person.post("jobs/cleanup", {"days": 0}), 202)
    worker.run()
    assert everything(naming.person, "jobs?trigger_type=detail_update") == []
    assert [row["id"] for row in everything(naming.person, "jobs")] == [job["id"]]
    assert person(roles=["operator"], sub="olga").post("jobs/cleanup", {}).status_code == 403
    assert answered(naming.person.post("jobs/cleanup", {"days": -1}), 422)["errors"][0]["pointer"] == "/days"
