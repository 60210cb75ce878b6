"""`concord sync`: what it prints, and the exit codes that scripts go by."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sync.commanding import concord
from tests.sync.working import Sync, item, sync

__all__ = ["concord", "sync"]


def test_files_are_checked_and_applied(sync: Sync, concord: Any, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(sync.file("items"))
    (tmp_path / "more.yml").write_text(sync.file("more", depends_on=["items"]))
    assert concord("check", str(tmp_path)).stdout == "2 pipelines, nothing is wrong\n"
    assert concord("apply", str(tmp_path)).stdout == "items: version 1\nmore: version 1\n"
    (tmp_path / "bad.yaml").write_text("name: a\nname: b\n")
    refused = concord("apply", str(tmp_path), code=2)
    assert f"{tmp_path / 'bad.yaml'}:2: duplicate_key: The key name stands twice" in refused.stderr
    assert json.loads(concord("check", str(tmp_path), "--json", code=2).stdout)["code"] == "configuration_invalid"
    concord("check", str(tmp_path / "missing.yaml"), code=2)
    (tmp_path / "empty").mkdir()
    concord("check", str(tmp_path / "empty"), code=2)
    assert [line.split()[0] for line in concord("list").stdout.splitlines()] == ["items", "more"]
    assert "# watermark: -" in concord("show", "items").stdout
    assert concord("deactivate", "items").stdout == "items is inactive\n"
    assert "inactive" in concord("list").stdout
    assert concord("run", "items", code=2).stderr.endswith("NAME: pipeline items not found or not active\n")
    assert "--entity: pipeline nothing not found" in concord("run", "--entity", "nothing", code=2).stderr
    concord("activate", "items")


def test_runs_end_with_their_code(sync: Sync, concord: Any) -> None:
    sync.source("items", [item("A")])
    sync.put()
    planned = concord("plan", "items", code=3)
    assert planned.stdout.startswith("create A  sku: None → 'A', name: None → 'Item'")
    done = concord("run", "items")
    assert done.stdout.startswith("items: completed in ")
    assert done.stdout.endswith("1 extracted, 1 created\n")
    assert "no rows" not in concord("plan", "items", code=0).stdout
    sync.source("items", [item("A"), {"label": "no key"}])
    run = json.loads(concord("run", "--entity", "product", "--json", code=3).stdout)
    assert (run["stats"]["errors"], run["trigger"]) == (1, "cli")
    assert "missing_key" in concord("runs", "show", run["id"]).stdout
    sync.put(bad_rows={"max_count": 0})
    failed = concord("run", "--all", code=1)
    assert "items: failed" in failed.stdout
    listed = concord("runs", "list", "--status", "failed").stdout.split()[0]
    assert concord("runs", "resume", listed, code=1).stdout.startswith("items: failed")
    assert json.loads(concord("runs", "list", "--json", "--limit", "1").stdout)[0]["id"] == listed
    sync.put("inner", depends_on=["items"])
    waiting = json.loads(concord("run", "inner", "--detach", "--json").stdout)
    concord("run", "inner", code=1)
    assert concord("runs", "cancel", waiting["id"]).stdout.startswith("inner: cancelled")


@pytest.mark.parametrize(
    "arguments",
    [
        ["items", "--days", "-1"],
        ["items", "--days", "1.5"],
        ["items", "--top", "0"],
        ["items", "--batch-size", "-1"],
        ["items", "--filters", "{"],
        ["items", "--filters", "[]"],
        ["items", "--filters", '{"a": {"resembles": 1}}'],
        ["items", "--since", "yesterday"],
        ["items", "--all"],
        [],
        ["nothing"],
        ["--entity", "nothing"],
        ["--group", "nothing"],
    ],
)
def test_what_is_wrong_makes_no_run(sync: Sync, concord: Any, arguments: list[str]) -> None:
    sync.put()
    concord("run", *arguments, code=2)
    assert sync.person.get("runs").get_json()["results"] == []


def test_states_are_shown_and_reset(sync: Sync, concord: Any) -> None:
    sync.put()
    assert "watermark: 5" in concord("state", "reset", "items", "--watermark", "5").stdout
    assert json.loads(concord("state", "show", "items", "--json").stdout)["watermark"] == "5"
    assert "watermark: -" in concord("state", "reset", "items").stdout
