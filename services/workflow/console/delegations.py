"""Delegations: permissions that one person has lent to another, lending one, taking it back."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from services.workflow.console.fields import Field, changes, form_sent
from services.workflow.operations.delegating import delegable
from shared.console import api
from shared.console.pages import Pages, Values, asked, done
from shared.current import current_context

pages = Pages("workflow", "delegations", __name__)
FIELDS = (
    Field("delegate", "To whom"),
    Field("permission", "Permission", "word"),
    Field("starts_at", "From (UTC)", "time"),
    Field("ends_at", "Until (UTC)", "time"),
    Field("comments", "Comments"),
)


@pages.page("/delegations", "machine.view", menu="Delegations", rare=True)
def delegations() -> Values:
    """One's own, given and received; those of others for who manages the settings."""
    whose = {"given": "delegator", "received": "delegate"}.get(flask.request.args.get("whose", ""))
    mine: dict[str, Any] = {whose: [current_context().actor]} if whose else {}
    found = api.get("delegations", asked("whose"), **mine)
    lendable = sorted(delegable() & current_context().permissions)
    return {"delegations": found, "lendable": lendable, "all_of_them": sorted(delegable())}


@pages.form("/delegations", "machine.view")
def lend() -> ResponseReturnValue:
    made = api.post("delegations", changes(FIELDS, {}, form_sent()))
    return done(f"{made['delegate']} has it until {made['ends_at'][:16].replace('T', ' ')} UTC.")


@pages.form("/delegations/<key:delegation_id>/end", "machine.view")
def end_delegation(delegation_id: int) -> ResponseReturnValue:
    api.delete(f"delegations/{delegation_id}")
    return done("Taken back.")
