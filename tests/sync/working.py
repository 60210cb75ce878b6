"""A source that a test writes row by row, pipelines that read it, and a worker that carries their runs out."""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self, cast
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from services.sync import jobs
from services.sync.config import Settings
from services.sync.domain.components import Component
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.evaluating import predicate
from services.sync.domain.pages import BadRow, Page, Position, Row, Traffic
from services.sync.models import Job
from services.sync.operations.components import components
from shared.app import ServiceApp
from shared.jobs import operations
from shared.jobs.performing import AttemptFailed
from shared.tenancy import Context
from tests.fixtures.people import Person

Before = Callable[[int], None]


@dataclass
class Told:
    """What a source has: pages of rows, bad rows by page, and a hook that is called before each page."""

    pages: list[list[Row]] = field(default_factory=list)
    bad: dict[int, list[BadRow]] = field(default_factory=dict)
    before: Before = lambda _number: None
    asked: list[tuple[int, Sequence[Condition]]] = field(default_factory=list)


SOURCES: dict[str, Told] = {}


class Telling:
    """An extractor over what a test has written; positions are page numbers, and it filters by itself."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self.traffic = Traffic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None: ...

    def pages(
        self, start: Position | None, conditions: Sequence[Condition], *, limit: int | None = None
    ) -> Iterator[Page]:
        first = start["page"] if start else 1
        self._told.asked.append((first, conditions))
        wanted = predicate(conditions, zone=ZoneInfo("UTC"))
        left = limit
        for number in range(first, len(self._told.pages) + 1):
            self._told.before(number)
            rows = [row for row in self._told.pages[number - 1] if wanted is None or wanted(row)][:left]
            left = None if left is None else left - len(rows)
            following = None if number == len(self._told.pages) or left == 0 else {"page": number + 1}
            yield Page(rows, self._told.bad.get(number, []), {"page": number}, following, number)
            if left == 0:
                return


TELLING = Component(
    "told",
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {"name": {"type": "string"}},
    },
    lambda source, *_surroundings: Telling(SOURCES[source["config"]["name"]]),
)


@dataclass
class Sync:
    """One tenant with pipelines over sources of its own."""

    app: ServiceApp
    tenant_id: uuid.UUID
    person: Person

    def source(self, name: str = "items", *pages: list[Row]) -> Told:
        told = SOURCES.setdefault(f"{self.tenant_id}:{name}", Told())
        told.pages = list(pages)
        return told

    def file(self, name: str = "items", **sections: Any) -> str:
        """The text of a pipeline that loads products; sections are laid over the usual ones."""
        usual = {
            "name": name,
            "entity": "product",
            "source": {"type": "told", "config": {"name": f"{self.tenant_id}:{name}"}},
            "transform": {"field_mappings": {"id": "sku", "label": "name", "price": "retail_price"}},
            "target": {"type": "table", "config": {"table": "product", "key": "sku"}},
        }
        return json.dumps(usual | sections)  # JSON is YAML

    def put(self, name: str = "items", **sections: Any) -> dict[str, Any]:
        answer = self.person.call(
            "PUT", f"pipelines/{name}", data=self.file(name, **sections), content_type="application/yaml"
        )
        assert answer.status_code in (200, 201), answer.get_data(as_text=True)
        return cast(dict[str, Any], answer.get_json())

    def ask(self, name: str = "items", **wishes: Any) -> dict[str, Any]:
        answer = self.person.post(f"pipelines/{name}/runs", wishes)
        assert answer.status_code in (200, 202), answer.get_data(as_text=True)
        return cast(dict[str, Any], answer.get_json())

    def run(self, name: str = "items", **wishes: Any) -> dict[str, Any]:
        """Asked for and carried out."""
        run = self.ask(name, **wishes)
        self.work()
        return self.read(run["id"])

    def read(self, run_id: str) -> dict[str, Any]:
        return cast(dict[str, Any], self.person.get(f"runs/{run_id}").get_json())

    def stats(self, name: str = "items", **wishes: Any) -> dict[str, int]:
        """Counters of a run that are not zero, without those that follow from others."""
        run = self.run(name, **wishes)
        assert run["error"] is None, run["error"]
        derived = ("extracted", "loaded", "transformed")
        return {name: count for name, count in run["stats"].items() if count and name not in derived}

    def rows_of(self, run: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
        found = self.person.get(f"runs/{run['id']}/rows?limit=200").get_json()["results"]
        return [(row["outcome"], row["key"], row["code"]) for row in found]

    def work(self) -> None:
        """Does what is pending; failures of runs are told by the runs."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            mine = (Job.tenant_id == self.tenant_id, Job.status == "pending")
            parts = Job.payload["number"].as_integer()  # those of one run are made at once
            waiting = session.scalars(select(Job.id).where(*mine).order_by(Job.created_at, parts)).all()
        for job_id in waiting:
            self.perform(job_id)

    def perform(self, job_id: uuid.UUID | str) -> None:
        with suppress(AttemptFailed):
            jobs.perform(str(self.tenant_id), str(job_id))

    def submit(self, kind: str, payload: dict[str, Any]) -> None:
        """A job as a schedule makes it."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            operations.submit(session, Job, kind=kind, queue="sync", payload=payload)

    def clean_up(self) -> None:
        """What the night does."""
        self.submit("sync.cleanup", {})
        self.work()

    def lose_worker(self, run_id: str) -> None:
        """What the relay does with a job whose worker was killed, without the wait."""
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id)) as session:
            job = session.get_one(Job, (self.tenant_id, uuid.UUID(run_id)))
            job.status, job.run_at, job.lease_until = "pending", job.created_at, None

    def products(self, columns: str = "sku, name, retail_price::text") -> list[Any]:
        """Live rows of the catalogue, by sku."""
        return self.sql(f"select {columns} from catalogue_product where deleted_at is null order by sku")

    def sql(self, statement: str, **values: Any) -> list[Any]:
        with self.app.runtime.db.transaction(Context(tenant_id=self.tenant_id, actor="grace")) as session:
            session.execute(text("select set_config('app.actor', 'grace', true)"))
            found: Any = session.execute(text(statement), values)
            return [tuple(row) for row in found] if found.returns_rows else []


def item(sku: str, label: str = "Item", price: Any = "1.00", **more: Any) -> Row:
    return {"id": sku, "label": label, "price": price, **more}


def as_worker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done here as work has its settings from the environment, like any worker."""
    for name in ("database_url", "redis_url", "secret_key"):
        monkeypatch.setenv(f"CONCORD_SYNC_{name.upper()}", getattr(settings, name).get_secret_value())
    monkeypatch.setenv("CONCORD_SYNC_JWKS", settings.jwks)
    monkeypatch.setenv("CONCORD_SYNC_DATA_DIR", str(settings.data_dir))
    jobs._settings.cache_clear()


@pytest.fixture
def sync(
    app: ServiceApp,
    settings: Settings,
    ada: Person,
    tenant_id: uuid.UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Sync]:
    monkeypatch.setitem(cast(dict[str, Component], components("extractors")), "told", TELLING)
    as_worker(settings, monkeypatch)
    yield Sync(app, tenant_id, ada)
    jobs._settings.cache_clear()
    for name in [name for name in SOURCES if name.startswith(str(tenant_id))]:
        del SOURCES[name]
