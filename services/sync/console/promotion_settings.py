"""Which promotions stores get, and when: the settings, what they would change before they are saved, their history."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from services.sync.console.company import of_company, store_choices
from shared.console import api
from shared.console.pages import Pages, Values, done, sent

pages = Pages("sync", "promotion_settings", __name__)
PAGE = "/sync/promotions/settings"
SAVES, SAMPLES = 10, 10
NUMBERS = ("future_days", "past_days", "sync_interval_hours", "max_promotions_per_sync")
FLAGS = ("include_inactive", "auto_sync_enabled", "enable_compression")
# Value, label, what it means, what speaks for it and against it.
STRATEGIES = [
    (
        "current_only",
        "Today only",
        "Promotions valid today.",
        "Least to send. A store that is offline at midnight misses what begins then.",
    ),
    (
        "include_future",
        "Around today",
        "Promotions valid between so many days back and so many days ahead.",
        "Stores know what begins before it does, and what has just ended. More to send.",
    ),
    (
        "all_active",
        "All",
        "Every promotion that is switched on, whatever its dates.",
        "Nothing can be missing. Most to send, long past ones too.",
    ),
]
LABELS = {
    "sync_strategy": "Which promotions count",
    "future_days": "Days ahead",
    "past_days": "Days back",
    "include_inactive": "Also those that are switched off",
    "auto_sync_enabled": "Stores are told that something changed",
    "sync_interval_hours": "Every so many hours",
    "sync_times": "Or at these times",
    "max_promotions_per_sync": "Most at once",
    "enable_compression": "Answers are compressed",
}
MEANT = {value: label for value, label, *_about in STRATEGIES}
OVERRIDABLE = ("sync_strategy", "future_days", "past_days", "include_inactive", "max_promotions_per_sync")


@pages.page("/promotions/settings", "promotion.view", menu="Promotion settings")
@of_company
def settings() -> Values:
    store = flask.request.args.get("store_id")
    found = api.get("promotion-settings")
    in_force = api.get("promotion-settings/effective", store_id=store)
    return {
        "settings": found,
        "tag": found.etag,
        "strategies": STRATEGIES,
        "stores": store_choices(),
        "own": {name: in_force["values"][name] for name, origin in in_force["origins"].items() if origin == "store"},
        "in_force": [_told(name, value, in_force["origins"].get(name)) for name, value in in_force["values"].items()],
        "history": api.get("promotion-settings/history", limit=SAVES),
        "preview": api.get("promotion-settings/preview-query", store_id=store),
    }


@pages.form("/promotions/settings/preview", "promotion.view")
@of_company
def settings_preview() -> Values:
    """What stores would get with what stands in the form."""
    body = sent()
    place = {"store_id": body.get("store_id"), "at": f"{body['on']}T12:00:00Z" if "on" in body else None}
    return {"preview": api.post("promotion-settings/preview", _values() | place | {"limit": SAMPLES})}


@pages.form("/promotions/settings", "promotion.settings")
@of_company
def save_settings() -> ResponseReturnValue:
    api.post("promotion-settings", _values(), if_match=sent().get("tag"))
    return done("Sync settings updated successfully!", to=PAGE)


@pages.form("/promotions/settings/restore", "promotion.settings")
@of_company
def restore_settings() -> ResponseReturnValue:
    api.post("promotion-settings/restore", {"id": int(sent()["id"])}, if_match=sent().get("tag"))
    return done("They are as they were after that save.")


@pages.form("/promotions/settings/override", "promotion.settings")
@of_company
def put_override() -> ResponseReturnValue:
    """Of the chosen store; fields left empty count as above it."""
    body, typed = sent(), _typed(sent())
    path = f"promotion-settings/overrides/store/{body['store_id']}"
    own = {name: typed[name] for name in OVERRIDABLE if name in typed}
    if own:
        api.put(path, own, if_match="*")
        return done("The store has settings of its own.")
    api.delete(path, if_match="*")
    return done("The store has what its brand and company have.")


@pages.form("/promotions/settings/force", "promotion.force_sync")
@of_company
def force_full_sync() -> ResponseReturnValue:
    body = {"comment": sent().get("comment", "")}
    api.post("promotion-settings/force-full-sync", body, if_match=sent().get("tag"))
    return done("Every store starts afresh at its next call.")


def _told(name: str, value: Any, origin: str | None) -> tuple[str, Any, str | None]:
    """As the form calls it."""
    return LABELS.get(name, name), MEANT.get(value, value) if name == "sync_strategy" else value, origin


def _values() -> dict[str, Any]:
    """The form as the settings are in JSON: a box that is not ticked is false."""
    body = sent()
    values = _typed(body) | {name: body.get(name, "false") != "false" for name in FLAGS}
    if "sync_times" in flask.request.form:
        times = body.get("sync_times", "").replace(",", " ").split()
        values["sync_times"] = times
    return values


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    """Numbers as numbers; what is none stays as it was typed, and is refused at its field."""
    values = {name: body[name] for name in ("sync_strategy", *NUMBERS, *FLAGS) if name in body}
    values |= {name: int(text) for name in NUMBERS if (text := str(values.get(name, ""))).isdecimal()}
    return values | {name: values[name] == "true" for name in FLAGS if name in values}
