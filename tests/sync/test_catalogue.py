"""The catalogue through HTTP: lists, edits that count as edits of the target, the history of a row."""

import uuid

import pytest
from sqlalchemy import select

from services.sync.loaders.targets import TARGETS
from services.sync.models import AuditEvent, RowHistory
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson, Unit
from tests.sync.putting import RUN, Putting
from tests.sync.putting import put as put


def test_every_table_is_listed(ada: Person) -> None:
    for table in TARGETS.shipped:
        answer = ada.get(f"catalogue/{table}?ordering=-id")
        assert (answer.status_code, answer.get_json()["results"]) == (200, []), table
    assert ada.get("catalogue/nothing").status_code == 404
    assert codes(ada.get("catalogue/product?colour=red")) == ["unknown_field"]


def test_rows_are_listed_by_key_and_deleted_ones_apart(ada: Person, put: Putting, unit: Unit) -> None:
    first, second, gone = (put.row("product", sku=sku, name=f"Chair {sku}", weight="1.5") for sku in ("B", "A", "C"))
    with unit() as session:
        session.execute(
            TARGETS["product"]
            .table.update()
            .where(TARGETS["product"].table.c.id == gone)
            .values(deleted_at=TARGETS["product"].table.c.created_at)
        )
    shown = ada.get("catalogue/product?ordering=sku").get_json()["results"]
    assert [row["id"] for row in shown] == [second, first]
    assert (shown[0]["weight"], shown[0]["source_pipeline"], shown[0]["edited_at"]) == ("1.500", "families", None)
    assert [row["id"] for row in ada.get("catalogue/product?deleted=true").get_json()["results"]] == [gone]
    assert [row["id"] for row in ada.get("catalogue/product?sku=B&sku=C").get_json()["results"]] == [first]
    assert ada.get(f"catalogue/product/{gone}").get_json()["deleted_at"] is not None


def test_an_edit_is_noted_by_the_database_and_audited(ada: Person, put: Putting, unit: Unit) -> None:
    row_id = put.row("product", sku="A-1", name="Chair")
    read = ada.get(f"catalogue/product/{row_id}")
    changed = ada.patch(f"catalogue/product/{row_id}", {"name": "Armchair"}, headers={"If-Match": read.headers["ETag"]})
    row = changed.get_json()
    assert (changed.status_code, row["name"], row["edited_by"], row["version"]) == (200, "Armchair", "ada", 2)
    assert row["edited_at"] is not None
    stale = ada.patch(f"catalogue/product/{row_id}", {"name": "Stool"}, headers={"If-Match": read.headers["ETag"]})
    assert (stale.status_code, stale.get_json()["code"]) == (412, "version_conflict")
    assert ada.patch(f"catalogue/product/{row_id}", {"name": "Stool", "version": 1}).status_code == 409
    with unit() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.entity_type == "product"))
        assert (event.action, event.changes) == ("product.updated", {"name": ["Chair", "Armchair"]})


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"colour": "red"}, "unknown_field"),
        ({"edited_by": "eve"}, "read_only"),
        ({"sku": None}, "null"),
        ({"sku": ""}, "blank"),
        ({"name": "x" * 501}, "too_long"),
        ({"weight": "1e12"}, "invalid"),
        ({"name": "a\u0000b"}, "control_character"),
        ({"category_id": 404}, "unknown_reference"),
    ],
)
def test_what_a_column_refuses(ada: Person, put: Putting, values: dict[str, object], code: str) -> None:
    row_id = put.row("product", sku="A-1")
    refused = ada.patch(f"catalogue/product/{row_id}", values)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert ada.get(f"catalogue/product/{row_id}").get_json()["version"] == 1


def test_words_and_taken_keys_are_refused(ada: Person, put: Putting) -> None:
    item, other = put.row("storage_item", legacy_id="1"), put.row("storage_item", legacy_id="2")
    assert ada.patch(f"catalogue/storage_item/{item}", {"status": "SOLD"}).status_code == 422
    assert ada.patch(f"catalogue/storage_item/{item}", {"status": "RESERVED"}).get_json()["status"] == "RESERVED"
    taken = ada.patch(f"catalogue/storage_item/{other}", {"legacy_id": "1"})
    assert (taken.status_code, taken.get_json()["code"]) == (409, "already_exists")


def test_history_tells_what_runs_changed(ada: Person, put: Putting, unit: Unit) -> None:
    row_id = put.row("product", sku="A-1", name="Chair, oak")
    with unit() as session:
        for old, new in (("Stool", "Chair"), ("Chair", "Chair, oak")):
            session.add(
                RowHistory(
                    table_name="product", row_id=row_id, run_id=RUN, action="update", fields={"name": [old, new]}
                )
            )
            session.flush()
    shown = ada.get(f"catalogue/product/{row_id}/history").get_json()["results"]
    assert [row["fields"]["name"] for row in shown] == [["Chair", "Chair, oak"], ["Stool", "Chair"]]
    assert ada.get("catalogue/product/404/history").status_code == 404


def test_others_see_and_edit_nothing(ada: Person, person: MakePerson, other_tenant: uuid.UUID, put: Putting) -> None:
    row_id = put.row("product", sku="A-1")
    assert person(tenant_id=other_tenant).get(f"catalogue/product/{row_id}").status_code == 404
    viewer = person(roles=["viewer"], sub="vic")
    assert viewer.get(f"catalogue/product/{row_id}").status_code == 200
    refused = viewer.patch(f"catalogue/product/{row_id}", {"name": "Stool"})
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "catalogue.edit")
    assert ada.patch("catalogue/product/404", {"name": "Stool"}).status_code == 404
