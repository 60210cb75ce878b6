"""What people come to workflow for: deciding what a service asks, and moving many items at once."""

from playwright.sync_api import expect

from tests.console.conftest import Open
from tests.console.world import World
from tests.workflow.working import order


def test_deciding_a_conflict(open_console: Open) -> None:
    """In the inbox, with an option; what has been decided waits no more."""
    with open_console() as visit:
        page = visit.page
        visit.open("/")
        page.get_by_role("link", name="approvals wait for you").click()
        page.get_by_role("link", name="menu: fish was changed").click()
        expect(page.get_by_role("row", name="price")).to_contain_text("12.50")
        page.get_by_role("button", name="Reject").click()
        expect(page.get_by_role("alert")).to_contain_text("comment")
        page.get_by_label("Comments").fill("The menu is right.")
        page.get_by_role("button", name="Keep source").click()
        expect(page.get_by_role("status")).to_contain_text("approved")
        expect(page.get_by_role("region", name="The decision")).to_contain_text("keep source")
        page.get_by_role("link", name="Approvals").first.click()
        expect(page.get_by_role("link", name="menu: soup was changed")).to_be_visible()
        expect(page.get_by_role("link", name="menu: fish was changed")).to_have_count(0)
        assert [text for text in visit.wrong if "422" not in text] == []


def test_moving_many_under_a_filter_that_stays(world: World, open_console: Open) -> None:
    """Tried first; what fails says why; what can be done is done, and the filter is the same afterwards."""
    ada = world.person("workflow")
    for title in ("Sweep the yard", "Cut the hedge"):
        order(ada, title=title, priority="CRITICAL")
    with open_console() as visit:
        page, address = visit.page, "/workflow/work-orders?priority=CRITICAL"
        visit.open(address)
        page.get_by_role("button", name="Tick all above").click()
        page.get_by_label("What", exact=True).select_option("Move to approved")
        page.get_by_role("button", name="Preview those ticked").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("nothing is stored yet")
        expect(page.get_by_role("row", name="Sweep the yard")).to_contain_text("failed")
        expect(page.get_by_role("button", name="Do it")).to_have_count(0)
        page.get_by_role("link", name="Work orders").last.click()
        page.get_by_label("What", exact=True).select_option("Move to submitted")
        page.get_by_role("button", name="Preview all that match").click()
        expect(page.get_by_role("row", name="Cut the hedge")).to_contain_text("would succeed")
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_role("status")).to_contain_text("Done: 2 of 2.")
        expect(page).to_have_url(f"{visit.address}{address}")
        expect(page.get_by_role("table").get_by_text("submitted")).to_have_count(2)
        assert visit.wrong == []


def test_a_stale_picture_and_a_secret_that_is_shown_once(world: World, open_console: Open) -> None:
    """Somebody changes a vendor while another edits it; a webhook is added, tried, and deleted."""
    vendor = world.ids["workflow"]["vendor"]
    with open_console() as visit:
        page, note = visit.page, visit.page.get_by_role("status").first
        visit.open(f"/workflow/vendors/{vendor}")
        world.person("workflow").patch(f"vendors/{vendor}", {"contact_phone": "+49 30 5550 1234"})
        page.get_by_label("E-mail").fill("lifts@example.org")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("changed after you read it")
        expect(page.get_by_label("E-mail")).to_have_value("lifts@example.org")
        page.get_by_role("link", name="Read it again").click()
        expect(page.get_by_label("Phone")).to_have_value("+49 30 5550 1234")
        visit.open("/workflow/webhooks")
        page.get_by_label("Name").fill("night-hook")
        page.get_by_label("Address").fill("https://93.184.216.34/night")
        page.get_by_role("button", name="Add").click()
        expect(page.locator("#content")).to_contain_text("whsec_")
        page.get_by_role("link", name="I have kept it").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("night-hook")
        assert "whsec_" not in page.content()
        page.get_by_role("button", name="Send a test").click()
        expect(note).to_contain_text("on its way")
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(note).to_contain_text("deleted")
        assert [text for text in visit.wrong if "409" not in text] == []
