"""A renamed value: the old system calls a concept otherwise; Grace sees what follows before names are made again."""

from typing import Any

import yaml

from concord.demo.deciding import approve, change_there
from concord.demo.loading import files
from concord.demo.telling import PROPAGATION, SYNC, Stage, Told

PIPELINE, TABLE, DIMENSION = "concepts", "Werbekonzept", "Concept"
KEY, OLD, NEW = 4, "HOWTO", "GUIDE"
_TRIGGER = "dimension_value_change"


def take(stage: Stage) -> Told:
    """Raises DemoFailed."""
    if stage.admin.newest(f"{SYNC}/runs", pipeline=PIPELINE) is None:
        _store(stage)
        change_there(stage, TABLE, KEY, Name=NEW)
        _set_mode(stage, "prompt")
        try:
            _run(stage)
        finally:
            _set_mode(stage, None)
    first = {"trigger_type": _TRIGGER, "status": "completed", "ordering": "created_at"}
    job = stage.admin.newest(f"{PROPAGATION}/jobs", **first)
    if job is None:  # a start that was interrupted
        return Told(f"{OLD} is {NEW} there; the names wait for somebody who agrees", "/workflow/approvals")
    example = stage.admin.get(f"{PROPAGATION}/jobs/{job['id']}/changes", limit=1)["results"][0]
    return Told(
        f"{OLD} is {NEW} there: {job['total_strings']} names would change, Grace agreed, "
        f"{job['processed_strings']} were made again: {example['value_before']} → {example['value']}",
        "/propagation/jobs",
    )


def _store(stage: Stage) -> None:
    """The pipeline, with the id that the dimension has here."""
    (file,) = files("naming")
    pipeline = yaml.safe_load(file.read_text(encoding="utf-8"))
    dimensions = stage.admin.get(f"{PROPAGATION}/dimensions", limit=200)["results"]
    pipeline["transform"]["constants"]["dimension"] = next(one["id"] for one in dimensions if one["name"] == DIMENSION)
    written = {file.name: yaml.safe_dump(pipeline, sort_keys=False)}
    stage.admin.call("POST", f"{SYNC}/pipelines", json={"files": written})


def _set_mode(stage: Stage, mode: str | None) -> None:
    """In prompt mode nothing that changes other names is done before somebody has agreed."""
    body: dict[str, Any] = {"settings": {"propagation_mode": mode}}
    stage.admin.call("PATCH", f"{PROPAGATION}/settings/workspace", json=body)


def _run(stage: Stage) -> None:
    """The pipeline's run ends when the names are made, and so after the decision."""
    started = stage.admin.call("POST", f"{SYNC}/pipelines/{PIPELINE}/runs", json={})
    job = stage.admin.awaited(f"{PROPAGATION}/jobs", "the question to workflow", trigger_type=_TRIGGER)
    stage.note(f"demo: {job['total_strings']} names would change; Grace is asked")
    approve(stage, job["id"], "propagation.run")
    stage.admin.ended(started.headers["Location"], "the pipeline of names")
