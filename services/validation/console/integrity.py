"""Integrity runs: what is wrong with stored rows, what a fix would change, the fix, and taking it back."""

import uuid
from typing import Any

import flask
from flask.typing import ResponseReturnValue

from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("validation", "integrity", __name__)
USUAL = ("core", "ledger")
IMAGES = 50


@pages.page("/runs", "health.view", menu="Runs")
def runs() -> Values:
    return {"runs": api.get("integrity-runs", asked()), "modes": ["check", "dry_run", "fix", "undo"]}


@pages.page("/runs/<uuid:run_id>", "health.view")
def run(run_id: uuid.UUID) -> Values:
    found = api.get(f"integrity-runs/{run_id}")
    images = api.get(f"integrity-runs/{run_id}/before-images", limit=IMAGES) if found["mode"] == "fix" else None
    return {
        "run": found,
        "broken": broken(found),
        "fixable": [rule["rule"] for rule in broken(found) if rule["fixable"]],
        "sets": [each["name"] for each in found["rule_sets"]],
        "images": images,
        "is_going": found["state"] in ("pending", "running"),
    }


@pages.form("/runs", "integrity.run")
def start_run() -> ResponseReturnValue:
    """A check, a dry run, or a fix that does what a dry run showed."""
    body = sent()
    wanted = {name: body[name] for name in ("mode", "rule_sets", "fix_rules", "rules", "plan") if name in body}
    job = api.post("integrity-runs", wanted | {"quarantine": body.get("quarantine") == "true"})
    return done("It begins; what comes of it appears here.", to=f"/validation/runs/{job.made_id}")


@pages.form("/runs/<uuid:run_id>/undo", "integrity.fix")
def undo_run(run_id: uuid.UUID) -> ResponseReturnValue:
    job = api.post(f"integrity-runs/{run_id}/undo")
    return done(
        "What it changed is given back, where nobody has changed it since.", to=f"/validation/runs/{job.made_id}"
    )


@pages.page("/constraints", "rules.view", menu="Constraints")
def constraints() -> Values:
    found = api.get("constraints")["results"]
    state = flask.request.args.get("state")
    return {
        "rows": [rule | {"next": _next_step(rule)} for rule in found if state in (None, "", rule["state"])],
        "counts": {word: sum(rule["state"] == word for rule in found) for word in ("absent", "not_valid", "valid")},
    }


def broken(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules of a run that it has something to tell of."""
    return [
        rule for rule in run["rules"] if rule["severity"] != "info" and (rule["found"] or rule["status"] == "error")
    ]


def table_sets() -> list[tuple[str, bool]]:
    """Rule sets about stored rows, and whether a run usually looks at them."""
    found = api.get("rule-sets", limit=200)["results"]
    return [(each["name"], each["name"] in USUAL) for each in found if each["target"] != "records"]


def _next_step(rule: dict[str, Any]) -> str | None:
    """What brings the constraint nearer to being enforced; None where nothing is left to do."""
    command = "concord validation constraints"
    if rule["state"] == "absent":
        return f"{command} {'measure' if rule['last_found'] else 'add'} --rule {rule['rule']}"
    if rule["state"] == "not_valid":
        return f"{command} validate --rule {rule['rule']}"
    return None if rule["wanted"] == "enforce" else f"{command} enforce --rule {rule['rule']}"
