"""The service as it runs: pipelines stored and runs asked for through its API, each run carried out by a worker of its
own."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measuring import Cost, Meter
from benchmarks.pipelines.data import COLUMNS, PAGE_ROWS
from services.sync.app import create_app
from services.sync.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person

_NO_REDIS = "redis://127.0.0.1:1/0"
_SECRET = "only-for-benchmarks-" * 3
_OUTCOMES = ("created", "updated", "unchanged")


@contextmanager
def paged(folder: Path) -> Iterator[int]:
    """The port of an HTTP source over the files in the folder."""
    command = [sys.executable, "-m", "benchmarks.pipelines.source", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


@dataclass
class Service:
    """One tenant; `environment` is what its workers are given, `imports_mib` what the last one weighed at its start."""

    app: ServiceApp
    person: Person
    tenant_id: uuid.UUID
    environment: dict[str, str]
    port: int
    imports_mib: float = 0.0

    @classmethod
    def begin(cls, app_url: str, folder: Path, port: int) -> "Service":
        keys = folder / "keys"
        keys.mkdir()
        issuer, tenant_id = Issuer.make(keys), uuid.uuid4()
        environment = {
            "CONCORD_SYNC_DATABASE_URL": app_url,
            "CONCORD_SYNC_REDIS_URL": _NO_REDIS,
            "CONCORD_SYNC_JWKS": str(issuer.jwks),
            "CONCORD_SYNC_SECRET_KEY": _SECRET,
            "CONCORD_SYNC_LOG_LEVEL": "ERROR",
            "CONCORD_SYNC_DATA_DIR": str(folder),
            "CONCORD_SYNC_ALLOWED_PRIVATE": json.dumps([f"127.0.0.1:{port}"]),
        }
        os.environ.update(environment)
        app = create_app(Settings())  # type: ignore[call-arg]  # the environment has the required ones
        person = Person(app.test_client(), "/api/sync/v1", issuer.token(tenant_id))
        return cls(app, person, tenant_id, environment, port)

    def load(self, meter: Meter, source: str, variant: str, rows: int, **sections: Any) -> tuple[Cost, dict[str, int]]:
        """A full run over a variant of the rows: what it cost, and what became of them."""
        file = self._file(source, variant) | sections
        stored = self.person.call(
            "PUT", f"pipelines/{file['name']}", data=json.dumps(file), content_type="application/yaml"
        )
        assert stored.status_code in (200, 201), stored.get_data(as_text=True)
        run = self.person.post(f"pipelines/{file['name']}/runs", {"mode": "full"}).get_json()
        with meter.measuring(rows) as cost:
            told = self._work(run["id"])
        cost.client_cpu, cost.peak_mib, self.imports_mib = told["cpu"], told["peak_mib"], told["imports_mib"]
        ended = self.person.get(f"runs/{run['id']}").get_json()
        assert ended["status"] == "completed", ended["error"] or ended["stats"]
        return cost, {name: ended["stats"][name] for name in _OUTCOMES}

    def _work(self, run_id: str) -> dict[str, float]:
        command = [sys.executable, "-m", "benchmarks.pipelines.worker", str(self.tenant_id), run_id]
        environment = os.environ | self.environment
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
        told: dict[str, float] = json.loads(done.stdout)
        return told

    def _file(self, source: str, variant: str) -> dict[str, Any]:
        """Nine mapped fields of five types, three rules, and the history that every load writes."""
        config: dict[str, Any] = {"path": f"{variant}.{source}", "page_size": PAGE_ROWS}
        if source == "rest":
            paging = {"type": "page", "param": "page", "first": 1}
            config = {"base_url": f"http://127.0.0.1:{self.port}", "path": f"/{variant}", "records": "/data"}
            config |= {"paging": paging}
        return {
            "name": f"products-{source}",
            "entity": "product",
            "source": {"type": source, "config": config},
            "transform": {"field_mappings": {name: name for name in COLUMNS if name != "changed_at"}},
            "validate": {
                "rules": [
                    {"field": "name", "rule": "not_empty"},
                    {"field": "weight", "rule": "greater_than", "value": 0},
                    {"field": "retail_price", "rule": "between", "value": [0, 100_000]},
                ]
            },
            "target": {"type": "table", "config": {"table": "product", "key": "sku"}},
            "incremental": {"field": "changed_at"},
        }
