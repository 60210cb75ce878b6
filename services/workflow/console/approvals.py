"""Approvals: what waits for me, and deciding it."""

import re
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
    payload = found["payload"]
    fields, rows, summary = (payload.get(name) for name in ("fields", "rows", "summary"))
    return {
        "approval": found,
        "source": _page_of(payload.get("link")),
        "changes": _changes(rows) if isinstance(rows, list) else [],
        "total": summary.get("total_affected", 0) if isinstance(summary, dict) else 0,
        **_ways(options),
        "story": story,
        "votes": [entry for entry in story["results"] if entry["kind"] == "vote"],
        "sides": _sides(fields) if isinstance(fields, dict) else [],
    }


@pages.form("/approvals/<key:approval_id>/decide", "approval.view")
def decide(approval_id: int) -> ResponseReturnValue:
    body = sent()
    verb, _, option = body.pop("verb", "").partition(":")
    chosen = {"option": option} if option else {}
    word = "approve" if verb == "approve" else "reject"
    result = api.post(f"approvals/{approval_id}/{word}", body | chosen | _version(body))
    is_vote = result["to_state"] == "PENDING" or result["entity"]["state"] == "PENDING"
    return done("Your vote counts; more are needed." if is_vote else told(result))


def _ways(options: dict[str, Any]) -> dict[str, list[str]]:
    """The verbs that are open, and what keeps from the others. That an option has to be chosen keeps nobody: each has
    a button."""
    reasons = {each["verb"]: [one for one in each["reasons"] if one["code"] != CHOICE] for each in options["blocked"]}
    chosen_here = [verb for verb, left in reasons.items() if not left]
    kept_out = [one["detail"] for verb in DECISIONS for one in reasons.get(verb, ())]
    return {
        "open": [each["verb"] for each in options["available"]] + chosen_here,
        "kept_out": list(dict.fromkeys(kept_out)),
    }


def _version(body: dict[str, Any]) -> dict[str, int]:
    return {"version": int(body["version"])} if str(body.get("version", "")).isdecimal() else {}


def _page_of(link: Any) -> str | None:
    """The page about what a link of an API names: pages have the same paths, without the version."""
    found = re.search(r"/api/([a-z]+)/v1/([a-z-]+/[\w-]+)$", link) if isinstance(link, str) else None
    return f"/{found[1]}/{found[2]}" if found else None


def _changes(rows: list[Any]) -> list[tuple[str, Any, Any]]:
    """Rows of a plan: where, before, after."""
    told = [row for row in rows if isinstance(row, dict) and "after" in row]
    return [(f"Level {row['level']}" if "level" in row else "", row.get("before"), row["after"]) for row in told]


def _sides(fields: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """The fields that two sides tell differently: name, the source's, the target's."""
    return [(name, side.get("source"), side.get("target")) for name, side in fields.items() if isinstance(side, dict)]
