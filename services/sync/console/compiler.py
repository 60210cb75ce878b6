"""The compiler: promotions, and what stores get of them, as text and as a file."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import flask
from flask.typing import ResponseReturnValue

from services.sync.console.company import of_company, store_choices
from services.sync.domain.promotions.promotion import PROMO_TYPES
from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("sync", "compiler", __name__)
LATEST = 10


@pages.page("/promotions/compiler", "promotion.view", menu="Compiler")
@of_company
def compiler() -> Values:
    query = asked(limit=[LATEST], ordering="-created_at")
    return {"promotions": api.get("promotions", query), "types": PROMO_TYPES, "stores": store_choices()}


@pages.fragment("/promotions/compiler/figures", "promotion.view")
@of_company
def promotion_figures() -> Values:
    today = datetime.now(UTC).date().isoformat()
    here = "/sync/promotions/compiler"
    dates = (("valid today", "valid_on"), ("scheduled", "starts_after"), ("over", "ends_before"))
    by_type = [(word, _count(promo_type=word), f"{here}?promo_type={word}") for word in PROMO_TYPES]
    return {
        "figures": [
            ("in all", _count(), here),
            *(
                (word, _count(**{"is_active": "true", name: today}), f"{here}?is_active=true&{name}={today}")
                for word, name in dates
            ),
            ("switched off", _count(is_active="false"), f"{here}?is_active=false"),
        ],
        "by_type": [(word.replace("_", " "), number, address) for word, number, address in by_type if number],
    }


@pages.page("/promotions/compiler/<id:promotion_id>", "promotion.view")
@of_company
def compiled(promotion_id: uuid.UUID) -> Values:
    found = api.post(f"promotions/{promotion_id}/compile")
    return {"promotion": api.get(f"promotions/{promotion_id}"), "found": found, "text": _text(found["compiled_data"])}


@pages.form("/promotions/compiler/store", "promotion.view")
@of_company
def compiled_store() -> Values:
    found = api.post(f"stores/{sent().get('store_id')}/compile")
    return {"found": found, "text": _text(found["promotions"])}


@pages.page("/promotions/compiler/<id:promotion_id>/file", "promotion.view")
@of_company
def promotion_file(promotion_id: uuid.UUID) -> ResponseReturnValue:
    found = api.post(f"promotions/{promotion_id}/compile")
    return _file(_text(found["compiled_data"]), f"promotion-{found['promotion_code']}.json")


@pages.page("/promotions/compiler/stores/<id:store_id>/file", "promotion.view")
@of_company
def store_file(store_id: uuid.UUID) -> ResponseReturnValue:
    found = api.post(f"stores/{store_id}/compile")
    return _file(_text(found), f"store-{found['store_code']}.json")


@pages.form("/promotions/compiler/company", "promotion.view")
@of_company
def compile_company() -> ResponseReturnValue:
    """The file at once, or with many stores the job that makes it."""
    found = api.post("company/compile")
    if found.is_pending:
        return done("A worker compiles all stores.", to=f"/sync/jobs/{found.made_id}")
    return _file(found.answer.get_data(as_text=True), "company.json")


def _count(**filters: str) -> int:
    found: int = api.get("promotions", limit=1, count="exact", **filters)["count"]
    return found


def _text(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def _file(text: str, name: str) -> flask.Response:
    answer = flask.Response(text, mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
