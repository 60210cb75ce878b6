"""Every page, in a real browser and through the gateway: nothing wrong, at both widths, in light and dark."""

from importlib import import_module

import pytest

from concord.catalogue import installed_names
from tests.console.conftest import Open, World
from tests.console.stage import PHONE

MODULES = [import_module(f"tests.console.{name}") for name in installed_names()]
OWN = ("/", "/login", "/api/propagation/docs")
PAGES = [*OWN, *(page for module in MODULES for page in module.PAGES)]
LISTS = [page for module in MODULES for page in module.LISTS]


@pytest.mark.parametrize("path", PAGES)
def test_a_page(path: str, world: World, open_console: Open) -> None:
    with open_console() as visit:
        visit.open(path.format(**world.ids))
        visit.page.emulate_media(reduced_motion="reduce")
        assert visit.page.title().endswith(" · Concord")
        assert visit.wrong == []
        if path.endswith("/docs"):  # made by others; ours is only that it shows
            visit.page.get_by_role("heading", name="Concord").first.wait_for()
            return
        visit.picture(path)
        assert visit.axe() == [], "light"
        visit.page.emulate_media(color_scheme="dark")
        assert visit.axe(runOnly=["color-contrast"]) == [], "dark"
        visit.picture(f"{path}-dark")
        visit.page.set_viewport_size(PHONE)
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        visit.picture(f"{path}-phone")
        assert visit.page.evaluate(wide) <= 0, "a phone has to scroll sideways"
        assert visit.wrong == []


@pytest.mark.parametrize("path", LISTS)
def test_a_list_without_javascript(path: str, world: World, open_console: Open) -> None:
    with open_console({"java_script_enabled": False}) as visit:
        visit.open(path.format(**world.ids))
        rows = visit.page.locator("#content table a[href]")
        assert rows.count() > 0
        title = visit.page.title()
        rows.first.click()
        assert visit.page.title() != title
        assert visit.page.locator("[role=alert]").count() == 0
        visit.page.go_back()
        visit.page.get_by_role("button", name="Filter").click()
        assert visit.page.title() == title
