"""All strings as CSV, in the columns that an import takes."""

import uuid
from typing import Any

import pytest

from shared.app import ServiceApp
from tests.fixtures.statements import counting
from tests.propagation.changing import answered_csv, everything
from tests.propagation.naming import Naming, answered

OWN = ["string_id", "key", "parent_id", "parent_key", "field", "value"]


def exported(naming: Naming, **filters: Any) -> list[dict[str, str]]:
    return answered_csv(naming.person.get("strings", query_string={"format": "csv", **filters}))


def test_each_string_is_a_row(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=1)
    rows = exported(naming)
    assert list(rows[0]) == [*OWN, "dimension:Brand", "dimension:Region", "dimension:Season", "dimension:Note"]
    assert [int(row["string_id"]) for row in rows] == sorted(row["id"] for row in everything(naming.person, "strings"))
    account, campaign, *_rest = rows
    assert list(account.values()) == [
        str(tree["account"]["id"]), "", "", "", "account", "NIKE-EU", "NIKE", "EU", "", "",
    ]  # fmt: skip
    assert (campaign["parent_id"], campaign["dimension:Note"]) == (account["string_id"], "c0")


def test_filters_choose_rows_and_columns(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=1)
    rows = exported(naming, field=naming.fields["account"])
    assert [row["value"] for row in rows] == ["NIKE-EU"]
    assert list(rows[0]) == [*OWN, "dimension:Brand", "dimension:Region"]
    assert len(exported(naming, parent=tree["account"]["id"])) == 2
    assert exported(naming, value="nobody") == []


def test_custom_fields_are_columns(naming: Naming) -> None:
    naming.make(
        "account", {"Brand": "NIKE", "Region": "EU"}, custom_fields={"budget": 10, "code": "10", "is new": True}
    )
    naming.make("account", {"Brand": "PUMA", "Region": "EU"}, custom_fields={"code": "=A1"})
    first, second = exported(naming)
    assert (first["custom:budget"], first["custom:code"], first["custom:is new"]) == ("10", '"10"', "true")
    assert (second["custom:budget"], second["custom:code"], second["custom:is new"]) == ("", "'=A1", "")


def test_nothing_is_a_header_and_no_row(naming: Naming) -> None:
    response = naming.person.get("strings?format=csv")
    assert response.get_data(as_text=True) == ",".join(OWN) + "\r\n"
    assert response.headers["Content-Disposition"] == 'attachment; filename="strings.csv"'


@pytest.mark.parametrize("more", ["limit=5", "ordering=value", "cursor=x", "count=exact"])
def test_what_is_for_pages_is_refused(naming: Naming, more: str) -> None:
    answer = answered(naming.person.get(f"strings?format=csv&{more}"), 422)
    assert answer["code"] == "not_with_csv"


def test_other_workspaces_are_not_in_it(naming: Naming, person: Any) -> None:
    naming.tree(campaigns=1, ads=1)
    stranger = person(tenant_id=uuid.uuid4())
    assert answered_csv(stranger.get("strings?format=csv")) == []


def test_statements_do_not_grow_with_rows(naming: Naming, app: ServiceApp) -> None:
    account = naming.tree(campaigns=2, ads=1)["account"]
    with counting(app.runtime.db.engine) as few:
        exported(naming)
    for number in range(20):
        naming.make("campaign", {"Brand": "NIKE", "Season": "SS26", "Note": f"more {number}"}, account["id"])
    with counting(app.runtime.db.engine) as many:
        assert len(exported(naming)) == 25
    assert len(few) == len(many)
