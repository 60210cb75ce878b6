"""Strings in bulk, with the example convention: installed through HTTP, loaded, and the same as made one by one."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select

from examples.naming.convention import Convention
from examples.naming.generate import generate, sizes
from examples.naming.load import Installer
from services.propagation.models import Detail, String
from shared.app import ServiceApp
from shared.errors import Invalid
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Issuer, Person
from tests.fixtures.strings_in_bulk import StringRow, load_strings
from tests.propagation.naming import Naming, answered, detail_of

PLATFORM = "meta-ads"


@pytest.fixture(scope="session")
def convention() -> Convention:
    return Convention.read()


@pytest.fixture
def client(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {issuer.token(tenant_id)}"}
    transport = httpx2.WSGITransport(app=app)
    with httpx2.Client(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        yield client


def rows(convention: Convention, count: int) -> list[StringRow]:
    return [StringRow(*row) for row in generate(convention, count)]


def load(database: TestDatabase, tenant_id: uuid.UUID, given: list[StringRow], platform: str = PLATFORM) -> int:
    with database.db.transaction(Context(tenant_id=tenant_id)) as session:
        return load_strings(session, given, platform=platform, batch_size=50).strings


@pytest.mark.parametrize("count", [1, 3, 6, 400, 5000])
def test_the_tree_has_the_size_asked_for(convention: Convention, count: int) -> None:
    tree = rows(convention, count)
    assert len(tree) == count == sum(sizes(count))
    assert tree == rows(convention, count)
    assert all(row.parent is not None and row.parent < row.key for row in tree[1:])  # type: ignore[operator]


def test_installing_twice_changes_nothing(client: httpx2.Client, convention: Convention) -> None:
    created = Installer(client, convention).install()
    assert created["dimension-values"] == len(convention.values)
    assert (created["fields"], created["dimensions"], created["rules"]) == (6, 11, 3)
    assert Installer(client, convention).install() == {}


def test_a_loaded_tree_is_what_its_details_say(
    client: httpx2.Client,
    convention: Convention,
    propagation_database: TestDatabase,
    tenant_id: uuid.UUID,
    ada: Person,
) -> None:
    Installer(client, convention).install()
    tree = rows(convention, 300)
    assert load(propagation_database, tenant_id, tree) == 300
    top = answered(ada.get("strings?limit=1&ordering=id"))["results"][0]
    assert (top["value"], top["version"], top["is_auto_generated"]) == ("NORDA-EMEA", 1, True)
    assert {row["is_inherited"] for row in top["details"]} == {False}
    below = answered(ada.get(f"strings/{top['id']}/descendants?limit=200"))["results"]
    account = next(row for row in below if row["field_level"] == 2)
    assert account["value"] == "NORDA_DE_de"
    assert detail_of(account, "Brand")["source_string"] == top["id"]
    assert detail_of(account, "Country")["is_inherited"] is False
    url = next(row for row in below if row["field_level"] == 6)
    assert detail_of(url, "Brand")["source_string"] == top["id"]
    assert detail_of(url, "Note")["is_inherited"] is False
    with propagation_database.db.transaction(Context(tenant_id=tenant_id)) as session:
        count = select(func.count()).where(String.tenant_id == tenant_id, String.parent_id.is_not(None))
        children = select(func.sum(String.children)).where(String.tenant_id == tenant_id)
        assert session.scalar(count) == session.scalar(children) == 299


def test_loaded_and_made_one_by_one_are_alike(
    naming: Naming, propagation_database: TestDatabase, tenant_id: uuid.UUID
) -> None:
    by_hand = naming.make("account", {"Brand": "NIKE", "Region": "US"})
    values = {"Brand": "PUMA", "Season": "SS26", "Note": None}
    below = naming.make("campaign", values, by_hand["id"])
    lowest = naming.make("ad", {"Brand": "PUMA", "Season": "FW26"}, below["id"])
    given = [
        StringRow("a", None, "account", "Standard", {"Brand": "NIKE", "Region": "EU"}, "NIKE-EU"),
        StringRow("c", "a", "campaign", "Standard", values),
        StringRow("d", "c", "ad", "Standard", {"Brand": "PUMA", "Season": "FW26"}),
    ]
    assert load(propagation_database, tenant_id, given) == 3
    loaded = answered(naming.person.get("strings?limit=3&ordering=-id"))["results"]
    for mine, theirs in zip(reversed(loaded), (by_hand, below, lowest), strict=True):
        assert mine["value"] == theirs["value"].replace("-US", "-EU")
        lineage = [
            (row["dimension"], row["is_inherited"], row["source_string"] and row["source_string"] - mine["id"])
            for row in mine["details"]
        ]
        assert lineage == [
            (row["dimension"], row["is_inherited"], row["source_string"] and row["source_string"] - theirs["id"])
            for row in theirs["details"]
        ]
    # A loaded string is changed like any other.
    brand = detail_of(loaded[-1], "Brand")["id"]
    answered(naming.person.patch(f"string-details/{brand}", {"dimension_value": naming.values["VANS"]}))
    assert naming.string(loaded[0]["id"])["value"] == "VANS-FW26"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (StringRow(2, 1, "campaign", "Standard", {"Brand": "NIKE"}), "required_dimension_missing"),
        (StringRow(2, 1, "ad", "Standard", {"Brand": "NIKE"}), "invalid_parent"),
        (StringRow(2, 9, "campaign", "Standard", {"Brand": "NIKE"}), "not_found"),
        (StringRow(2, None, "account", "Standard", {"Brand": "ACME", "Region": "EU"}), "not_found"),
        (StringRow(2, None, "account", "Other", {"Brand": "NIKE", "Region": "EU"}), "not_found"),
        (StringRow(2, None, "account", "Standard", {"Brand": "NIKE", "Region": "US"}, "NIKE"), "value_mismatch"),
    ],
)
def test_one_wrong_row_refuses_all(
    naming: Naming, propagation_database: TestDatabase, tenant_id: uuid.UUID, row: StringRow, code: str
) -> None:
    first = StringRow(1, None, "account", "Standard", {"Brand": "NIKE", "Region": "EU"})
    with pytest.raises(Invalid) as refused:
        load(propagation_database, tenant_id, [first, row])
    assert (refused.value.code, refused.value.members["row"]) == (code, 2)
    assert answered(naming.person.get("strings"))["results"] == []


def test_values_keep_constraints_and_dependencies(
    naming: Naming, propagation_database: TestDatabase, tenant_id: uuid.UUID
) -> None:
    naming.add("dimension-constraints", dimension=naming.dimensions["Note"], constraint_type="no_spaces")
    answered(naming.person.patch(f"dimensions/{naming.dimensions['Season']}", {"parent": naming.dimensions["Brand"]}))
    season = f"dimension-values/{naming.values['SS26']}"
    answered(naming.person.patch(season, {"parent": naming.values["PUMA"]}))
    top = StringRow(1, None, "account", "Standard", {"Brand": "NIKE", "Region": "EU"})
    for values, code in (
        ({"Brand": "NIKE", "Season": "FW26", "Note": "a b"}, "constraint_violation"),
        ({"Brand": "NIKE", "Season": "SS26"}, "dependent_value_mismatch"),
    ):
        with pytest.raises(Invalid) as refused:
            load(propagation_database, tenant_id, [top, StringRow(2, 1, "campaign", "Standard", values)])
        assert (refused.value.code, refused.value.members["row"]) == (code, 2)
    fine = StringRow(2, 1, "campaign", "Standard", {"Brand": "PUMA", "Season": "SS26", "Note": "ab"})
    assert load(propagation_database, tenant_id, [top, fine]) == 2


def test_statements_do_not_grow_with_rows(
    naming: Naming, propagation_database: TestDatabase, tenant_id: uuid.UUID, tmp_path: Path
) -> None:
    values = {"Brand": "NIKE", "Season": "SS26"}
    counts = []
    for size, region in ((10, "EU"), (200, "US")):
        top = StringRow("top", None, "account", "Standard", {"Brand": "NIKE", "Region": region})
        family = [StringRow(n, "top", "campaign", "Standard", values | {"Note": f"n{n}"}) for n in range(size)]
        with propagation_database.db.transaction(Context(tenant_id=tenant_id)) as session:
            wire = session.connection().connection.driver_connection.pgconn  # type: ignore[union-attr]
            with (tmp_path / region).open("w") as log:
                wire.trace(log.fileno())
                loaded = load_strings(session, [top, *family], platform=PLATFORM)
                wire.untrace()
            stored = select(func.count()).where(Detail.tenant_id == tenant_id)
            assert loaded == (size + 1, 2 + 3 * size)
            assert (session.scalar(stored) or 0) >= loaded.details
        # The driver prepares what it has sent a few times; until then it goes as a simple query.
        sent = (tmp_path / region).read_text()
        counts.append(sent.count("\tExecute\t") + sent.count("\tQuery\t"))
    assert counts[0] == counts[1] > 0
