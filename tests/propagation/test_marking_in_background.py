"""Very many strings that a change leaves behind: marked by a job of their own, from the threshold on."""

from typing import Any

import pytest

from tests.propagation.changing import Body, batch, change, everything, held, item, job, set_workspace, stored
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


@pytest.fixture
def tree(naming: Naming) -> dict[str, Any]:
    """An account with 3 campaigns and 12 ads."""
    return naming.tree(campaigns=3, ads=4)


def behind(naming: Naming) -> dict[int, str]:
    return {key: row["stale_reason"] for key, row in stored(naming).items() if row["stale"]}


def marking(naming: Naming) -> list[Body]:
    return everything(naming.person, "jobs?trigger_type=system")


@pytest.mark.parametrize(
    ("options", "marked"), [({"mode": "manual"}, 15), ({"propagate": False}, 15), ({"propagation_depth": 2}, 12)]
)
def test_from_the_threshold_on_a_job_marks(
    naming: Naming, worker: Worker, tree: dict[str, Any], options: Body, marked: int
) -> None:
    set_workspace(naming, background_processing_threshold=marked)
    answer = answered(change(naming, tree["account"], "Brand", "PUMA", **options))
    summary = answer["propagation_summary"]
    assert (answer["effective_value"], summary["failed"], summary["stale_marked"]) == ("PUMA", 0, 0)
    assert summary["truncated"] == ("propagation_depth" in options)
    assert answer["pending_since"] is not None
    assert behind(naming) == {}
    (run,) = marking(naming)
    assert (run["status"], worker.queue(run["id"])) == ("pending", "propagation_light")
    worker.run()
    assert len(behind(naming)) == marked
    assert set(behind(naming).values()) == {"pending_propagation"}
    assert naming.string(tree["ads"][0]["id"])["stale_sources"] == [tree["account"]["id"]]
    run = job(naming, run["id"])
    assert (run["status"], run["processed_strings"], run["failed_strings"]) == ("completed", marked, 0)
    answered(naming.person.post(f"strings/{tree['account']['id']}/propagate"), 202)
    worker.run()
    assert behind(naming) == {}


def test_below_the_threshold_the_call_marks(naming: Naming, tree: dict[str, Any]) -> None:
    set_workspace(naming, background_processing_threshold=16)
    summary = answered(change(naming, tree["account"], "Brand", "PUMA", mode="manual"))["propagation_summary"]
    assert (summary["status"], summary["stale_marked"], len(behind(naming))) == ("direct_only", 15, 15)
    assert marking(naming) == []


def test_what_was_brought_up_to_date_meanwhile_is_not_marked(
    naming: Naming, worker: Worker, tree: dict[str, Any]
) -> None:
    set_workspace(naming, background_processing_threshold=15)
    answered(change(naming, tree["account"], "Brand", "PUMA", mode="manual"))
    set_workspace(naming, background_processing_threshold=1000)
    answered(naming.person.post(f"strings/{tree['campaigns'][0]['id']}/propagate", {"all": True}))
    answered(change(naming, tree["campaigns"][0], "Brand", "PUMA"))
    worker.run()
    assert len(behind(naming)) == 10
    assert tree["campaigns"][0]["id"] not in behind(naming)
    answered(naming.person.post(f"strings/{tree['account']['id']}/propagate"))
    worker.run()
    assert (behind(naming), held(naming, tree["account"], "Brand")["pending_since"]) == ({}, None)


def test_only_what_the_change_leaves_behind_is_marked(naming: Naming, worker: Worker, tree: dict[str, Any]) -> None:
    """A campaign that chose another brand before keeps it by its rule; the same value again leaves nobody behind."""
    for campaign in tree["campaigns"][1:]:
        answered(change(naming, campaign, "Brand", "VANS"))
    set_workspace(
        naming,
        background_processing_threshold=5,
        field_propagation_rules={"dimension_value": "inherit_unless_overridden"},
    )
    again = item(naming, tree["campaigns"][1], "Brand", "VANS")
    answered(batch(naming, item(naming, tree["account"], "Brand", "PUMA"), again, mode="manual"))
    worker.run()
    assert set(behind(naming)) == {row["id"] for row in [tree["campaigns"][0], *tree["ads"][:4]]}


def test_with_the_kill_switch(naming: Naming, worker: Worker, tree: dict[str, Any]) -> None:
    set_workspace(naming, background_processing_threshold=5, auto_regenerate_strings=False)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    worker.run()
    assert len(behind(naming)) == 16
    assert set(behind(naming).values()) == {"regeneration_disabled"}


def test_marking_is_tried_again_but_never_taken_back(naming: Naming, worker: Worker, tree: dict[str, Any]) -> None:
    set_workspace(naming, background_processing_threshold=15)
    answered(change(naming, tree["account"], "Brand", "PUMA", mode="manual"))
    (run,) = marking(naming)
    answered(naming.person.post(f"jobs/{run['id']}/cancel"))
    again = answered(naming.person.post(f"jobs/{run['id']}/retry"), 202)
    worker.run()
    assert len(behind(naming)) == 15
    refused = naming.person.post(f"jobs/{again['new_job_id']}/undo")
    assert refused.status_code == 409
