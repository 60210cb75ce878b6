"""What people come for, from the first click to the last."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.console import propagation
from tests.console.conftest import Open
from tests.console.stage import Visit
from tests.console.world import World


def log_in(visit: Visit, world: World) -> None:
    key = world.issuer.token(world.tenant_id, aud=["propagation/login"])
    visit.open(f"/propagation/login/once?key={key}")


def test_renaming_a_brand_and_taking_it_back(world: World, open_console: Open) -> None:
    with open_console() as visit:
        page = visit.page
        log_in(visit, world)
        expect(page).to_have_title("Home · Concord")
        page.get_by_role("link", name="brands and other values").click()
        expect(page).to_have_title("Values · Concord")
        visit.settle()
        page.keyboard.press("/")
        page.keyboard.type("PUMA")
        expect(page).to_have_url(re.compile("value=PUMA"))
        expect(page.get_by_role("table").locator("tbody tr")).to_have_count(1)
        expect(page.locator("#filter-value")).to_be_focused()
        page.get_by_role("link", name="PUMA").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("PUMA")
        visit.settle()
        page.get_by_label("New value").fill("COUGAR")
        expect(page.locator("#preview")).to_contain_text("7 names would change")
        expect(page.locator("#preview")).to_contain_text("COUGAR-EU")
        page.get_by_role("button", name="Rename").click()
        expect(page.get_by_role("status")).to_contain_text("Changed.")
        expect(page.get_by_role("heading", level=1)).to_have_text("COUGAR")
        page.get_by_role("link", name="Runs").click()
        page.get_by_role("table", name="Runs").get_by_role("link").first.click()
        expect(page.locator(".diff")).to_contain_text("COUGAR-EU")
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("dialog").get_by_role("button", name="Undo").click()
        expect(page.get_by_role("status")).to_contain_text("taken back")
        expect(page.locator(".diff")).to_contain_text("PUMA-EU")
        assert visit.wrong == []


def test_importing_a_file_that_was_looked_at_first(world: World, open_console: Open, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("field,dimension:Brand,dimension:Region\naccount,VANS,US\naccount,VANS,MARS\n")
    with open_console() as visit:
        page, preview = visit.page, visit.page.locator("#preview")
        visit.open("/propagation/")
        page.get_by_role("link", name="Import").last.click()
        page.get_by_label("CSV file").set_input_files(file)
        expect(preview).to_contain_text("2 rows: 1 new, 1 wrong.")
        expect(preview.get_by_role("row", name="3")).to_contain_text("'Region' has no value 'MARS'")
        visit.picture("import of a file")
        preview.get_by_role("button", name="Import 1 name").click()
        expect(page.get_by_role("status").first).to_have_text("1 created, 0 changed, 1 refused.")
        expect(page.get_by_role("region", name="Rows of the file")).to_contain_text("MARS")
        expect(page.get_by_role("navigation", name="Pages of").locator("[aria-current=page]")).to_have_text("Runs")
        assert visit.wrong == []


def test_a_change_that_somebody_wants_to_see_first(world: World, open_console: Open) -> None:
    """In prompt mode: approved by somebody else, who does not, and then confirmed."""
    world.person("propagation", sub="pia").put("settings/current", {"settings": {"propagation_mode": "prompt"}})
    with open_console(sub="pia") as visit:
        page, content = visit.page, visit.page.locator("#content")

        def rename() -> None:
            visit.open(f"/propagation/values/{world.ids['propagation']['season']}")
            page.get_by_label("New value").fill("SS27")
            page.get_by_role("button", name="Rename").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("6 names would change")

        rename()
        expect(page.locator(".diff")).to_contain_text("SS27")
        page.get_by_role("button", name="Ask for an approval").click()
        expect(page.get_by_role("status").first).to_contain_text("Nothing has changed yet")
        expect(page.get_by_role("region", name="Approval")).to_contain_text("waits for somebody to decide")
        propagation.decide(world, page.url.rpartition("/")[2], "rejected")
        expect(page.get_by_role("region", name="Approval")).to_contain_text("Not before spring.")
        expect(content).to_contain_text("The run was rejected.")
        rename()
        page.get_by_role("button", name="Change these 6 names").click()
        expect(page.get_by_role("status").first).to_contain_text("Changed.")
        expect(page.get_by_role("heading", level=1)).to_have_text("SS27")
        assert visit.wrong == []


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(world: World, open_console: Open) -> None:
    with open_console() as visit:
        page = visit.page
        visit.open("/propagation/values")
        page.get_by_label("Label").fill("Kept")
        page.locator("#field-value").fill("x" * 300)
        page.get_by_role("button", name="Add").click()
        expect(page.locator("#value-error")).to_be_visible()
        expect(page.get_by_label("Label")).to_have_value("Kept")
        assert [text for text in visit.wrong if "422" not in text] == []


def test_a_viewer_sees_no_button_that_would_be_refused(world: World, open_console: Open) -> None:
    with open_console(roles=["viewer"], sub="vic") as visit:
        visit.open(f"/propagation/values/{world.ids['propagation']['value']}")
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("PUMA")
        assert visit.page.get_by_role("button", name="Rename").count() == 0
        visit.page.get_by_label("Account of Vic").click()
        visit.page.get_by_role("button", name="Log out").click()
        expect(visit.page.get_by_role("heading", name="You are logged out")).to_be_visible()
        visit.open("/propagation/values")
        expect(visit.page).to_have_title("Log in · Concord")


def test_the_theme_is_chosen_once(world: World, open_console: Open) -> None:
    with open_console() as visit:
        visit.open("/propagation/tree")
        visit.page.get_by_label("Switch between light and dark").click()
        visit.open("/propagation/rules")
        expect(visit.page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_service_that_is_away_is_said_to_be(world: World, open_console: Open) -> None:
    """Its address leads nowhere for a while, as when its process is gone."""
    with open_console() as visit, world.without("sync"):
        visit.open("/")
        cards = visit.page.locator("section.card")
        expect(cards.filter(has_text="Sync")).to_contain_text("not available")
        expect(cards.filter(has_text="Propagation")).to_contain_text("running")
        visit.open("/sync/jobs")
        expect(visit.page.get_by_role("heading", name="Service Unavailable")).to_be_visible()
        expect(visit.page.get_by_role("link", name="Home")).to_be_visible()


def test_a_job_is_watched_live(world: World, open_console: Open) -> None:
    person = world.person("propagation")
    job = person.post("jobs/cleanup", {"days": 30}).get_json()["id"]
    with open_console() as visit:
        with visit.page.expect_response("**/events") as events:
            visit.open(f"/propagation/jobs/{job}")
        assert events.value.headers["content-type"].startswith("text/event-stream")
        expect(visit.page.locator("#content")).to_contain_text("pending")
        person.post(f"jobs/{job}/cancel")
        expect(visit.page.locator("#content")).to_contain_text("cancelled")
        expect(visit.page.locator("[data-live]")).to_have_count(0)
        visit.page.get_by_role("button", name="Retry").click()
        expect(visit.page.get_by_role("status")).to_contain_text("It runs again.")
        visit.page.get_by_role("button", name="Cancel").first.click()
        visit.page.get_by_role("dialog").get_by_role("button", name="Cancel").first.click()
        expect(visit.page.locator("#content")).to_contain_text("cancelled")
        assert visit.wrong == []
