"""What an orchestrator outside does with a graph, by plain HTTP."""

from typing import Any

from tests.sync.runs.test_groups import chain
from tests.sync.working import Sync


def walk(sync: Sync, dag: dict[str, Any], key: str) -> dict[str, str]:
    """Starts each node, twice as a nervous orchestrator would, waits and judges; the status of each."""
    ended: dict[str, str] = {}
    for node in dag["nodes"]:
        needs = [edge["from"] for edge in dag["edges"] if edge["to"] == node["id"]]
        assert set(needs) <= set(ended)
        start, headers = node["start"], {"Idempotency-Key": f"{key}-{node['id']}"}
        first, second = (
            sync.person.call(start["method"], start["path"], json=start["body"], headers=headers) for _ in range(2)
        )
        run_id = first.get_json()["id"]
        assert (first.status_code, second.get_json()["id"]) == (202, run_id)
        wait = node["wait_path"].format(run_id=run_id)
        assert sync.person.get(wait).status_code == 404
        sync.work()
        assert sync.person.get(wait).status_code == 200
        ended[node["id"]] = sync.person.get(node["result_path"].format(run_id=run_id)).get_json()["status"]
        assert ended[node["id"]] in node["accept"]
    return ended


def test_a_pipeline_with_all_it_depends_on(sync: Sync) -> None:
    chain(sync)
    sync.put(
        "c",
        depends_on=["b"],
        require_clean=True,
        description="The last one.",
        timeout_seconds=600,
        schedule=[{"cron": "0 2 * * *", "time_zone": "Europe/Berlin"}, {"cron": "0 8 * * *"}],
    )
    dag = sync.person.get("pipelines/c/dag").get_json()
    assert [node["id"] for node in dag["nodes"]] == ["a", "b", "c"]
    assert dag["edges"] == [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]
    head = {name: dag[name] for name in ("dag_id", "description", "schedule", "time_zone", "max_active_runs")}
    assert head == {
        "dag_id": "sync_c",
        "description": "The last one.",
        "schedule": "0 2 * * *",
        "time_zone": "Europe/Berlin",
        "max_active_runs": 1,
    }
    assert [node["accept"] for node in dag["nodes"]] == [
        ["completed", "completed_with_errors"],
        ["completed"],
        ["completed", "completed_with_errors"],
    ]
    assert [node["timeout_seconds"] for node in dag["nodes"]] == [21_600, 21_600, 600]
    assert walk(sync, dag, "monday") == dict.fromkeys("abc", "completed")


def test_a_group(sync: Sync) -> None:
    chain(sync)
    sync.person.patch("pipelines/d", {"active": False})
    dag = sync.person.get("groups/night/dag").get_json()
    assert (dag["dag_id"], dag["schedule"], dag["time_zone"]) == ("sync_group_night", None, "UTC")
    assert [node["pipeline"] for node in dag["nodes"]] == ["a", "b", "c"]
    assert sync.person.get("groups/day/dag").status_code == 404
    assert sync.person.get("pipelines/x/dag").status_code == 404
