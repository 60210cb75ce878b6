"""What people who look after data come for, from the first click to the last."""

import re

from playwright.sync_api import expect

from tests.console import sync, validation
from tests.console.conftest import Open
from tests.console.world import World


def test_fixing_a_row_and_deciding_a_conflict(world: World, open_console: Open) -> None:
    with open_console() as visit:
        page = visit.page
        visit.open("/")
        page.get_by_role("link", name="rows in quarantine").click()
        page.get_by_role("link", name="A-3").click()
        expect(page.get_by_role("table", name="What is wrong")).to_contain_text("is no number")
        page.get_by_label("Weight").fill("2.5")
        page.get_by_role("button", name="Correct and try again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("New attempt of products")
        expect(page.locator("#content")).to_contain_text("pending")
        sync.work(world)
        expect(page.locator("#content")).to_contain_text("1 created")
        visit.open("/sync/quarantine")
        causes = page.get_by_role("table", name="Causes")
        causes.get_by_role("row", name="columns").get_by_role("button", name="Discard").click()
        page.get_by_role("dialog").get_by_label("Why").fill("Nobody sells rugs.")
        page.get_by_role("dialog").get_by_role("button", name="Discard").click()
        expect(page.get_by_role("status").first).to_contain_text("1 are discarded")
        causes.get_by_role("row", name="Invalid number").get_by_role("link", name="row").last.click()
        expect(page).to_have_url(re.compile("code=invalid_number&field=weight"))
        visit.open("/")
        page.get_by_role("link", name="conflicts to decide").click()
        page.get_by_role("link", name="product A-1").click()
        page.get_by_label("Merged name").fill("Armchair of oak")
        page.get_by_role("button", name="Write the merge").click()
        expect(page.get_by_role("status").first).to_contain_text("Decided and written.")
        found = world.person("sync").get("catalogue/product?sku=A-1&sku=A-3").get_json()["results"]
        assert {row["name"] for row in found} == {"Armchair of oak", "Lamp"}
        assert visit.wrong == []


def test_a_pipeline_is_checked_while_it_is_written(world: World, open_console: Open) -> None:
    with open_console() as visit:
        page = visit.page
        visit.open("/sync/new-pipeline")
        text = page.get_by_label("YAML")
        text.fill(text.input_value().replace("entity: product", "entity: product\nentity: again"))
        expect(page.get_by_role("table", name="Findings")).to_contain_text("entity")
        expect(page.get_by_role("table", name="Findings").locator("tbody td").first).to_have_text("3")
        text.fill(text.input_value().replace("entity: again\n", "").replace("name: products", "name: others"))
        expect(page.locator("#preview")).to_contain_text("others can be stored")
        page.get_by_role("button", name="Store").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("others")
        assert visit.wrong == []


def test_changing_the_window_of_promotions(world: World, open_console: Open) -> None:
    with open_console() as visit:
        page = visit.page
        visit.open("/")
        page.get_by_role("link", name="days ahead for promotions").click()
        preview, ahead = page.locator("#preview"), page.get_by_label("Days ahead", exact=True)
        expect(preview).not_to_contain_text("Begins soon")
        ahead.fill("8")
        expect(preview).to_contain_text("1 would come (SOON)")
        expect(preview).to_contain_text("Begins soon")
        visit.picture("window of promotions")
        ahead.fill("91")
        expect(preview).to_contain_text("0 to 90")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("#future_days-error")).to_contain_text("0 to 90")
        ahead.fill("8")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("status").first).to_have_text("Sync settings updated successfully!")
        expect(page.get_by_role("table", name="Saves of the settings")).to_contain_text("future days: 7 8")
        assert [text for text in visit.wrong if "400" not in text and "422" not in text] == []


def test_mending_rows_as_a_preview_showed_it(world: World, open_console: Open) -> None:
    with open_console() as visit:
        page, rows = visit.page, visit.page.get_by_role("table", name="Findings by rule")
        visit.open("/validation/")
        expect(page.get_by_role("img", name="Health score from 100 to 85 over 3 reports")).to_be_visible()
        page.get_by_role("button", name="Preview the fix").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Preview of a fix")
        validation.work(world)
        expect(rows).to_contain_text("Lena, strength: 1 2")
        page.get_by_role("button", name="Fix exactly this").click()
        page.get_by_role("dialog").get_by_role("button", name="Fix exactly this").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Fix")
        validation.work(world)
        expect(page.get_by_role("table", name="What it changed")).to_contain_text("strength: 1 2")
        found = world.person("validation").get(f"characters/{world.ids['validation']['character']}").get_json()
        assert found["strength"] == 2
        assert visit.wrong == []


def test_a_player_asks_and_somebody_else_decides(world: World, open_console: Open) -> None:
    with open_console(sub="bob", roles=["operator"]) as visit:
        page = visit.page
        visit.open(f"/validation/characters/{world.ids['validation']['character']}")
        page.get_by_label("Trait").select_option("stealth")
        expect(page.locator("#preview")).to_contain_text("Stealth 0 → 1 costs 3 XP")
        page.get_by_role("button", name="Ask for it").click()
        expect(page.get_by_role("status").first).to_contain_text("reserved")
        assert page.get_by_role("button", name="Approve").count() == 0
        assert visit.wrong == []
    with open_console() as visit:
        visit.open("/validation/requests")
        row = visit.page.get_by_role("row", name="Stealth")
        row.get_by_role("button", name="Approve").click()
        expect(visit.page.get_by_role("status").first).to_contain_text("the trait is raised")
        expect(row).to_have_count(0)
        visit.open("/validation/requests?state=Approved")
        row.get_by_role("button", name="Take back").click()
        visit.page.get_by_label("Why it is taken back").fill("Booked twice.")
        visit.page.get_by_role("dialog").get_by_role("button", name="Take back").click()
        expect(visit.page.get_by_role("status").first).to_contain_text("Taken back")
        expect(row).to_contain_text("taken back")
        visit.page.get_by_text("More").click()
        visit.page.get_by_role("link", name="Weekly requests").click()
        visit.page.get_by_role("link", name="Lena").click()
        visit.page.get_by_role("button", name="Approve").click()
        expect(visit.page.get_by_role("status").first).to_contain_text("points booked: 1")
        visit.page.get_by_role("link", name="Stories").click()
        visit.page.get_by_label("Name").fill("The long night")
        visit.page.get_by_label("Chronicle").last.select_option("Berlin by Night")
        visit.page.get_by_role("button", name="Make it").click()
        visit.page.get_by_label("Points for Lena").fill("2")
        visit.page.get_by_role("button", name="Award and close").click()
        expect(visit.page.get_by_role("status").first).to_contain_text("1 got their points")
        assert visit.wrong == []
