"""The nightly scan, brought forward: validation finds that something was left lying, and a ticket is opened."""

from typing import Any

from concord.demo.calling import DemoFailed
from concord.demo.telling import VALIDATION, WORKFLOW, Stage, Told

SCHEDULE = "daily report"
# More than may be left lying.
SCENES = 11
LIMIT = {"alert": "95"}


def take(stage: Stage) -> Told:
    """Raises DemoFailed."""
    if stage.admin.newest(f"{VALIDATION}/alerts") is None:
        (score,) = stage.admin.get(f"{VALIDATION}/thresholds", metric="health_score")["results"]
        stage.admin.call("PATCH", f"{VALIDATION}/thresholds/{score['id']}", json=LIMIT)
        _scan(stage)
        _play(stage)
        _scan(stage)
    alert = stage.admin.newest(f"{VALIDATION}/alerts")
    if alert is None:
        raise DemoFailed("the score does not alarm")
    ticket = stage.admin.awaited(
        f"{WORKFLOW}/tickets",
        "the ticket",
        external_ref=f"validation-alert-{alert['id']}",
        requester="service:validation",
    )
    scores = [point["value"] for point in stage.admin.get(f"{VALIDATION}/health/history")["points"]]
    return Told(
        f"the health score fell from {max(scores):.0f} to {scores[-1]:.0f}, as {SCENES} scenes await their XP; "
        f"ticket {ticket['number']} “{ticket['subject']}” was opened",
        f"/workflow/tickets/{ticket['id']}",
    )


def _scan(stage: Stage) -> None:
    (schedule,) = stage.admin.get(f"{VALIDATION}/schedules", name=SCHEDULE)["results"]
    started = stage.admin.call("POST", f"{VALIDATION}/schedules/{schedule['id']}/run")
    stage.admin.ended(started.headers["Location"], "the scan")


def _play(stage: Stage) -> None:
    """Scenes that are over and have given nobody anything."""
    played: list[dict[str, Any]] = [
        stage.admin.call("POST", f"{VALIDATION}/scenes", json={"name": f"Night {number}"}).json()
        for number in range(1, SCENES + 1)
    ]
    for scene in played:
        stage.admin.call("POST", f"{VALIDATION}/scenes/{scene['id']}/close", json={})
