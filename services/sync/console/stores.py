"""Stores: when each called last, and what it holds."""

from services.sync.console.company import of_company
from shared.console import api
from shared.console.pages import Pages, Values, asked

pages = Pages("sync", "stores", __name__)


@pages.page("/stores", "promotion.view", menu="Stores")
@of_company
def stores() -> Values:
    found = api.get("sync-log/summary")["results"]
    return {"stores": sorted(found, key=lambda store: not store["is_stale"])}


@pages.page("/stores/<id:store_id>", "promotion.view")
@of_company
def store(store_id: str) -> Values:
    return {
        "store": api.get(f"stores/{store_id}"),
        "calls": api.get("sync-log", asked(), store_id=store_id),
        "servers": api.get("edge-servers", store_id=store_id),
        "preview": api.get("promotion-settings/preview-query", store_id=store_id),
    }
