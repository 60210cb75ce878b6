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
    own, workspace = api.get("settings/current"), api.get("settings/workspace")
    return {
        "effective": own["effective"],
        # Title, address, permission, what is stated, the tag of what was read, what an empty choice stands for.
        "layers": [
            ("For you alone", "/settings/own", "run.manage", own["settings"], own.etag, "as the workspace says"),
            ("For everybody", "/settings", "settings.manage", workspace["settings"], workspace.etag, "as usual"),
        ],
        "choices": CHOICES,
    }


@pages.form("/settings", "settings.manage")
def change_settings() -> ResponseReturnValue:
    api.patch("settings/workspace", {"settings": _stated()}, if_match=sent().get("tag"))
    return done("Saved for everybody in this workspace.")


@pages.form("/settings/own", "run.manage")
def change_own_settings() -> ResponseReturnValue:
    own = api.get("settings/current")["settings"] | _stated()
    stated = {name: value for name, value in own.items() if value is not None}
    api.put("settings/current", {"settings": stated}, if_match=sent().get("tag"))
    return done("Saved for you.")


def _stated() -> dict[str, Any]:
    """Null where the layer is to say nothing."""
    return {name: _typed(sent().get(name)) for name in CHOICES}


def _typed(text: str | None) -> Any:
    return {"true": True, "false": False}.get(text or "", text)
