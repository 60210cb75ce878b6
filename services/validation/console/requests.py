"""The inbox: spends of players that wait for somebody to decide."""

from flask.typing import ResponseReturnValue

from services.validation.domain.ledger.requests import State
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("validation", "requests", __name__)
DONE = {"approve": "Approved: the trait is raised.", "deny": "Denied: the points are back."}
DECIDED = [str(state) for state in State if state is not State.PENDING]


@pages.page("/requests", "character.view", menu="Requests")
def requests() -> Values:
    return {"requests": api.get("spend-requests", asked(state=["Pending"])), "names": names(), "decided": DECIDED}


@pages.form("/requests/<key:request_id>/<any(approve, deny):what>", "character.view")
def decide(request_id: int, what: str) -> ResponseReturnValue:
    """The value that was seen is sent along: what was changed meanwhile is refused."""
    body = sent()
    seen = {"expected_value": int(body["expected_value"])} if "expected_value" in body else {}
    reason = {"reason": body["reason"]} if "reason" in body else {}
    api.post(f"spend-requests/{request_id}/{what}", seen | reason)
    return done(DONE[what])


@pages.form("/requests/<key:request_id>/reverse", "character.view")
def reverse(request_id: int) -> ResponseReturnValue:
    api.post(f"spend-requests/{request_id}/reverse", {"reason": sent().get("reason", "")})
    return done("Taken back: trait and points are as they were.")


def names() -> dict[int, str]:
    """Of characters that the caller sees, by id; of the first two hundred."""
    return {each["id"]: each["name"] for each in api.get("characters", limit=200)["results"]}
