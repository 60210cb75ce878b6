"""Every page, in a real browser and through the gateway: nothing wrong, at both widths, in light and dark."""

from importlib import import_module

import pytest

from concord.catalogue import installed_names
from tests.console.stage import DESKTOP, PHONE, Visit
from tests.console.world import World

MODULES = [import_module(f"tests.console.{name}") for name in installed_names()]
OWN = ("/", "/login", "/rq/", "/propagation/tables/dimensions", "/api/propagation/docs")
PAGES = [*OWN, *(page for module in MODULES for page in module.PAGES)]
LISTS = [page for module in MODULES for page in module.LISTS]


@pytest.mark.parametrize("path", PAGES)
def test_a_page(path: str, world: World, window: Visit) -> None:
    window.wrong.clear()
    window.page.set_viewport_size(DESKTOP)
    window.page.emulate_media(color_scheme="light", reduced_motion="reduce")
    window.open(world.address_of(path))
    assert window.page.title().endswith(" · Concord")
    if path.endswith("/docs"):  # made by others; ours is only that it shows
        window.page.get_by_role("heading", name="Concord").first.wait_for()
        assert window.wrong == []
        return
    window.picture(path)
    assert window.axe() == [], "light"
    window.page.emulate_media(color_scheme="dark")
    window.picture(f"{path}-dark")
    assert window.axe(runOnly=["color-contrast"]) == [], "dark"
    window.page.set_viewport_size(PHONE)
    window.picture(f"{path}-phone")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert window.page.evaluate(wide) <= 0, "a phone has to scroll sideways"
    assert window.wrong == []


@pytest.mark.parametrize("path", LISTS)
def test_a_list_without_javascript(path: str, world: World, plain_window: Visit) -> None:
    page = plain_window.page
    plain_window.open(world.address_of(path))
    rows = page.locator("#content table a[href]")
    assert rows.count() > 0
    title = page.title()
    rows.first.click()
    assert page.title() != title
    assert page.locator("[role=alert]").count() == 0
    page.go_back()
    if (button := page.get_by_role("button", name="Filter")).count():
        button.first.click()
    assert page.title() == title
