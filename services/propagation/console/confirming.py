"""Changes that the workspace wants to see before they are made: shown, then confirmed, or left to an approval."""

from collections.abc import Callable, Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from services.propagation.console.effects import told_of
from services.propagation.errors import ConfirmationMismatch, ConfirmationRequired, ConfirmationStale
from services.propagation.operations.runs.request import Environment
from shared.console import api
from shared.console.pages import Values, done
from shared.current import runtime

Send = Callable[[Mapping[str, Any]], api.Document]
ANSWERS = ("confirm_token", "request_approval")


def made(send: Send, body: dict[str, Any], *, to: str) -> ResponseReturnValue | Values:
    """Sends the change with what the form answers to the question, and leads on; or values for the question itself.

    A token is good for what was shown: whoever has typed something else since is asked anew."""
    answers = {"request_approval": body.get("request_approval") == "true"}
    if "confirm_token" in body:
        answers["confirm_token"] = body["confirm_token"]
    try:
        return led_on(send(answers), to)
    except ConfirmationMismatch:
        return _asked(send, body, to)
    except (ConfirmationRequired, ConfirmationStale) as question:
        return _question(question, body)


def _asked(send: Send, body: Mapping[str, Any], to: str) -> ResponseReturnValue | Values:
    try:
        return led_on(send({"request_approval": False}), to)
    except ConfirmationRequired as question:
        return _question(question, body)


def _question(question: ConfirmationRequired | ConfirmationStale, body: Mapping[str, Any]) -> Values:
    impact = question.members["impact_analysis"]
    return {
        **told_of(impact),
        "count": impact["summary"]["total_affected"],
        "token": question.members["confirm_token"],
        "has_changed": isinstance(question, ConfirmationStale),
        "again": {name: value for name, value in body.items() if name not in ANSWERS},
        "has_approvals": Environment.of(runtime().settings).has_approvals,  # type: ignore[arg-type]  # ours
    }


def led_on(changed: api.Document, to: str) -> ResponseReturnValue:
    """Where the names that follow are made: here, at once, or in a run."""
    if not changed.is_pending:
        return done("Changed. It can be taken back under Runs.", to=to)
    job = api.get(f"jobs/{changed.made_id}")
    waits = job["metadata"].get("approval") is not None
    note = "Nothing has changed yet: somebody is asked to approve it." if waits else "A worker makes the names."
    return done(note, to=f"/propagation/jobs/{changed.made_id}")
