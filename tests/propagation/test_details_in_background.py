"""Runs from the threshold on: the answer, the worker, the chunks, and that the end is the same as at once."""

import uuid
from typing import Any

import pytest

from tests.fixtures.services import MakePerson
from tests.propagation.changing import (
    Body,
    analyze,
    batch,
    change,
    everything,
    held,
    item,
    job,
    set_workspace,
    shown_names,
    stored,
    stored_names,
)  # fmt: skip
from tests.propagation.naming import Naming, answered, detail_of
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


def picture(naming: Naming) -> dict[str, Any]:
    """What is stored of each string by its uuid-free path of notes, so that two workspaces can be compared."""
    strings = stored(naming)
    ranks = {string_id: rank for rank, string_id in enumerate(sorted(strings))}
    return {
        str(ranks[string_id]): {
            "value": row["value"],
            "stale": row["stale_reason"],
            "version": row["version"],
            "details": {
                detail["dimension_name"]: (
                    detail["effective_value"],
                    detail["is_inherited"],
                    ranks.get(detail["source_string"]),
                    detail["pending_since"] is not None,
                )
                for detail in row["details"]
            },
        }
        for string_id, row in strings.items()
    }


def counters(run: Body) -> list[Any]:
    return [run[f"{name}_strings"] for name in ("total", "processed", "failed", "skipped")]


def test_from_the_threshold_on_a_worker_does_it(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=7)
    response = change(naming, tree["account"], "Brand", "PUMA")
    answer = answered(response, 202)
    summary = answer["propagation_summary"]
    assert response.headers["Location"].endswith(f"/api/propagation/v1/jobs/{summary['job_id']}")
    assert (summary["status"], summary["successful"], answer["effective_value"]) == ("pending", 0, "NIKE")
    assert summary["total_affected"] >= 7
    run = job(naming, summary["job_id"])
    assert (run["status"], run["processing_method"], run["started_at"]) == ("pending", "background", None)
    assert naming.string(tree["account"]["id"])["value"] == "NIKE-EU"
    worker.run()
    run = job(naming, summary["job_id"])
    assert (run["status"], counters(run), run["progress_percentage"]) == ("completed", [7, 7, 0, 0], 100.0)
    assert run["processing_method"] == "chunked"
    assert worker.children(run["id"]) > 1
    assert run["started_at"] <= run["completed_at"]
    assert {value.split("-")[0].split("_")[0] for value in stored_names(naming).values()} == {"PUMA"}
    changes = everything(naming.person, f"jobs/{run['id']}/changes")
    assert {row["string"]: row["value"] for row in changes} == stored_names(naming)
    assert sorted((row["level"], row["change_type"]) for row in changes) == [
        (0, "direct"), (1, "inherited"), (1, "inherited"), *[(2, "inherited")] * 4,
    ]  # fmt: skip


def test_one_below_the_threshold_is_done_at_once(naming: Naming) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=8)
    assert answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]["total_affected"] == 7


def test_a_batch_goes_to_a_worker(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=5)
    unknown = {"string_detail_id": 2**40, "dimension_value": None}
    response = batch(naming, item(naming, tree["account"], "Brand", "PUMA"), unknown)
    answer = answered(response, 202)
    assert response.headers["Location"] == answer["tracking_url"]
    assert (answer["summary"]["status"], answer["summary"]["total_updates"]) == ("pending", 2)
    assert answer["estimated_seconds"] > 0
    assert [(row["index"], row["code"]) for row in answer["failed_updates"]] == [(1, "not_found")]
    assert answer["successful_updates"] == []
    worker.run()
    run = job(naming, answer["job_id"])
    assert (run["status"], run["processed_strings"]) == ("partial_failure", 7)
    errors = answered(naming.person.get(f"jobs/{run['id']}/errors"))["results"]
    assert [row["error_code"] for row in errors] == ["not_found"]


@pytest.fixture
def here(person: MakePerson) -> Naming:
    """The workspace whose runs are done at once."""
    return Naming.build(person(tenant_id=uuid.uuid4()))


def strings_of(naming: Naming) -> list[Body]:
    """In the order of their making."""
    return [row for _string_id, row in sorted(stored(naming).items())]


CALLS: dict[str, list[tuple[int, str, str | None]]] = {
    "a brand": [(0, "Brand", "PUMA")],
    "a lower one beats an upper one": [(0, "Brand", "PUMA"), (2, "Brand", "VANS")],
    "the lower one first": [(2, "Brand", "VANS"), (0, "Brand", "PUMA")],
    "far below the same value as above": [(0, "Brand", "PUMA"), (8, "Brand", "PUMA")],
    "the stored value against the one above": [(0, "Brand", "PUMA"), (9, "Brand", "NIKE")],
    "several keys": [(0, "Brand", "PUMA"), (1, "Season", "FW26"), (2, "Note", None), (7, "Note", "z")],
    "an ad that takes its sister's name": [(0, "Brand", "PUMA"), (5, "Note", "a1")],
    "two ads swap": [(0, "Brand", "PUMA"), (4, "Note", "a1"), (5, "Note", "a0")],
    "a campaign that collides": [(0, "Brand", "PUMA"), (2, "Note", "c0")],
}


@pytest.mark.parametrize("how", ["continue", "stop", "rollback"])
@pytest.mark.parametrize("wanted", CALLS.values(), ids=CALLS.keys())
def test_the_end_is_the_same_as_at_once(
    naming: Naming, here: Naming, worker: Worker, wanted: list[tuple[int, str, str | None]], how: str
) -> None:
    outcomes = []
    for one in (here, naming):
        one.tree(campaigns=3, ads=3)
        strings = strings_of(one)
        updates = [item(one, strings[number], dimension, value) for number, dimension, value in wanted]
        set_workspace(one, background_processing_threshold=1 if one is naming else 1000)
        response = batch(one, *updates, error_handling=how)
        assert response.status_code == 202 if one is naming else response.status_code in (200, 207, 409)
        worker.run()
        run = job(one, response.get_json()["job_id"])
        outcomes.append((run["status"], counters(run)))
    assert outcomes[1] == outcomes[0]
    assert picture(naming) == picture(here)


def test_many_roots_and_small_chunks(naming: Naming, worker: Worker) -> None:
    """More strings are named than a chunk holds."""
    tree = naming.tree(campaigns=6, ads=1)
    set_workspace(naming, background_processing_threshold=1)
    updates = [item(naming, row, "Season", "FW26") for row in tree["campaigns"]]
    answer = answered(batch(naming, *updates), 202)
    worker.run()
    assert counters(job(naming, answer["job_id"])) == [12, 12, 0, 0]
    assert all("FW26" in naming.string(row["id"])["value"] for row in tree["campaigns"] + tree["ads"])


def test_strings_that_fail_in_chunks(naming: Naming, worker: Worker) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    first, second = (
        naming.make("campaign", {"Brand": brand, "Season": "SS26", "Note": "n"}, account["id"])
        for brand in ("NIKE", "PUMA")
    )
    ads = [naming.make("ad", {"Brand": "NIKE", "Note": str(n)}, first["id"]) for n in range(6)]
    set_workspace(naming, background_processing_threshold=1)
    run_id = answered(change(naming, account, "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    worker.run()
    run = job(naming, run_id)
    assert (run["status"], counters(run)) == ("partial_failure", [8, 1, 7, 6])
    outcomes = {row["string"]: row["outcome"] for row in everything(naming.person, f"jobs/{run_id}/changes")}
    assert outcomes == {account["id"]: "applied", first["id"]: "failed"} | {ad["id"]: "skipped" for ad in ads}
    assert naming.string(second["id"])["version"] == 1
    assert {naming.string(row["id"])["stale_reason"] for row in [first, *ads]} == {"failed"}


def test_a_direct_string_that_fails_in_the_background(naming: Naming, worker: Worker) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    set_workspace(naming, background_processing_threshold=1)
    run_id = answered(change(naming, account, "Brand", None), 202)["propagation_summary"]["job_id"]
    worker.run()
    run = job(naming, run_id)
    assert (run["status"], counters(run)) == ("failed", [1, 0, 1, 0])
    (error,) = answered(naming.person.get(f"jobs/{run_id}/errors"))["results"]
    assert (error["error_code"], error["string"]) == ("required_dimension_missing", account["id"])


def test_a_detail_that_was_changed_since_is_not_overwritten(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=3)
    run_id = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    set_workspace(naming, background_processing_threshold=100)
    answered(change(naming, tree["account"], "Brand", "VANS"))
    worker.run()
    run = job(naming, run_id)
    assert (run["status"], run["processed_strings"]) == ("failed", 0)
    (error,) = answered(naming.person.get(f"jobs/{run_id}/errors"))["results"]
    assert (error["error_type"], error["error_code"]) == ("conflict_error", "changed_since")
    assert held(naming, tree["ads"][0], "Brand")["effective_value"] == "VANS"


def test_a_worker_plans_from_the_data_as_it_is(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=3)
    run_id = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    new = naming.make("campaign", {"Brand": "NIKE", "Season": "FW26"}, tree["account"]["id"])
    worker.run()
    assert counters(job(naming, run_id)) == [8, 8, 0, 0]
    assert naming.string(new["id"])["value"] == "PUMA_FW26"


def test_a_child_that_comes_between_two_chunks(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(campaigns=3, ads=3)
    set_workspace(naming, background_processing_threshold=3)
    run_id = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    worker.step()
    late = naming.make("ad", {"Brand": "NIKE", "Note": "late"}, tree["campaigns"][2]["id"])
    worker.run()
    assert job(naming, run_id)["status"] == "completed"
    assert naming.string(late["id"])["value"] == "PUMA-late"


def test_cancelled_before_it_runs(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=3)
    run_id = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    answered(naming.person.post(f"jobs/{run_id}/cancel"))
    assert worker.run() == 0
    assert job(naming, run_id)["status"] == "cancelled"
    assert naming.string(tree["account"]["id"])["value"] == "NIKE-EU"


def test_cancelled_between_two_chunks(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(campaigns=3, ads=3)
    set_workspace(naming, background_processing_threshold=3)
    run_id = answered(change(naming, tree["account"], "Brand", "PUMA"), 202)["propagation_summary"]["job_id"]
    worker.step()
    before = {key: value for key, value in stored_names(naming).items() if value.startswith("PUMA")}
    answered(naming.person.post(f"jobs/{run_id}/cancel"), 202)
    worker.run()
    run = job(naming, run_id)
    assert run["status"] == "cancelled"
    now = stored(naming)
    assert {key for key, row in now.items() if row["value"].startswith("PUMA")} == set(before)
    left = [row for row in now.values() if not row["value"].startswith("PUMA")]
    assert left
    assert {row["stale_reason"] for row in left} == {"pending_propagation"}
    assert {tuple(row["stale_sources"]) for row in left} == {(tree["account"]["id"],)}


def test_a_preview_says_how_it_would_run(naming: Naming, worker: Worker) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=7)
    update = item(naming, tree["account"], "Brand", "PUMA")
    impact = answered(analyze(naming, update))
    assert (impact["summary"]["processing_method"], impact["summary"]["requires_background"]) == ("background", True)
    answered(batch(naming, update), 202)
    worker.run()
    assert stored_names(naming) == shown_names(impact)


def test_a_token_holds_for_the_worker_too(naming: Naming, worker: Worker) -> None:
    """A job made with a confirm token fails as a whole if what it saw has moved."""
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=3)
    token = answered(analyze(naming, item(naming, tree["account"], "Brand", "PUMA")))["confirm_token"]
    pending = change(naming, tree["account"], "Brand", "PUMA", confirm_token=token)
    run_id = answered(pending, 202)["propagation_summary"]["job_id"]
    answered(change(naming, tree["ads"][0], "Note", "new"))
    worker.run()
    run = job(naming, run_id)
    assert (run["status"], run["processed_strings"]) == ("failed", 0)
    (error,) = answered(naming.person.get(f"jobs/{run_id}/errors"))["results"]
    assert (error["error_type"], error["error_code"]) == ("conflict_error", "confirmation_stale")
    assert naming.string(tree["account"]["id"])["value"] == "NIKE-EU"
    assert detail_of(naming.string(tree["ads"][0]["id"]), "Note")["effective_value"] == "new"
