"""Asking for runs: what is refused before anything is written, and one at a time."""

from typing import Any

import pytest

from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson
from tests.sync.working import SOURCES, Sync, item


@pytest.mark.parametrize(
    ("wishes", "pointer", "code"),
    [
        ({"days": -1}, "/days", None),
        ({"days": "3"}, "/days", None),
        ({"days": 1.5}, "/days", None),
        ({"top": 0}, "/top", None),
        ({"batch_size": -1}, "/batch_size", None),
        ({"filters": []}, "/filters", None),
        ({"filters": {"a": {"resembles": 1}}}, "/filters/a/resembles", "unknown_operator"),
        ({"since": "yesterday"}, "/since", "invalid_date"),
        ({"since": "2026-02-01", "until": "2026-01-31"}, "/until", "before_since"),
        ({"mode": "fast"}, "/mode", None),
        ({"trigger": "schedule"}, "/trigger", None),
        ({"colour": "red"}, "/colour", None),
    ],
)
def test_what_is_wrong_is_told_at_its_field(sync: Sync, wishes: dict[str, Any], pointer: str, code: str | None) -> None:
    sync.put()
    answer = sync.person.post("pipelines/items/runs", wishes)
    problem = answer.get_json()
    assert (answer.status_code, problem["errors"][0]["pointer"]) == (422, pointer), problem
    assert code is None or problem["errors"][0]["code"] == code
    assert sync.person.get("runs").get_json()["results"] == []


def test_top_is_exactly_so_many(sync: Sync) -> None:
    sync.source("items", [item("A"), item("B")], [item("C"), item("D")], [item("E")])
    sync.put()
    assert sync.run(top=3)["stats"]["extracted"] == 3
    run = sync.run(top=2, trigger="airflow")
    assert (run["stats"]["extracted"], run["trigger"], "trigger" in run["parameters"]) == (2, "airflow", False)
    assert sync.run(top=99)["stats"]["extracted"] == 5


def test_conditions_of_a_run_are_laid_over_those_of_the_file(sync: Sync) -> None:
    source = {"type": "told", "config": {"name": f"{sync.tenant_id}:items"}, "filters": {"label": "Item"}}
    sync.source("items", [item("A"), item("B", "Other"), item("C")])
    text = sync.put(source=source)["text"]
    run = sync.run(filters={"id": {"in": ["A", "B"]}})
    assert (run["kind"], run["stats"]["extracted"]) == ("partial", 1)
    assert len(SOURCES[f"{sync.tenant_id}:items"].asked[-1][1]) == 2
    assert sync.person.get("pipelines/items").get_json()["text"] == text


def test_one_at_a_time(sync: Sync, at_once: AtOnce) -> None:
    sync.source("items", [item("A")])
    sync.put()
    run = sync.ask()
    refused = sync.person.post("pipelines/items/runs")
    problem = refused.get_json()
    assert (refused.status_code, problem["code"], problem["run_id"]) == (409, "run_in_progress", run["id"])
    joined = sync.person.post("pipelines/items/runs", {"if_running": "join"})
    assert (joined.status_code, joined.get_json()["id"]) == (200, run["id"])
    sync.work()
    answers = at_once(*[lambda: sync.person.post("pipelines/items/runs").status_code for _each in range(4)])
    assert sorted(answers) == [202, 409, 409, 409]


def test_entities_name_one_pipeline(sync: Sync) -> None:
    assert sync.person.post("entities/product/runs").get_json()["code"] == "pipeline_not_found"
    sync.source("items", [item("A")])
    sync.put()
    answer = sync.person.post("entities/product/runs")
    assert (answer.status_code, answer.get_json()["pipeline"]) == (202, "items")
    sync.source("more")
    sync.put("more")
    problem = sync.person.post("entities/product/runs").get_json()
    assert (problem["code"], problem["pipelines"]) == ("pipeline_ambiguous", ["items", "more"])


def test_all_active_pipelines_run_in_the_order_of_their_needs(sync: Sync) -> None:
    assert sync.person.post("runs", {"all": True}).get_json()["results"] == []
    for name, needs in (("c", []), ("b", ["c"]), ("a", ["b"])):
        sync.source(name)
        sync.put(name, depends_on=needs, active=name != "c" or True)
    sync.put("off", active=False)
    runs = sync.person.post("runs", {"all": True}).get_json()["results"]
    assert [run["pipeline"] for run in runs] == ["c", "b", "a"]
    assert sync.person.post("runs", {"all": False}).status_code == 422


def test_unknown_and_inactive_pipelines(sync: Sync, person: MakePerson) -> None:
    sync.put(active=False)
    inactive = sync.person.post("pipelines/items/runs")
    missing = sync.person.post("pipelines/nothing/runs")
    assert [(answer.status_code, answer.get_json()["code"]) for answer in (inactive, missing)] == [
        (409, "pipeline_inactive"),
        (404, "pipeline_not_found"),
    ]
    assert inactive.get_json()["detail"] == "pipeline items not found or not active"
    assert person(roles=["viewer"]).post("pipelines/items/runs").status_code == 403


def test_runs_are_listed_and_counted(sync: Sync, ada: Person) -> None:
    sync.source("items", [item("A")])
    sync.put()
    first, second = sync.run(), sync.run()
    listed = ada.get("runs").get_json()["results"]
    assert [run["id"] for run in listed] == [second["id"], first["id"]]
    for query, count in (
        ("status=completed", 2),
        ("status=failed", 0),
        ("pipeline=items&kind=full", 2),
        ("entity=customer", 0),
        ("trigger=api", 2),
        ("q=tem", 2),
        ("q=100%25", 0),
        ("started_after=2099-01-01T00:00:00Z", 0),
        ("ordering=-started_at", 2),
        ("ordering=duration_seconds", 2),
        ("ordering=completed_at", 2),
    ):
        assert len(ada.get(f"runs?{query}").get_json()["results"]) == count, query
    summary = ada.get("runs/summary").get_json()
    assert (summary["total_runs"], summary["completed_runs"]) == (2, 2)
    assert [one["pipeline"] for one in summary["pipelines"]] == ["items"]
    shown = ada.get(f"runs/{first['id']}")
    assert ada.get(f"runs/{first['id']}", headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    stages = shown.get_json()["stages"]
    assert (stages["extract"]["pages"], stages["extract"]["rows_out"], stages["load"]["rows_in"]) == (1, 1, 1)
    assert {name: stages["extract"][name] for name in ("rows", "requests", "retries")} == {
        "rows": 1,
        "requests": 0,
        "retries": 0,
    }
    assert ada.get("jobs").get_json()["results"][0]["id"] == second["id"]
