"""Forms of the console, as a browser without JavaScript sends them."""

from typing import Any

import pytest

from services.workflow.console import bulk
from tests.fixtures.people import Person
from tests.workflow.working import order, ticket, vendor


def send(person: Person, path: str, **form: Any) -> Any:
    headers = {"Authorization": f"Bearer {person.token}"}
    return person.client.post(f"/workflow/{path}", data=form, headers=headers)


def test_an_edit_sends_what_was_changed(ada: Person) -> None:
    row = order(ada, title="Paint", location_id="hall", due_at="2026-12-01T10:00:00.250000Z")
    path = f"work-orders/{row['id']}"
    form = {"version": "0", "title": "Paint", "location_id": "", "due_at": "2026-12-01T10:00:00", "priority": "HIGH"}
    assert send(ada, f"{path}/edit", **form).status_code == 303
    told = ada.get(path).get_json()
    assert (told["location_id"], told["priority"], told["version"]) == (None, "HIGH", 1)
    assert told["due_at"] == row["due_at"]  # forms have whole seconds; what nobody touched stays
    assert send(ada, f"{path}/edit", **form | {"version": "1"}).status_code == 303
    assert ada.get(path).get_json()["version"] == 1
    late = send(ada, f"{path}/edit", **form | {"title": "Repaint", "return_to": f"/workflow/{path}/edit"})
    assert late.status_code == 409
    assert 'value="Repaint"' in late.get_data(as_text=True)


def test_what_an_item_refers_to_is_shown_and_chosen_by_name(ada: Person) -> None:
    lift = vendor(ada)
    row = order(ada, vendor_id=lift["id"])
    headers = {"Authorization": f"Bearer {ada.token}"}
    page = ada.client.get(f"/workflow/work-orders/{row['id']}", headers=headers).get_data(as_text=True)
    assert "Lift &amp; Co." in page
    form = ada.client.get(f"/workflow/work-orders/{row['id']}/edit", headers=headers).get_data(as_text=True)
    assert f'<option value="{lift["id"]}" selected>Lift &amp; Co.</option>' in form


def test_more_than_one_call_carries_becomes_a_job(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(bulk, "PAGE", 1)
    for _ in range(3):
        ticket(ada, category="water")
    form = {"operation": "transition:OPEN", "of": "matching", "where/category[]": "water"}
    asked = send(ada, "tickets/bulk", **form).get_data(as_text=True)
    assert "More than a thousand match" in asked
    assert 'name="where/category[]" value="water"' in asked
    address = send(ada, "tickets/bulk/run", **form, dry_run="true").headers["Location"]
    job = ada.get(f"jobs/{address.rpartition('/')[2]}").get_json()
    assert (job["total"], job["bulk"]["dry_run"]) == (3, True)
    nothing = send(ada, "tickets/bulk", **form | {"where/category[]": "fire", "return_to": "/workflow/tickets"})
    assert nothing.status_code == 422
    assert "Nothing matches the filter." in nothing.get_data(as_text=True)
