"""The check of stored names, through HTTP; what cannot be stored through the API is written past it."""

import uuid
from typing import Any

import pytest
from sqlalchemy import update

from services.propagation.models import DimensionValue, String
from services.propagation.operations.strings import checking
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import change, set_workspace
from tests.propagation.naming import Naming, answered

Body = dict[str, Any]


def check(naming: Naming, person: Person | None = None, **body: Any) -> Body:
    found: Body = answered((person or naming.person).post("strings/check", body))
    return found


def types(problems: list[Body]) -> list[tuple[int, str]]:
    return [(row["string_id"], row["type"]) for row in problems]


def spoil(app: ServiceApp, context: Context, string: Body, **values: Any) -> None:
    """Writes what no call would."""
    with app.runtime.db.transaction(context) as session:
        session.execute(update(String).where(String.id == string["id"]).values(**values))


def test_a_sound_tree(naming: Naming) -> None:
    tree = naming.tree(2, 2)
    found = check(naming, rule=naming.rule)
    assert found == {"errors": [], "warnings": [], "checked": 7, "error_count": 0, "warning_count": 0, "next": None}
    assert check(naming, string_ids=[tree["account"]["id"], tree["account"]["id"]])["checked"] == 1
    assert check(naming, string_ids=[])["checked"] == 0


def test_a_name_that_its_details_do_not_give(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = naming.tree(1, 1)
    spoil(app, context, tree["ads"][0], value="WRONG")
    found = check(naming, rule=naming.rule)
    assert types(found["errors"]) == [(tree["ads"][0]["id"], "value_mismatch")]
    assert "NIKE-SS26-a0" in found["errors"][0]["message"]
    assert (found["error_count"], found["warnings"]) == (1, [])


def test_unknown_and_foreign_strings(naming: Naming, person: MakePerson) -> None:
    account = naming.tree(0)["account"]
    other = person(tenant_id=uuid.uuid4())
    assert types(check(naming, other, string_ids=[account["id"]])["errors"]) == [(account["id"], "not_found")]
    assert types(check(naming, string_ids=[10**12, account["id"]])["errors"]) == [(10**12, "not_found")]


def test_what_is_required_and_missing(naming: Naming) -> None:
    string = naming.make("account", {"Brand": "NIKE"}, value="imported")
    found = check(naming, string_ids=[string["id"]])
    assert types(found["errors"]) == [(string["id"], "required_dimension_missing")]
    assert types(found["warnings"]) == [(string["id"], "stale")]


def test_wrong_places(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = naming.tree(1, 1)
    account, campaign, ad = tree["account"], tree["campaigns"][0], tree["ads"][0]
    spoil(app, context, ad, parent_id=account["id"])
    assert types(check(naming, string_ids=[ad["id"]])["errors"]) == [(ad["id"], "invalid_parent")]
    spoil(app, context, account, parent_id=campaign["id"])
    found = check(naming, string_ids=[account["id"], campaign["id"]])
    assert types(found["errors"]) == [
        (account["id"], "invalid_parent"),
        (account["id"], "circular_dependency"),
        (campaign["id"], "circular_dependency"),
    ]


def test_values_that_went_out_of_use(naming: Naming, app: ServiceApp, context: Context) -> None:
    account = naming.tree(0)["account"]
    with app.runtime.db.transaction(context) as session:
        values = update(DimensionValue)
        session.execute(values.where(DimensionValue.value == "NIKE").values(status="inactive"))
        session.execute(values.where(DimensionValue.value == "EU").values(valid_until="2020-01-01"))
    found = check(naming, string_ids=[account["id"]])
    assert found["errors"] == []
    assert sorted(types(found["warnings"])) == [(account["id"], "value_inactive"), (account["id"], "value_not_valid")]


def test_dependent_values(naming: Naming, app: ServiceApp, context: Context) -> None:
    answered(naming.person.patch(f"dimensions/{naming.dimensions['Region']}", {"parent": naming.dimensions["Brand"]}))
    account = naming.tree(0)["account"]
    with app.runtime.db.transaction(context) as session:
        eu = update(DimensionValue).where(DimensionValue.value == "EU")
        session.execute(eu.values(parent_id=naming.values["PUMA"]))
    assert types(check(naming, rule=naming.rule)["errors"]) == [(account["id"], "dependent_value_mismatch")]


def test_strings_that_are_behind(naming: Naming) -> None:
    tree = naming.tree(1, 0)
    set_workspace(naming, auto_regenerate_strings=False)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    found = check(naming, rule=naming.rule)
    assert (tree["account"]["id"], "value_mismatch") in types(found["errors"])
    assert (tree["account"]["id"], "stale") in types(found["warnings"])


def test_a_large_rule_is_checked_in_several_calls(naming: Naming, app: ServiceApp, context: Context) -> None:
    ids = sorted(
        row["id"] for rows in (naming.tree(2, 2),) for row in [rows["account"], *rows["campaigns"], *rows["ads"]]
    )
    with app.runtime.db.transaction(context) as session:
        first = checking.check_rule(session, naming.rule, limit=1)
        assert (first.checked, first.last_id) == (7, ids[-1])
    assert check(naming, rule=naming.rule, after=ids[2])["checked"] == 4


def test_the_whole_workspace_page_by_page(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = naming.tree(3, 2)
    spoil(app, context, tree["ads"][4], value="WRONG")
    with app.runtime.db.transaction(context) as session:
        found = list(checking.pages(session, size=4))
    assert [page.strings for page in found] == [4, 4, 2]
    assert [problem.string_id for page in found for problem in page.problems] == [tree["ads"][4]["id"]]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"string_ids": [1], "rule": 1},
        {"string_ids": ["1"]},
        {"string_ids": [0]},
        {"string_ids": list(range(1, 1002))},
        {"string_ids": None},
        {"rule": 10**12},
        {"rule": 1, "after": -1},
        {"string_ids": [], "all": True},
    ],
)
def test_what_cannot_be_asked(naming: Naming, body: Body) -> None:
    answered(naming.person.post("strings/check", body), 422)


def test_the_number_of_statements_does_not_grow(naming: Naming, app: ServiceApp) -> None:
    def cost(ads: int) -> int:
        tree = naming.tree(1, ads)
        with counting(app.runtime.db.engine) as sent:
            check(naming, string_ids=[tree["account"]["id"], *(row["id"] for row in tree["ads"])])
        assert naming.person.delete(f"strings/{tree['account']['id']}?cascade=true").status_code == 204
        return len(sent)

    assert cost(1) == cost(9) <= 12


def test_viewers_may_check(naming: Naming, person: MakePerson) -> None:
    assert check(naming, person(sub="vera", roles=["viewer"]), string_ids=[])["errors"] == []
