"""What Airflow is given, without Airflow: `make airflow-test` runs it for real."""

import ast
import json

from services.sync.models.runs import ASKING
from shared.idempotency import REPLAYED_HEADER
from shared.jobs.routes import JobActive
from tests.repository.planted import ROOT

FILES = sorted((ROOT / "deploy/airflow").rglob("*.py"))
PLUGIN = ROOT / "deploy/airflow/plugins/concord_airflow.py"
CONTRACT = json.loads((ROOT / "services/sync/openapi.json").read_text())
BROUGHT = {"airflow", "httpx", "concord_airflow"}  # by Airflow, and by ourselves


def texts() -> set[str]:
    """All strings of the plugin, with what is put into them as `{}`."""
    found = set()
    for node in ast.walk(ast.parse(PLUGIN.read_text())):
        if isinstance(node, ast.JoinedStr):
            found.add("".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values))  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def test_it_needs_nothing_that_airflow_does_not_bring() -> None:
    assert len(FILES) == 2
    for path in FILES:
        compile(path.read_text(), path.name, "exec")
        for node in ast.walk(ast.parse(path.read_text())):
            named = [node.module] if isinstance(node, ast.ImportFrom) else []
            named += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            packages = {name.split(".")[0] for name in named if name}
            assert packages <= BROUGHT | {"asyncio", "collections", "datetime", "os", "typing", "uuid"}, path


def test_it_speaks_as_the_contract_of_sync_says() -> None:
    paths, schemas, said = CONTRACT["paths"], CONTRACT["components"]["schemas"], texts()
    assert {"/api/sync/v1/pipelines/{name}/dag", "/api/sync/v1/groups/{group}/dag"} <= paths.keys()
    assert "/api/sync/v1/{}/dag" in said
    for action in ("cancel", "resume"):  # of the run, whose address the node tells
        assert f"{{}}/{action}" in said
        assert "post" in paths[f"/api/sync/v1/runs/{{run_id}}/{action}"]
    assert "airflow" in ASKING
    assert {"airflow", "Idempotency-Key", REPLAYED_HEADER, JobActive.code} <= said
    node = {"id", "pipeline", "start", "wait_path", "result_path", "accept", "timeout_seconds", "retries"}
    assert node == schemas["Node"]["properties"].keys() & said
    run = {"id", "pipeline", "status", "stats", "error", "skip_reason", "completed_at"}
    assert run <= schemas["Run"]["properties"].keys() & said
    assert schemas["Dag"]["properties"].keys() - {"dag_id"} <= said
