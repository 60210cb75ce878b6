"""Erasures: one person asks, another carries it out."""

from flask.typing import ResponseReturnValue

from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("workflow", "erasures", __name__)


@pages.page("/erasures", "person.erase", menu="Erasures", rare=True)
def erasures() -> Values:
    return {"erasures": api.get("erasures", asked())}


@pages.form("/erasures", "person.erase")
def ask_for_erasure() -> ResponseReturnValue:
    api.post("erasures", sent())
    return done("Asked. Somebody else has to carry it out.")


@pages.form("/erasures/<key:erasure_id>/carry-out", "person.erase")
def carry_out(erasure_id: int) -> ResponseReturnValue:
    destroyed = api.post(f"erasures/{erasure_id}/carry-out")["keys_destroyed"]
    return done(f"Done: {destroyed} keys are destroyed. What they opened cannot be read any more.")


@pages.form("/erasures/<key:erasure_id>/withdraw", "person.erase")
def withdraw(erasure_id: int) -> ResponseReturnValue:
    api.post(f"erasures/{erasure_id}/withdraw")
    return done("Withdrawn.")
