"""What stands in the console's tests of this service, and its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from services.sync import jobs
from services.sync.config import Settings
from tests.sync.stores import Company
from tests.sync.working import Sync, as_worker

if TYPE_CHECKING:
    from tests.console.world import World

# Every page; `{run}` is an id that `arrange` gives. LISTS are those whose rows are links, read without JavaScript too.
LISTS = (
    "/sync/pipelines",
    "/sync/runs",
    "/sync/quarantine",
    "/sync/conflicts",
    "/sync/promotions/compiler",
    "/sync/stores",
)
PAGES = (
    *LISTS,
    "/sync/pipelines/{pipeline}",
    "/sync/pipelines/{pipeline}/file",
    "/sync/runs/{run}",
    "/sync/runs/{plan}",
    "/sync/quarantine/{entry}",
    "/sync/conflicts/{conflict}",
    "/sync/promotions/settings",
    "/sync/promotions/settings?store_id={store}",
    "/sync/promotions/compiler/{promotion}",
    "/sync/stores/{store}",
    "/sync/webhooks",
    "/sync/jobs",
    "/sync/audit?limit=10",
)
MAPPED = {"Number": "sku", "Name": "name", "Weight": {"to": "weight", "type": "decimal", "on_error": "reject"}}


def arrange(world: "World") -> dict[str, object]:
    """A pipeline that has run twice: rows are in quarantine, others were changed on both sides; of each, one is for a
    journey to settle and one stays."""
    app = world.apps["sync"]
    settings = cast(Settings, app.runtime.settings)
    sync = Sync(app, world.tenant_id, world.person("sync"))
    with working(settings):
        write(settings, "A-1,Chair,4.5", "A-2,Table,20", "A-3,Lamp,heavy", "A-5,Bed,light", "A-6,Rug,2,3")
        sync.put("products", **SECTIONS)
        sync.run("products")
        for each in sync.person.get("catalogue/product?sku=A-1&sku=A-2").get_json()["results"]:
            sync.person.patch(f"catalogue/product/{each['id']}", {"name": f"Our {each['name']}"})
        write(
            settings,
            "A-1,Chair of oak,4.5",
            "A-2,Desk,20",
            "A-3,Lamp,heavy",
            "A-4,Shelf,9",
            "A-5,Bed,light",
            "A-6,Rug,2,3",
        )
        plan = sync.run("products", dry_run=True)
        run = sync.run("products")
    (conflict,) = sync.person.get("conflicts?key=A-2").get_json()["results"]
    (entry,) = sync.person.get("quarantine?key=A-5").get_json()["results"]
    own = {"conflict": conflict["id"], "entry": entry["id"]}
    own |= arrange_company(sync)
    return {"pipeline": "products", "run": run["id"], "plan": plan["id"], **own}


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        as_worker(settings, patch)
        yield
    jobs._settings.cache_clear()


def work(world: "World") -> None:
    """Does what waits for a worker."""
    app = world.apps["sync"]
    with working(cast(Settings, app.runtime.settings)):
        Sync(app, world.tenant_id, world.person("sync")).work()


def arrange_company(sync: Sync) -> dict[str, object]:
    """Three stores; of the promotions one begins in eight days, which is a day too late for the usual settings."""
    company = Company.found(sync.person, sync.tenant_id)
    company.day = datetime.now(UTC).date()
    lunch = company.promotion("LUNCH", -3, 30, name="Lunch for two")
    company.promotion("SOON", 8, 20, name="Begins soon")
    company.ask()
    return {"store": company.stores["S1"], "promotion": lunch}


def write(settings: Settings, *rows: str) -> None:
    """The file that the pipeline reads."""
    (settings.data_dir / "products.csv").write_text("\n".join(["Number,Name,Weight", *rows]))


SECTIONS: dict[str, Any] = {
    "source": {"type": "csv", "config": {"path": "products.csv"}},
    "transform": {"field_mappings": MAPPED},
    "target": {"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"},
    "schedule": [{"cron": "0 2 * * *"}],
}
