"""Characters: the list, and one with its account sheet, what it can buy, and what it has asked for."""

from typing import Any

from flask.typing import ResponseReturnValue

from services.validation.domain.ledger.accounts import Kind
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("validation", "characters", __name__)
SHOWN = 20
STATUSES = [("Un", "draft"), ("Sub", "submitted"), ("App", "in play"), ("Ret", "retired"), ("Dec", "deceased")]


@pages.page("/characters", "character.view", menu="Characters")
def characters() -> Values:
    chronicles = api.get("chronicles", limit=200)["results"]
    return {
        "characters": api.get("characters", asked(ordering="name")),
        "chronicles": [(each["id"], each["name"]) for each in chronicles],
        "chronicle_names": {each["id"]: each["name"] for each in chronicles},
        "statuses": STATUSES,
        "status_words": dict(STATUSES),
    }


@pages.page("/characters/<key:character_id>", "character.view")
def character(character_id: int) -> Values:
    found = api.get(f"characters/{character_id}")
    path = f"characters/{character_id}"
    return {
        "character": found,
        "status_words": dict(STATUSES),
        "balance": api.get(f"{path}/balance"),
        "entries": api.get(f"{path}/ledger", asked()),
        "kinds": [str(kind) for kind in Kind],
        "requests": api.get(f"{path}/spend-requests", limit=SHOWN),
        "offers": [_offer(each) for each in api.get(f"{path}/spend-options")["results"]],
        "changes": api.get(f"{path}/status-changes", limit=SHOWN),
    }


@pages.form("/characters/<key:character_id>/quote", "character.view")
def quote(character_id: int) -> Values:
    """What the chosen trait would cost."""
    trait = sent().get("trait")
    return {"quote": api.get(f"characters/{character_id}/quote", trait=trait) if trait else None}


@pages.form("/characters/<key:character_id>/spend", "xp.spend")
def spend(character_id: int) -> ResponseReturnValue:
    api.post(f"characters/{character_id}/spend", sent())
    return done("The points are reserved until somebody decides.")


@pages.form("/characters/<key:character_id>/<any(grant, withdraw):what>", "character.view")
def grant(character_id: int, what: str) -> ResponseReturnValue:
    body = sent()
    amount = str(body.get("amount", ""))
    api.post(f"characters/{character_id}/{what}", body | {"amount": int(amount) if amount.isdecimal() else amount})
    return done("The points are booked.")


def _offer(option: dict[str, Any]) -> tuple[str, str]:
    words = f"{option['trait_name']} {option['current']} → {option['new_value']} for {option['cost']} XP"
    return option["trait"], words
