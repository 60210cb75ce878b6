"""Pipelines through HTTP: what is checked, versions, sets, switching, deleting."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.fixtures.people import Person
from tests.fixtures.services import AtOnce, MakePerson
from tests.sync.working import Sync, item

YAML = "application/yaml"


def send(person: Person, method: str, path: str, text: str) -> TestResponse:
    return person.call(method, path, data=text, content_type=YAML)


def findings(sync: Sync, text: str) -> list[tuple[str, str]]:
    """By pointer and code; storing finds what a check finds, and stores nothing."""
    checked = send(sync.person, "POST", "pipelines/check", text)
    assert (checked.status_code, checked.get_json()["code"]) == (422, "configuration_invalid")
    stored = send(sync.person, "POST", "pipelines", text)
    assert stored.get_json()["findings"] == checked.get_json()["findings"]
    assert sync.person.get("pipelines").get_json()["results"] == []
    return [(one["pointer"], one["code"]) for one in checked.get_json()["findings"]]


def test_a_pipeline_is_stored_shown_and_versioned(sync: Sync, ada: Person) -> None:
    sync.source("items", [item("A")])
    text = sync.file()
    checked = send(ada, "POST", "pipelines/check", text)
    assert (checked.status_code, checked.get_json()) == (200, {"names": ["items"], "findings": []})
    made = send(ada, "PUT", "pipelines/items", text)
    assert (made.status_code, made.get_json()["config_version"], made.get_json()["text"]) == (201, 1, text)
    same = send(ada, "PUT", "pipelines/items", text)
    assert (same.status_code, same.get_json()["config_version"]) == (200, 1)
    stale = ada.call(
        "PUT", "pipelines/items", data=sync.file(description="x"), content_type=YAML, headers={"If-Match": '"9-x"'}
    )
    assert stale.status_code == 412
    new = send(ada, "PUT", "pipelines/items", sync.file(description="Things."))
    assert (new.status_code, new.get_json()["config_version"], new.get_json()["description"]) == (200, 2, "Things.")
    versions = ada.get("pipelines/items/versions").get_json()["results"]
    assert [(one["number"], one["created_by"]) for one in versions] == [(2, "ada"), (1, "ada")]
    assert versions[1]["text"] == text

    run = sync.run()
    shown = ada.get("pipelines/items")
    body = shown.get_json()
    assert (body["last_run"]["id"], body["state"]["last_run_id"]) == (run["id"], run["id"])
    assert (body["open_quarantine"], body["next_run_at"]) == (0, None)
    assert ada.get("pipelines/items", headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    (listed,) = ada.get("pipelines?entity=product&active=true").get_json()["results"]
    assert listed["last_run"]["status"] == "completed"
    actions = {row["action"] for row in ada.get("audit-log").get_json()["results"]}
    assert actions > {"pipeline.created", "pipeline.updated"}


@pytest.mark.parametrize(
    ("sections", "pointer", "code"),
    [
        ({"colour": "red"}, "/colour", "unknown_key"),
        ({"source": None}, "/source", "wrong_type"),
        ({"name": "Not A Name"}, "/name", "invalid_value"),
        ({"batch_size": -1}, "/batch_size", "invalid_value"),
        ({"deletes": {"max_share": 2}}, "/deletes/max_share", "invalid_value"),
        ({"transform": {"field_mappings": ["id"]}}, "/transform/field_mappings", "wrong_type"),
        ({"transform": {}}, "/transform/field_mappings", "missing_field"),
        ({"source": {"type": "carrier-pigeon", "config": {}}}, "/source/type", "unknown_component"),
        ({"source": {"type": "told", "config": {}}}, "/source/config/name", "missing_field"),
        ({"source": {"type": "told", "config": {"name": "x", "y": 1}}}, "/source/config/y", "unknown_key"),
        ({"target": {"type": "table", "config": {"table": "product"}}}, "/target/config/key", "missing_field"),
        ({"target": {"type": "table", "config": {"table": "x", "key": "a"}}}, "/target/config/table", "unknown_table"),
        (
            {"target": {"type": "table", "config": {"table": "product", "key": "colour"}}},
            "/target/config/key",
            "unknown_column",
        ),
        (
            {"target": {"type": "table", "config": {"table": "product", "key": "legacy_id"}}},
            "/target/config/key",
            "key_not_mapped",
        ),
        ({"schedule": [{"cron": "61 * * * *"}]}, "/schedule/0/cron", "invalid_cron"),
        ({"schedule": [{"cron": "1 * * * *", "time_zone": "Mars"}]}, "/schedule/0/time_zone", "unknown_time_zone"),
        ({"depends_on": ["nobody"]}, "/depends_on/0", "unknown_dependency"),
        ({"depends_on": ["items"]}, "/depends_on", "dependency_cycle"),
    ],
)
def test_findings(sync: Sync, sections: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in findings(sync, sync.file(**sections))


def test_more_findings(sync: Sync) -> None:
    usual = json.loads(sync.file())
    for change, pointer, code in (
        (
            {"target": usual["target"] | {"conflict_strategy": "newest_wins"}},
            "/target/conflict_strategy",
            "missing_field",
        ),
        ({"source": usual["source"] | {"time_zone": "Mars"}}, "/source/time_zone", "unknown_time_zone"),
        ({"source": usual["source"] | {"filters": {"a": {"~": 1}}}}, "/source/filters/a/~0", "unknown_operator"),
        (
            {"source": {"type": "told", "config": {"name": "x", "api_key": "123"}}},
            "/source/config/api_key",
            "literal_secret",
        ),
        (
            {"source": {"type": "told", "config": {"name": "https://ada:pw@example.com"}}},
            "/source/config/name",
            "literal_secret",
        ),
        (
            {"transform": {"field_mappings": {"a": "sku", "b": "sku"}}},
            "/transform/field_mappings/b",
            "duplicate_target",
        ),
        ({"transform": {"field_mappings": {"a": "sku"}, "profile": "x"}}, "/transform/profile", "unknown_component"),
        ({"incremental": {"field": "at", "initial": "once"}}, "/incremental/initial", "invalid_value"),
        ({"source": {"type": "postgres", "config": {}}}, "/source/config/table", "missing_field"),
        (
            {"source": {"type": "postgres", "config": {"query": "q", "table": "t", "key": "k"}}},
            "/source/config",
            "invalid_value",
        ),
        ({"target": {"type": "http", "config": {"path": "x"}}}, "/target/config/service", "missing_field"),
    ):
        assert (pointer, code) in findings(sync, sync.file(**change)), change


def test_every_finding_has_its_line(sync: Sync) -> None:
    text = "name: items\nentity: product\ncolour: red\ntarget:\n  type: table\n  config: {table: product, key: sku}\n"
    answer = send(sync.person, "PUT", "pipelines/items", text)
    found = [(one["pointer"], one["line"], one["code"]) for one in answer.get_json()["findings"]]
    assert found == [
        ("/colour", 3, "unknown_key"),
        ("/source", 1, "missing_field"),
        ("/transform", 1, "missing_field"),
    ]
    twice = send(sync.person, "PUT", "pipelines/items", "name: a\nname: b\n").get_json()
    assert (twice["findings"][0]["code"], twice["findings"][0]["line"]) == ("duplicate_key", 2)
    other = send(sync.person, "PUT", "pipelines/other", sync.file()).get_json()
    assert other["findings"][0]["code"] == "name_differs"


def test_a_set_is_stored_as_a_whole_or_not_at_all(sync: Sync, ada: Person) -> None:
    files = {"a.yaml": sync.file("a", depends_on=["b"]), "b.yaml": sync.file("b", depends_on=["a"])}
    circle = ada.post("pipelines", {"files": files})
    assert circle.status_code == 422
    assert [(one["file"], one["code"]) for one in circle.get_json()["findings"]] == [
        ("a.yaml", "dependency_cycle"),
        ("b.yaml", "dependency_cycle"),
    ]
    assert "a → b → a" in circle.get_json()["findings"][0]["text"]
    assert ada.get("pipelines").get_json()["results"] == []
    files["b.yaml"] = sync.file("b")
    stored = ada.post("pipelines", {"files": files})
    assert [one["name"] for one in stored.get_json()["results"]] == ["a", "b"]
    again = send(ada, "PUT", "pipelines/b", sync.file("b", depends_on=["a"]))
    assert again.get_json()["findings"][0]["code"] == "dependency_cycle"
    twice = send(ada, "POST", "pipelines", f"{sync.file('c')}\n---\n{sync.file('c')}")
    assert twice.get_json()["findings"][0]["code"] == "name_twice"
    assert ada.post("pipelines", {"files": []}).status_code == 422
    assert send(ada, "POST", "pipelines", "").get_json()["code"] == "configuration_invalid"


def test_two_sets_at_once_close_no_circle(sync: Sync, at_once: AtOnce) -> None:
    for name in ("a", "b"):
        sync.put(name)
    one, other = sync.file("a", depends_on=["b"]), sync.file("b", depends_on=["a"])
    answers = at_once(
        lambda: send(sync.person, "PUT", "pipelines/a", one).status_code,
        lambda: send(sync.person, "PUT", "pipelines/b", other).status_code,
    )
    assert sorted(answers) == [200, 422]


def test_schedules_follow_the_file_and_the_switch(sync: Sync, ada: Person) -> None:
    cron = {"cron": "*/15 6-20 * * 1-6", "time_zone": "Europe/Berlin"}
    sync.put(schedule=[cron, {"cron": "0 2 * * *", "mode": "full"}])
    assert ada.get("pipelines/items").get_json()["next_run_at"] is not None
    rows = "select name, cron, payload->>'mode' from schedules where kind = 'sync.scheduled' order by name"
    assert sync.sql(rows) == [
        ("pipeline:items:0", "*/15 6-20 * * 1-6", None),
        ("pipeline:items:1", "0 2 * * *", "full"),
    ]
    sync.put(schedule=[cron])
    assert len(sync.sql(rows)) == 1
    off = ada.patch("pipelines/items", {"active": False})
    assert (off.status_code, off.get_json()["active"], off.get_json()["next_run_at"]) == (200, False, None)
    assert sync.sql(rows) == []
    ada.patch("pipelines/items", {"active": True})
    assert len(sync.sql(rows)) == 1
    assert ada.patch("pipelines/items", {"active": False, "version": 1}).status_code == 409
    assert ada.patch("pipelines/items", {"name": "other"}).status_code == 422


def test_a_deleted_pipeline_leaves_its_history(sync: Sync, ada: Person, person: MakePerson) -> None:
    sync.source("items", [item("A")])
    night = [{"cron": "0 2 * * *"}]
    sync.put(schedule=night)
    run = sync.ask()
    assert person(roles=["manager"]).delete("pipelines/items").status_code == 403
    refused = ada.delete("pipelines/items")
    assert (refused.status_code, refused.get_json()["run_id"]) == (409, run["id"])
    sync.work()
    assert ada.delete("pipelines/items").status_code == 204
    assert ada.get("pipelines/items").status_code == 404
    assert ada.get(f"runs/{run['id']}").get_json()["status"] == "completed"
    assert sync.put(schedule=night)["config_version"] == 1  # the same text is the same version


def test_schema_and_components(sync: Sync, ada: Person, person: MakePerson) -> None:
    schema = ada.get("pipelines/schema").get_json()
    assert {"source", "transform", "target"} < set(schema["required"])
    branches = schema["properties"]["target"]["allOf"]
    assert {one["if"]["properties"]["type"]["const"] for one in branches} >= {"table", "http"}
    listed = ada.get("components").get_json()["results"]
    assert {(one["kind"], one["name"]) for one in listed} >= {("loaders", "table"), ("extractors", "told")}
    viewer = person(roles=["viewer"])
    assert viewer.get("components").status_code == 200
    assert send(viewer, "PUT", "pipelines/items", sync.file()).status_code == 403
