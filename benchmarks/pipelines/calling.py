"""The service as it runs: pipelines stored and runs asked for through its API, each run carried out by a worker of its
own."""

import importlib
import json
import logging
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg

from benchmarks.measuring import Cost, Meter
from benchmarks.pipelines.data import COLUMNS, PAGE_ROWS
from services.sync.app import create_app
from services.sync.config import Settings
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person

_NO_REDIS = "redis://127.0.0.1:1/0"
_SECRET = "only-for-benchmarks-" * 3
LANES = 2
_OUTCOMES = ("created", "updated", "unchanged")


@contextmanager
def cluster() -> Iterator[list[psutil.Process]]:
    """A Dask cluster on this machine, as warm as a worker, with the environment of this moment; its processes."""
    from distributed import LocalCluster  # only for who measures it

    logging.getLogger("distributed").setLevel("ERROR")
    before = set(psutil.Process().children(recursive=True))
    with LocalCluster(  # type: ignore[no-untyped-call]  # a class without types
        n_workers=1, threads_per_worker=LANES, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as local:
        os.environ["CONCORD_SYNC_DASK_ADDRESS"] = local.scheduler_address
        with local.get_client() as client:
            client.run(importlib.import_module, "services.sync.jobs")
        yield [one for one in psutil.Process().children(recursive=True) if one not in before]


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
    """One tenant; `admin` is a connection to its database that sees everything, `helpers` are the processes of its
    cluster, and `imports_mib` is what the last worker weighed before it began."""

    app: ServiceApp
    person: Person
    tenant_id: uuid.UUID
    port: int
    admin: psycopg.Connection[Any]
    helpers: list[psutil.Process]
    imports_mib: float = 0.0

    @classmethod
    def begin(
        cls, app_url: str, admin: psycopg.Connection[Any], folder: Path, port: int, *, dask: ExitStack | None
    ) -> Self:
        """`dask`: where a cluster ends; None starts none."""
        keys = folder / "keys"
        keys.mkdir()
        issuer, tenant_id = Issuer.make(keys), uuid.uuid4()
        os.environ |= {
            "CONCORD_SYNC_DATABASE_URL": app_url,
            "CONCORD_SYNC_REDIS_URL": _NO_REDIS,
            "CONCORD_SYNC_JWKS": str(issuer.jwks),
            "CONCORD_SYNC_SECRET_KEY": _SECRET,
            "CONCORD_SYNC_LOG_LEVEL": "ERROR",
            "CONCORD_SYNC_DATA_DIR": str(folder),
            "CONCORD_SYNC_ALLOWED_PRIVATE": json.dumps([f"127.0.0.1:{port}"]),
        }
        helpers = dask.enter_context(cluster()) if dask else []
        app = create_app(Settings())  # type: ignore[call-arg]  # the environment has the required ones
        person = Person(app.test_client(), "/api/sync/v1", issuer.token(tenant_id, exp=int(time.time()) + 86400))
        return cls(app, person, tenant_id, port, admin, helpers)

    def load(self, meter: Meter, source: str, variant: str, rows: int, **sections: Any) -> tuple[Cost, dict[str, int]]:
        """A full run over a variant of the rows: what it cost, and what became of them."""
        file = self._file(source, variant) | sections
        stored = self.person.call(
            "PUT", f"pipelines/{file['name']}", data=json.dumps(file), content_type="application/yaml"
        )
        assert stored.status_code in (200, 201), stored.get_data(as_text=True)
        run = self.person.post(f"pipelines/{file['name']}/runs", {"mode": "full"}).get_json()
        before = self._helper_cpu()
        with meter.measuring(rows) as cost:
            told = self._work(run["id"])
        cost.client_cpu = sum(one["cpu"] for one in told) + self._helper_cpu() - before
        cost.peak_mib, cost.own_mib = (max(one[name] for one in told) for name in ("peak_mib", "own_mib"))
        self.imports_mib = told[0]["imports_mib"]
        ended = self.person.get(f"runs/{run['id']}").get_json()
        assert ended["status"] == "completed", ended["error"] or ended["stats"]
        return cost, {name: ended["stats"][name] for name in _OUTCOMES}

    def _work(self, run_id: str) -> list[dict[str, float]]:
        """The run's own job, then those of its parts, two at a time, as two workers would take them."""
        told = [self._perform(run_id)]
        with ThreadPoolExecutor(LANES) as lanes:
            while parts := self._waiting():
                told += lanes.map(self._perform, parts)
        return told

    def _waiting(self) -> list[str]:
        found = self.admin.execute("select id::text from sync_jobs where status = 'pending' and parent_id is not null")
        return [name for (name,) in found]

    def _perform(self, job_id: str) -> dict[str, float]:
        command = [sys.executable, "-m", "benchmarks.pipelines.worker", str(self.tenant_id), job_id]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        told: dict[str, float] = json.loads(done.stdout)
        return told

    def _helper_cpu(self) -> float:
        times = [one.cpu_times() for one in self.helpers]
        return float(sum(one.user + one.system for one in times))

    def loaded(self) -> Any:
        """How many products there are, and a sum over what they hold that no order changes."""
        columns = ", ".join(name for name in COLUMNS if name != "changed_at")
        return self.admin.execute(
            f"select count(*), sum(hashtextextended(row({columns}, version)::text, 0)::numeric) from catalogue_product"
        ).fetchone()

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
