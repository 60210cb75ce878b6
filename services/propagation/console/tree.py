"""The tree of names, opened branch by branch: nobody ever loads all of it."""

from typing import Any

from shared.console import api
from shared.console.pages import Pages, Values

pages = Pages("propagation", "tree", __name__)
BRANCH = 50


@pages.page("/tree", "string.view", menu="Tree")
def tree() -> Values:
    tops = [field["id"] for field in api.get("fields", field_level=1, limit=200)["results"]]
    found = api.get("strings", field=tops, ordering="value", limit=BRANCH) if tops else {"results": [], "next": None}
    return {"names": found["results"], "rest": "/propagation/?" + _query(tops) if found["next"] else None}


@pages.fragment("/tree/<key:name_id>", "string.view")
def branch(name_id: int) -> Values:
    found = api.get("strings", parent=name_id, ordering="value", limit=BRANCH)
    return {"names": found["results"], "rest": f"/propagation/?parent={name_id}" if found["next"] else None}


def _query(fields: list[Any]) -> str:
    return "&".join(f"field={field}" for field in fields)
