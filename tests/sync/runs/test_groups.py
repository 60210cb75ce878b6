"""Pipelines that depend on each other: groups, what one needs, and runs that wait, begin or are skipped."""

from typing import Any

from services.sync.errors import RunFailed
from tests.sync.working import Sync, item


class Away(RunFailed):
    code = group = "source_unavailable"


def chain(sync: Sync, **more: Any) -> None:
    """c needs b needs a; d stands alone."""
    for name, needs in (("a", []), ("b", ["a"]), ("c", ["b"]), ("d", [])):
        sync.source(name, [item(f"{name}-1")])
        sync.put(name, depends_on=needs, groups=["night"], **more)


def fail(sync: Sync, name: str) -> None:
    def before(_number: int) -> None:
        raise Away("away")

    sync.source(name, [item("x")]).before = before


def work(sync: Sync, rounds: int = 5) -> None:
    """Runs that end start others."""
    for _round in range(rounds):
        sync.work()


def states(sync: Sync, group_run: str) -> dict[str, Any]:
    shown = sync.person.get(f"group-runs/{group_run}").get_json()
    return {run["pipeline"]: run["skip_reason"] or run["status"] for run in shown["members"]} | {"": shown["status"]}


def test_a_group_runs_in_the_order_of_its_needs(sync: Sync) -> None:
    chain(sync)
    assert sync.person.get("groups").get_json()["results"] == [{"name": "night", "pipelines": ["a", "b", "c", "d"]}]
    answer = sync.person.post("groups/night/runs")
    assert answer.status_code == 202
    runs = answer.get_json()["results"]
    group = runs[0]["group_run_id"]
    assert answer.headers["Location"].endswith(f"group-runs/{group}")
    assert states(sync, group) == dict.fromkeys("abcd", "pending") | {"": "running"}
    sync.work()
    assert states(sync, group) == {"a": "completed", "b": "pending", "c": "pending", "d": "completed", "": "running"}
    work(sync)
    assert states(sync, group) == dict.fromkeys("abcd", "completed") | {"": "completed"}
    edges = sync.person.get(f"group-runs/{group}").get_json()["edges"]
    assert edges == [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]
    listed = sync.person.get("group-runs?name=night&status=completed").get_json()["results"]
    assert [(one["id"], one["name"], one["status"]) for one in listed] == [(group, "night", "completed")]
    assert sync.person.post("groups/day/runs").get_json()["code"] == "group_not_found"
    assert len(sync.person.get(f"runs?group_run={group}").get_json()["results"]) == 4


def test_what_needs_a_failed_one_is_skipped_and_the_rest_goes_on(sync: Sync) -> None:
    chain(sync)
    fail(sync, "a")
    group = sync.person.post("runs", {"all": True}).get_json()["results"][0]["group_run_id"]
    work(sync)
    assert states(sync, group) == {
        "a": "failed",
        "b": "a: failed",
        "c": "b: skipped",
        "d": "completed",
        "": "failed",
    }


def test_errors_stop_only_who_wants_clean_ones(sync: Sync) -> None:
    chain(sync, require_clean=True)
    sync.source("a", [item("1"), {"label": "no key"}])
    first = sync.person.post("groups/night/runs").get_json()["results"][0]["group_run_id"]
    work(sync)
    assert states(sync, first)["b"] == "a: completed_with_errors"
    chain(sync)
    sync.source("a", [item("1"), {"label": "no key"}])
    second = sync.person.post("groups/night/runs").get_json()["results"][0]["group_run_id"]
    work(sync)
    assert (states(sync, second)["c"], states(sync, second)[""]) == ("completed", "completed_with_errors")


def test_members_that_wait_can_be_cancelled(sync: Sync) -> None:
    chain(sync)
    runs = {run["pipeline"]: run for run in sync.person.post("groups/night/runs").get_json()["results"]}
    answer = sync.person.post(f"runs/{runs['b']['id']}/cancel")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "cancelled")
    work(sync)
    assert states(sync, runs["a"]["group_run_id"])["c"] == "b: cancelled"


def test_what_one_needs_is_run_first(sync: Sync) -> None:
    chain(sync)
    run = sync.ask("c", dependencies="run")
    assert run["pipeline"] == "c"
    work(sync)
    assert states(sync, run["group_run_id"]) == dict.fromkeys("abc", "completed") | {"": "completed"}


def test_a_run_on_its_own_looks_at_its_needs(sync: Sync) -> None:
    chain(sync)
    ignored = sync.run("b")
    assert (ignored["status"], [one["code"] for one in ignored["warnings"]]) == ("completed", ["dependency_not_met"])
    skipped = sync.ask("b", dependencies="check")
    assert (skipped["status"], skipped["skip_reason"]) == ("skipped", "a: never ran")
    sync.run("a")
    assert sync.run("b", dependencies="check")["status"] == "completed"


def test_a_run_waits_for_what_goes_on(sync: Sync) -> None:
    chain(sync)
    first, second = sync.ask("a"), sync.ask("b", dependencies="check")
    assert second["status"] == "pending"
    sync.perform(second["id"])
    assert sync.read(second["id"])["status"] == "pending"  # its time has not come
    sync.perform(first["id"])
    sync.perform(second["id"])
    assert sync.read(second["id"])["status"] == "completed"


def test_a_due_schedule_starts_joins_or_skips(sync: Sync) -> None:
    chain(sync)
    sync.put("d", schedule=[{"cron": "0 2 * * *", "mode": "full"}])
    sync.put("b", depends_on=["a"], schedule=[{"cron": "0 2 * * *"}])

    def due() -> None:
        for kind, payload in sync.sql("select kind, payload from schedules where kind = 'sync.scheduled'"):
            sync.submit(kind, payload)
        work(sync, 3)

    due()
    found = sync.person.get("runs?trigger=schedule").get_json()["results"]
    assert {(run["pipeline"], run["status"], run["skip_reason"]) for run in found} == {
        ("d", "completed", None),
        ("b", "skipped", "a: never ran"),
    }
    summary = sync.person.get("runs/summary").get_json()
    assert (summary["scheduled_success_rate"], summary["skipped_runs"]) == (50.0, 1)


def test_children_of_the_parents_that_the_group_has_loaded(sync: Sync) -> None:
    children = [item(f"C{number}", parent=f"P{number % 4}") for number in range(8)]
    parents = [item(f"P{number}") for number in range(4)]
    sync.source("parents", parents)
    told = sync.source("children", children)
    filtered = {"pipeline": "parents", "parent_key": "sku", "field": "parent", "chunk_size": 2}
    source = {"type": "told", "config": {"name": f"{sync.tenant_id}:children"}, "parent_filter": filtered}
    sync.put("parents", groups=["family"])
    sync.put("children", groups=["family"], depends_on=["parents"], source=source, deletes={"detect": True})
    assert sync.run("children")["stats"]["created"] == 8  # alone the filter does nothing
    sync.sql("delete from catalogue_product")

    def together(**wishes: Any) -> dict[str, Any]:
        run_id = next(
            run["id"]
            for run in sync.person.post("groups/family/runs", wishes).get_json()["results"]
            if run["pipeline"] == "children"
        )
        work(sync)
        return sync.read(run_id)

    sync.source("parents", parents[:3])
    told.asked.clear()
    run = together()
    assert (run["status"], run["kind"], run["stats"]["created"], run["stats"]["deleted"]) == (
        "completed",
        "partial",
        6,
        0,
    )
    assert [part["bounds"]["values"] for part in run["partitions"]] == [["P0", "P1"], ["P2"]]
    assert len(told.asked) == 2
    sync.source("parents")
    told.asked.clear()
    run = together()
    assert (run["status"], run["stats"]["extracted"], told.asked) == ("completed", 0, [])
    text = sync.file("children", source=source)
    answer = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
    assert answer.get_json()["findings"][0]["pointer"] == "/source/parent_filter/pipeline"
