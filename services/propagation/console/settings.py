"""How runs behave: what counts, from which layer, and stating it for oneself or for everybody."""

from typing import Any

from flask.typing import ResponseReturnValue

from shared.console import api
from shared.console.pages import Pages, Values, done, sent

pages = Pages("propagation", "settings", __name__)
CHOICES = {
    "propagation_mode": ["automatic", "prompt", "manual"],
    "error_handling": ["continue", "stop", "rollback"],
    "auto_regenerate_strings": ["true", "false"],
}


@pages.page("/settings", "string.view", menu="Settings")
def settings() -> Values:
    return {
        "effective": api.get("settings/current")["effective"],
        "workspace": api.get("settings/workspace"),
        "tag": api.get("settings/workspace").etag,
        "choices": CHOICES,
    }


@pages.form("/settings", "settings.manage")
def change_settings() -> ResponseReturnValue:
    body = sent()
    tag = body.pop("tag", None)
    api.patch("settings/workspace", {"settings": {name: _typed(body.get(name)) for name in CHOICES}}, if_match=tag)
    return done("Saved for everybody in this workspace.")


def _typed(text: str | None) -> Any:
    return {"true": True, "false": False}.get(text or "", text)
