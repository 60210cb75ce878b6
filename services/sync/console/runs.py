"""Runs: the list, and one with its stages, counters and rows, live while it goes on."""

import uuid

from flask.typing import ResponseReturnValue

from services.sync.domain.tally import OUTCOMES, STAGES
from services.sync.models.runs import KINDS, STATUSES
from shared.console import api
from shared.console.pages import Pages, Values, asked, done

pages = Pages("sync", "runs", __name__)
GOING = ("pending", "running")
RESUMABLE = ("failed", "cancelled")
DIFFERENCES = 100
KIND_OF_RUN = {
    "incremental": "Incremental run",
    "full": "Full run",
    "partial": "Partial run",
    "dry_run": "Dry run",
    "redrive": "New attempt",
}
NOT_LOADED = OUTCOMES[3:]


@pages.page("/runs", "run.view", menu="Runs")
def runs() -> Values:
    summary = api.get("runs/summary")
    return {"runs": api.get("runs", asked()), "summary": summary, "statuses": STATUSES, "kinds": KINDS}


@pages.page("/runs/<uuid:run_id>", "run.view")
def run(run_id: uuid.UUID) -> Values:
    found = api.get(f"runs/{run_id}")
    is_dry = found["kind"] == "dry_run"
    return {
        "run": found,
        "title": f"{KIND_OF_RUN[found['kind']]} of {found['pipeline']}",
        "counts": [(name, found["stats"].get(name, 0)) for name in OUTCOMES],
        "stages": [(name, found["stages"][name]) for name in STAGES if name in found["stages"]],
        "rows": api.get(f"runs/{run_id}/rows", asked()),
        "outcomes": NOT_LOADED,
        "differences": api.get(f"runs/{run_id}/diff", limit=DIFFERENCES) if is_dry else None,
        "is_going": found["status"] in GOING,
        "is_resumable": found["status"] in RESUMABLE and not is_dry,
    }


@pages.form("/runs/<uuid:run_id>/cancel", "run.cancel")
def cancel_run(run_id: uuid.UUID) -> ResponseReturnValue:
    stopping = api.post(f"runs/{run_id}/cancel").is_pending
    return done("It will stop before its next batch." if stopping else "It is cancelled.")


@pages.form("/runs/<uuid:run_id>/resume", "run.start")
def resume_run(run_id: uuid.UUID) -> ResponseReturnValue:
    api.post(f"runs/{run_id}/resume")
    return done("It goes on behind its last batch.")
