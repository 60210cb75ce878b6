"""Pages of a company: whoever has none is told why there is nothing to see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from services.sync.operations.edges.refusals import CompanyNotFound
from shared.console import api
from shared.console.pages import done

View = Callable[..., Any]
MOST_STORES = 200


def of_company(view: View) -> View:
    """Leads to the start page, with the reason, where there is no company. Below the decorator of the page."""

    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            api.get("company")
        except CompanyNotFound as reason:
            return done(str(reason), to="/sync/")
        return view(*args, **kwargs)

    return checked


def store_choices() -> list[tuple[str, str]]:
    """Id and name, by code."""
    stores = api.get("stores", ordering="store_code", limit=MOST_STORES)["results"]
    return [(store["id"], f"{store['store_code']} {store['store_name']}") for store in stores]
