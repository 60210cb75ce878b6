"""The DAGs for real: `python -m tests.delivery.dags UV` (make airflow-test) takes some minutes.

Airflow gets an environment, a home and a database of its own, and a stack with the demo to work on; all of it goes.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.repository.planted import ROOT
from tests.stack.stack import Stack

RELEASE = "apache-airflow==3.3.*"
DAGS = {"sync_products": "pipelines/products", "sync_group_legacy": "groups/legacy", "sync_broken": "pipelines/broken"}
LEGACY = {"categories", "customers", "products", "variants"}
# Its table is not there.
BROKEN = {
    "name": "broken",
    "entity": "category",
    "source": {"type": "legacy_4d", "config": {"environment": "live", "table_name": "Nirgendwo"}},
    "transform": {"field_mappings": {"ID": "legacy_id", "Name": "name"}},
    "target": {"type": "table", "config": {"table": "category", "key": "legacy_id"}},
}


def install(uv: str, place: Path) -> Path:
    """The folder of an environment's programs."""
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(place)], check=True, cwd=place.parent)
    python = str(place / "bin/python")
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, RELEASE], check=True, cwd=place.parent)
    return place / "bin"


def environment(folder: Path, stack: Stack) -> dict[str, str]:
    token = stack.call("token", "--sub", "airflow", "--role", "operator").stdout.strip()
    connection = {"conn_type": "http", "host": stack.address, "password": token}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "CONCORD_"))}
    return kept | {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "deploy/airflow/dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "deploy/airflow/plugins"),
        "AIRFLOW_CONN_CONCORD": json.dumps(connection),
        "CONCORD_DAGS": " ".join(DAGS.values()),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def trial(programs: Path, given: dict[str, str]) -> tuple[list[dict[str, Any]], str]:
    """What became of each DAG run, and all that Airflow said."""
    subprocess.run([programs / "airflow", "db", "migrate"], check=True, env=given, capture_output=True)
    command = [str(programs / "python"), "-P", str(ROOT / "tests/delivery/dag_trial.py"), *DAGS]
    done = subprocess.run(command, env=given, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return json.loads(done.stdout.splitlines()[-1]), done.stdout + done.stderr


def check(stack: Stack, ended: list[dict[str, Any]], said: str) -> None:
    first, second, group, broken = ended
    with stack.person("Ada", "admin") as ada:
        runs = ada.get("/api/sync/v1/runs", trigger="airflow", limit=200)["results"]
    names = sorted(run["pipeline"] for run in runs)
    assert first["state"] == second["state"] == group["state"] == "success"
    assert first["tasks"] == {"categories": "success", "products": "success"}
    assert first["told"] == second["told"]  # the same runs
    assert set(group["tasks"]) == LEGACY
    assert names == sorted([*LEGACY, "categories", "products", "broken"])
    assert {run["status"] for run in runs if run["pipeline"] != "broken"} <= {"completed", "completed_with_errors"}
    (failed,) = [run for run in runs if run["pipeline"] == "broken"]
    assert (broken["state"], broken["tasks"]) == ("failed", {"broken": "failed"})
    assert failed["status"] == "failed"
    assert failed["error"]["message"] in said
    assert f"{stack.address}/sync/runs/{failed['id']}" in said


def main(uv: str) -> None:
    with tempfile.TemporaryDirectory(prefix="concord-airflow-") as folder:
        home = Path(folder)
        programs = install(str(Path(uv).absolute()) if "/" in uv else uv, home / "env")
        stack = Stack(home / "stack")
        try:
            stack.call("up")
            with stack.person("Ada", "admin") as ada:
                yaml = {"Content-Type": "application/yaml"}
                ada.call("PUT", "/api/sync/v1/pipelines/broken", content=json.dumps(BROKEN), headers=yaml)
            ended, said = trial(programs, environment(home / "airflow", stack))
            check(stack, ended, said)
        finally:
            stack.call("down", "--wipe", "--yes")
    print(f"{len(ended)} DAG runs of {RELEASE} are what they should be")


if __name__ == "__main__":
    main(sys.argv[1])
