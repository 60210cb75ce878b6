"""How this tenant works, and what the service has switched on."""

from typing import Any

from flask.typing import ResponseReturnValue

from services.workflow.console.fields import version_read
from services.workflow.domain.machines.shipped import machines
from services.workflow.domain.working_time import WEEKDAYS
from shared.auditing.models import EventType
from shared.console import api
from shared.console.pages import Pages, Values, done, sent

pages = Pages("workflow", "settings", __name__)
NUMBERS = {
    "default_sla_hours": "Hours agreed for a task",
    "payroll_cutoff_days": "Days to approve a month's attendance",
}
FLAGS = {
    "coordinates_required": "Attendance is approved with a place only",
    "final_inspection_required": "Work orders are closed after their inspection only",
    "if_match_required": "The API changes nothing without a version",
}
FEATURES = {
    "ENABLE_AUDIT_SIGNALS": "Audit signals",
    "ENABLE_BULK_OPERATIONS": "Bulk operations",
    "ENABLE_SEARCH_RATE_LIMITING": "Limits for searches",
}


@pages.page("/settings", "machine.view", menu="Settings", rare=True)
def settings() -> Values:
    found = api.get("settings")
    return {
        "settings": found,
        "numbers": NUMBERS,
        "flags": FLAGS,
        "hours": {day: _spans(found["working_hours"].get(day, ())) for day in WEEKDAYS},
        "timers": sorted(f"{machine.name}.{timer.name}" for machine in machines().values() for timer in machine.timers),
        "kinds": [str(kind) for kind in EventType],
        "told": _told(found),
        "features": [
            (FEATURES.get(name, name), "on" if is_on else "off") for name, is_on in api.get("features").items()
        ],
    }


@pages.form("/settings", "settings.manage")
def change_settings() -> ResponseReturnValue:
    body, version = sent(), version_read()
    wanted: dict[str, Any] = {name: _number(body[name]) for name in NUMBERS if name in body}
    wanted |= {name: body.get(name) == "true" for name in FLAGS}
    wanted |= {"time_zone": body["time_zone"]} if "time_zone" in body else {}
    wanted["working_hours"] = {day: _read_spans(text) for day, text in body.get("hours", {}).items()}
    wanted["retention_days"] = {kind: _number(text) for kind, text in body.get("retention", {}).items()}
    wanted["timer_hours"] = {name: _hours(text) for name, text in body.get("timers", {}).items()}
    api.patch("settings", wanted | version)
    return done("Saved for everybody.")


def _told(found: dict[str, Any]) -> list[tuple[str, Any]]:
    """For whoever may only read them."""
    flags = [(label, "yes" if found[name] else "no") for name, label in FLAGS.items()]
    return [("Time zone", found["time_zone"]), *((label, found[name]) for name, label in NUMBERS.items()), *flags]


def _spans(spans: Any) -> str:
    return ", ".join(f"{begin[:5]}–{end[:5]}" for begin, end in spans)


def _read_spans(text: str) -> list[list[str]]:
    """`09:00–12:00, 13:00–17:30`; what is no pair of times, the API refuses."""
    return [[part.strip() for part in span.replace("-", "–").split("–")] for span in text.split(",")]


def _number(text: str) -> int | str:
    return int(text) if text.strip().isdecimal() else text


def _hours(text: str) -> float | str | None:
    """Null switches a timer off."""
    if text.strip().lower() == "off":
        return None
    try:
        return float(text)
    except ValueError:
        return text
