"""Health: the score with its history, what it lacks, what the last run found, who was told."""

from typing import Any

from flask.typing import ResponseReturnValue

from services.validation.console.integrity import broken, table_sets
from shared.console import api
from shared.console.pages import Pages, Values, done, sent

pages = Pages("validation", "health", __name__)
GREEN, ORANGE, RED, REST = "#2fb344", "#f76707", "#d63939", "rgba(128, 128, 128, .2)"
HEALTHY, CRITICAL = 90, 50


@pages.page("/", "health.view", menu="Health")
def health() -> Values:
    report = api.get("health")
    runs = api.get("integrity-runs", state="completed", limit=1)["results"]
    run = api.get(f"integrity-runs/{runs[0]['run_id']}") if runs else None
    history = api.get("health/history")
    days = {point["at"][:10] for point in history["points"]}
    return {
        "report": report,
        "figures": [(name, value) for name, value in report["checks"]["data_integrity"].items() if name != "healthy"],
        "gauge": _gauge(report["health_score"]),
        "history": history,
        "slope": history["slope_per_day"] if len(days) > 1 else None,
        "course": _course(history["points"]),
        "run": run,
        "broken": broken(run) if run else [],
        "sets": table_sets(),
        "alerts": api.get("alerts", state=["open", "acknowledged", "muted"], limit=20),
    }


@pages.form("/alerts/<key:alert_id>/<any(acknowledge, resolve):what>", "alerts.manage")
def handle_alert(alert_id: int, what: str) -> ResponseReturnValue:
    body = sent()
    api.post(f"alerts/{alert_id}/{what}", {"reason": body["reason"]} if "reason" in body else {})
    return done("It is not repeated." if what == "acknowledge" else "It is over.")


def _gauge(score: int) -> dict[str, Any]:
    colour = GREEN if score >= HEALTHY else ORANGE if score >= CRITICAL else RED
    parts = [{"value": score, "itemStyle": {"color": colour}}, {"value": 100 - score, "itemStyle": {"color": REST}}]
    ring = {"type": "pie", "radius": ["110%", "150%"], "center": ["50%", "85%"], "startAngle": 180, "endAngle": 360}
    return {"series": [ring | {"data": parts, "silent": True, "label": {"show": False}}]}


def _course(points: list[dict[str, Any]]) -> dict[str, Any]:
    line = {"type": "line", "step": "end", "data": [[point["at"], point["value"]] for point in points]}
    return {
        "grid": {"left": 36, "right": 12, "top": 12, "bottom": 24},
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "min": 0, "max": 100},
        "tooltip": {"trigger": "axis"},
        "series": [line],
    }
