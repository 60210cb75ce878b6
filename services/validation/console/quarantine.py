"""Quarantine: rows that were set apart because they break a rule, and taking one back all the same."""

from flask.typing import ResponseReturnValue

from services.validation.console.requests import names
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("validation", "quarantine", __name__)


@pages.page("/quarantine", "health.view", menu="Quarantine", rare=True)
def quarantine() -> Values:
    return {"entries": api.get("quarantine", asked(state=["open"])), "names": names()}


@pages.form("/quarantine/<key:entry_id>/release", "quarantine.manage")
def release(entry_id: int) -> ResponseReturnValue:
    api.post(f"quarantine/{entry_id}/release", {"reason": sent().get("reason", "")})
    return done("It is released; the rule still finds it.")
