"""Rows come in: pipelines empty an old system page by page, validation judges each page, bad rows go aside."""

from pathlib import Path
from typing import Any

from concord.demo.telling import SYNC, VALIDATION, Stage, Told

GROUP, FIRST = "legacy", "categories"
JUDGED = "products"


def take(stage: Stage) -> Told:
    """Raises DemoFailed."""
    if stage.admin.newest(f"{SYNC}/runs", pipeline=FIRST) is None:
        _install(stage)
        started = stage.admin.call("POST", f"{SYNC}/groups/{GROUP}/runs", json={})
        stage.note("demo: pipelines are reading the old system; look on with `concord sync runs list`")
        stage.admin.ended(started.headers["Location"], "the pipelines")
    return _told(stage)


def _install(stage: Stage) -> None:
    for file in files("rule_sets"):
        options: dict[str, Any] = {"content": file.read_bytes(), "headers": {"Content-Type": "application/yaml"}}
        stage.admin.call("PUT", f"{VALIDATION}/rule-sets/{file.stem}", **options)
    written = {file.name: file.read_text(encoding="utf-8") for file in files("pipelines")}
    stage.admin.call("POST", f"{SYNC}/pipelines", json={"files": written})


def _told(stage: Stage) -> Told:
    runs = [run for run in stage.admin.get(f"{SYNC}/runs", limit=100)["results"] if run["group_run_id"]]
    read, loaded, errors, parked = (sum(run["stats"].get(name, 0) for run in runs) for name in _COUNTED)
    judged = next((run for run in runs if run["pipeline"] == JUDGED), None)
    pages = judged["stages"]["extract"]["pages"] if judged else 0
    aside = f"{errors:,} put aside, {parked:,} wait for what they belong to"
    return Told(
        f"{read:,} rows read by {len(runs)} pipelines, {JUDGED} judged by validation in {pages} page(s): "
        f"{loaded:,} loaded, {aside}",
        "/sync/runs",
    )


_COUNTED = ("extracted", "loaded", "errors", "parked")


def files(folder: str) -> list[Path]:
    """Of the example."""
    from examples import legacy

    (place,) = legacy.__path__
    return sorted((Path(place) / folder).glob("*.yaml"))
