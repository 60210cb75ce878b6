"""The demo of pipelines: an old system is emptied into the catalogue, and one row is changed on both sides."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from rich.table import Table

from concord.demo.calling import Caller, DemoFailed, Note
from concord.stack.plan import Plan

GROUP = "legacy"
SYNC, VALIDATION, WORKFLOW = "/api/sync/v1", "/api/validation/v1", "/api/workflow/v1"
NEEDED = {"sync", "validation"}
POLL_SECONDS = 0.5
PATIENCE_SECONDS = 300
SHOWN = 5
# Changed by the demo on both sides.
ARTICLE, SKU = 7, "A000007"


def is_possible(plan: Plan) -> bool:
    names = {service.name for service in plan.services}
    return names >= NEEDED and plan.old_system is not None


def run(plan: Plan, caller: Caller, note: Note) -> Table:
    """On the first start loads what the old system holds; afterwards only tells of the last runs. Raises DemoFailed."""
    pipelines = _Pipelines(plan, caller, note)
    if not pipelines.last_runs():
        pipelines.install()
        pipelines.load()
    return pipelines.table()


@dataclass(frozen=True, slots=True)
class _Pipelines:
    plan: Plan
    caller: Caller
    note: Note

    def last_runs(self) -> list[dict[str, Any]]:
        """The oldest first."""
        found = self.caller.get(f"{SYNC}/runs", limit=SHOWN, ordering="-started_at")["results"]
        return list(reversed(found))

    def install(self) -> None:
        for file in _files("rule_sets"):
            options: dict[str, Any] = {"content": file.read_bytes(), "headers": {"Content-Type": "application/yaml"}}
            self.caller.call("PUT", f"{VALIDATION}/rule-sets/{file.stem}", **options)
        files = {file.name: file.read_text(encoding="utf-8") for file in _files("pipelines")}
        self.caller.call("POST", f"{SYNC}/pipelines", json={"files": files})

    def load(self) -> None:
        """All pipelines as a group; when they are through, the conflict."""
        started = self.caller.call("POST", f"{SYNC}/groups/{GROUP}/runs", json={})
        self.note("demo: pipelines are reading the old system; look on with `concord sync runs list`")
        if self._follow(started.headers["Location"])["status"].startswith("completed"):
            self._differ()

    def _differ(self) -> None:
        """A person and the old system change the same article; the next run finds out."""
        table = f"{SYNC}/catalogue/product"
        (row,) = self.caller.get(table, sku=SKU)["results"]
        self.caller.call("PATCH", f"{table}/{row['id']}", json={"name": "Hose, edited here"})
        assert self.plan.old_system is not None  # or the demo would not be possible
        address = f"{self.plan.old_system.url}/rest/Artikel?key={ARTICLE}"
        try:
            httpx2.post(address, json={"Bezeichnung": "Hose, changed there"}).raise_for_status()
        except httpx2.HTTPError as error:
            raise DemoFailed(f"the old system does not answer: {error}") from error
        started = self.caller.call("POST", f"{SYNC}/pipelines/products/runs", json={})
        self._follow(started.headers["Location"])

    def _follow(self, address: str) -> dict[str, Any]:
        found = self.caller.follow(address, patience_seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)
        if found["status"] in ("pending", "running"):
            raise DemoFailed("the pipelines are still at work; look on with `concord sync runs list`")
        return found

    def table(self) -> Table:
        table = Table("run", "status", title="pipelines", title_justify="left", box=None, pad_edge=False)
        for name in ("read", "loaded", "unchanged", "quarantined", "conflicts", "seconds"):
            table.add_column(name, justify="right")
        for one in self.last_runs():
            table.add_row(one["pipeline"], one["status"], *_figures(one))
        return table


def _figures(run: dict[str, Any]) -> list[str]:
    stats = run["stats"]
    aside = stats.get("errors", 0) + stats.get("parked", 0)
    counts = [stats.get("extracted", 0), stats.get("loaded", 0), stats.get("unchanged", 0), aside]
    seconds = run["duration_seconds"]
    shown = [f"{count:,}" for count in (*counts, stats.get("conflicts", 0))]
    return [*shown, "" if seconds is None else f"{seconds:.1f}"]


def _files(folder: str) -> list[Path]:
    from examples import legacy

    (place,) = legacy.__path__
    return sorted((Path(place) / folder).glob("*.yaml"))
