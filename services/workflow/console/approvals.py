"""Approvals: what waits for me, and deciding it."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from services.workflow.console.items import told
from services.workflow.domain.machines.shipped import machines
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("workflow", "approvals", __name__)
MACHINE, DECISIONS, CHOICE = "approval", ("approve", "reject"), "option_required"


@pages.page("/approvals", "approval.view", menu="Approvals")
def approvals() -> Values:
    mine: dict[str, Any] = {} if flask.request.args.get("whose") == "all" else {"mine": ["true"]}
    found = api.get("approvals", asked("whose", ordering=["expires_at"]), **mine)
    return {"approvals": found, "states": list(machines()[MACHINE].states)}


@pages.page("/approvals/<key:approval_id>", "approval.view")
def approval(approval_id: int) -> Values:
    found = api.get(f"approvals/{approval_id}")
    options = api.get(f"approvals/{approval_id}/transitions")
    story = api.get(f"approvals/{approval_id}/history", limit=50)
    fields = found["payload"].get("fields")
    return {
        "approval": found,
        **_ways(options),
        "story": story,
        "votes": [entry for entry in story["results"] if entry["kind"] == "vote"],
        "sides": _sides(fields) if isinstance(fields, dict) else [],
    }


@pages.form("/approvals/<key:approval_id>/decide", "approval.view")
def decide(approval_id: int) -> ResponseReturnValue:
    body = sent()
    verb = body.pop("verb", "")
    result = api.post(f"approvals/{approval_id}/{'approve' if verb == 'approve' else 'reject'}", body | _version(body))
    is_vote = result["to_state"] == "PENDING" or result["entity"]["state"] == "PENDING"
    return done("Your vote counts; more are needed." if is_vote else told(result))


def _ways(options: dict[str, Any]) -> dict[str, list[str]]:
    """The verbs that are open, and what keeps from the others. That an option has to be chosen keeps nobody: the form
    asks for it."""
    reasons = {each["verb"]: [one for one in each["reasons"] if one["code"] != CHOICE] for each in options["blocked"]}
    chosen_here = [verb for verb, left in reasons.items() if not left]
    kept_out = [one["detail"] for verb in DECISIONS for one in reasons.get(verb, ())]
    return {
        "open": [each["verb"] for each in options["available"]] + chosen_here,
        "kept_out": list(dict.fromkeys(kept_out)),
    }


def _version(body: dict[str, Any]) -> dict[str, int]:
    return {"version": int(body["version"])} if str(body.get("version", "")).isdecimal() else {}


def _sides(fields: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """The fields that two sides tell differently: name, the source's, the target's."""
    return [(name, side.get("source"), side.get("target")) for name, side in fields.items() if isinstance(side, dict)]
