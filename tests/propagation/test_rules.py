"""Rules as a whole through HTTP: problems, the matrix, simulation."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.app import ServiceApp
from tests.fixtures.people import codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import stored_names
from tests.propagation.naming import Naming, answered


def simulate(naming: Naming, field: str, values: dict[str, str | None], **more: Any) -> dict[str, Any]:
    body = {"field": naming.fields[field], "values": values} | more
    found: dict[str, Any] = answered(naming.person.post(f"rules/{naming.rule}/simulate", body))
    return found


def problem_codes(found: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in found["problems"]]


def test_a_rule_lists_its_problems(naming: Naming) -> None:
    address = f"rules/{naming.rule}"
    sound = naming.person.get(address)
    assert answered(sound)["problems"] == []
    naming.add("fields", platform=naming.platform, name="URL", field_level=4)
    gap = {"dimension": naming.dimensions["Note"], "dimension_order": 7}
    naming.add("rule-details", rule=naming.rule, field=naming.fields["account"], **gap)
    broken = naming.person.get(address, headers={"If-None-Match": sound.headers["ETag"]})
    found = [(problem["code"], problem["field_name"]) for problem in answered(broken)["problems"]]
    assert found == [("order_not_contiguous", "account"), ("no_rule_details", "URL")]
    assert "[1, 2, 7]" in broken.get_json()["problems"][0]["message"]
    # The tag covers the problems, and is the one that a change takes.
    assert naming.person.get(address, headers={"If-None-Match": broken.headers["ETag"]}).status_code == 304
    stale = naming.person.patch(address, {"description": "x"}, headers={"If-Match": sound.headers["ETag"]})
    assert stale.status_code == 412
    fresh = naming.person.patch(address, {"description": "x"}, headers={"If-Match": broken.headers["ETag"]})
    assert len(answered(fresh)["problems"]) == 2
    assert "problems" not in answered(naming.person.get("rules"))["results"][0]


def test_the_matrix_tells_what_is_repeated_where(naming: Naming, person: MakePerson) -> None:
    matrix = answered(person(sub="vic", roles=["viewer"]).get(f"rules/{naming.rule}/inheritance"))
    assert [place["field_name"] for place in matrix["fields"]] == ["account", "campaign", "ad"]
    lines = {line["dimension_name"]: line["levels"] for line in matrix["dimensions"]}
    assert list(lines) == ["Brand", "Region", "Season", "Note"]
    account, campaign, ad = lines["Brand"]
    assert (account["comes_from"], account["agrees"]) == (None, {})
    assert campaign["comes_from"]["field_name"] == "account"
    assert campaign["agrees"] == {"prefix": True, "suffix": True, "delimiter": False}
    assert (ad["comes_from"]["field"], ad["dimension_order"]) == (naming.fields["campaign"], 1)
    assert lines["Note"][1]["agrees"] == {"prefix": False, "suffix": False, "delimiter": True}
    assert naming.person.get("rules/999999999/inheritance").status_code == 404


def test_a_simulated_name_is_the_one_that_is_stored(naming: Naming) -> None:
    values: dict[str, str | None] = {"Brand": "NIKE", "Season": "SS26", "Note": "x"}
    found = simulate(naming, "campaign", values)
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    assert (found["value"], found["problems"]) == (naming.make("campaign", values, account["id"])["value"], [])
    assert [(part["dimension_name"], part["text"], part["delimiter"]) for part in found["parts"]] == [
        ("Brand", "NIKE", "_"),
        ("Season", "SS26", "|"),
        ("Note", "[x]", ""),
    ]
    assert "strings" not in found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    brand=st.none() | st.sampled_from(["NIKE", "VANS"]),
    season=st.none() | st.sampled_from(["SS26", "FW26"]),
    note=st.none() | st.text("ab ]|_-", min_size=1, max_size=5),
    field=st.sampled_from(["account", "campaign", "ad"]),
)
def test_simulation_and_storing_agree(
    naming: Naming, brand: str | None, season: str | None, note: str | None, field: str
) -> None:
    values = {"Brand": brand, "Season": season, "Note": note, "Region": "EU"}
    body = naming.body(field, values={name: value for name, value in values.items() if value}, dry_run=True)
    stored = naming.person.post("strings", body)
    found = simulate(naming, field, values)
    if stored.status_code == 200:
        assert (found["value"], found["problems"]) == (stored.get_json()["value"], [])
    else:
        assert found["value"] is None
        assert stored.get_json()["code"] in problem_codes(found)


def test_edits_are_tried_unsaved(naming: Naming) -> None:
    season = naming.rule_details["campaign", "Season"]
    edits = [
        {"id": season, "prefix": "s:", "delimiter": ""},
        {"dimension": naming.dimensions["Brand"], "delimiter": None},
        {"dimension": naming.dimensions["Region"], "suffix": "!"},
    ]
    values: dict[str, str | None] = {"Brand": "NIKE", "Season": "SS26", "Note": "x", "Region": "EU"}
    assert simulate(naming, "campaign", values, rule_details=edits)["value"] == "NIKE-s:SS26[x]-EU!"
    without = [{"id": season, "remove": True}]
    assert simulate(naming, "campaign", values, rule_details=without)["value"] == "NIKE_[x]"
    gap = simulate(naming, "campaign", values, rule_details=[{"id": season, "dimension_order": 9}])
    assert (gap["value"], problem_codes(gap)) == (None, ["order_not_contiguous"])
    assert simulate(naming, "campaign", values)["value"] == "NIKE_SS26|[x]"


def test_problems_of_values(naming: Naming) -> None:
    note = naming.dimensions["Note"]
    naming.add("dimension-constraints", dimension=note, constraint_type="no_spaces")
    answered(naming.person.patch(f"dimension-values/{naming.values['FW26']}", {"status": "inactive"}))
    found = simulate(naming, "campaign", {"Brand": "ACME", "Season": "FW26", "Note": "a b"})
    assert found["value"] == "ACME_FW26|[a b]"
    assert problem_codes(found) == ["unknown_value", "inactive_value", "constraint_violation"]
    assert found["problems"][2]["dimension"] == note
    missing = simulate(naming, "campaign", {"Season": None})
    assert (missing["value"], problem_codes(missing)) == (None, ["required_dimension_missing"] * 2)


def test_what_edits_would_do_to_the_names_that_exist(naming: Naming) -> None:
    tree = naming.tree(campaigns=3, ads=0)
    region = {"dimension": naming.dimensions["Region"], "is_required": False}
    found = simulate(
        naming,
        "campaign",
        {},
        strings=True,
        rule_details=[{"dimension": naming.dimensions["Brand"], "prefix": "b_"}, region],
    )
    first = [
        {"string": row["id"], "old": row["value"], "new": f"b_{row['value']}", "code": None}
        for row in tree["campaigns"]
    ]
    assert found["strings"] == {"total": 3, "changed": 3, "failed": 0, "first": first}
    same = simulate(naming, "campaign", {}, strings=True)["strings"]
    assert (same["total"], same["changed"], same["first"]) == (3, 0, [])
    required = simulate(naming, "campaign", {}, strings=True, rule_details=[region | {"is_required": True}])["strings"]
    assert (required["changed"], required["failed"]) == (0, 3)
    assert {row["code"] for row in required["first"]} == {"required_dimension_missing"}


def test_the_new_name_is_the_one_that_the_edit_gives(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    naming.make("campaign", {"Brand": "NIKE", "Season": "SS26", "Note": "n", "Region": "EU"}, account["id"])
    naming.make("campaign", {"Brand": "NIKE", "Season": "FW26", "Region": "US"}, account["id"])
    edit = {"dimension": naming.dimensions["Region"], "suffix": "!", "is_required": False, "dimension_order": 4}
    found = simulate(naming, "campaign", {}, strings=True, rule_details=[edit])["strings"]
    shown = {row["string"]: row["new"] for row in found["first"]}
    body = {"rule": naming.rule, "field": naming.fields["campaign"]} | edit
    assert naming.person.post("rule-details", body).status_code == 201
    names = stored_names(naming)
    assert {string_id: names[string_id] for string_id in shown} == shown
    assert set(shown.values()) == {"NIKE_SS26|[n]-EU!", "NIKE_FW26|US!"}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/field", "required"),
        ({"field": 2**40}, "/field", "not_found"),
        ({"values": {"Colour": "red"}}, "/values/Colour", "not_found"),
        ({"values": {"Brand": "x" * 101}}, "/values/Brand", "invalid"),
        ({"rule_details": [{"prefix": "x"}]}, "/rule_details/0/dimension", "required"),
        ({"rule_details": [{"id": 2**40}]}, "/rule_details/0/id", "not_found"),
        ({"rule_details": [{"dimension": 2**40}]}, "/rule_details/0/dimension", "not_found"),
        ({"rule_details": [{"dimension": 1, "delimiter": "--"}]}, "/rule_details/0/delimiter", "invalid"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_simulations_that_cannot_be(naming: Naming, body: dict[str, Any], pointer: str, code: str) -> None:
    sent = ({"field": naming.fields["campaign"]} if body else {}) | body
    refused = naming.person.post(f"rules/{naming.rule}/simulate", sent)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert refused.get_json()["errors"][0]["pointer"] == pointer


def test_a_field_of_another_platform(naming: Naming) -> None:
    other = naming.add("platforms", platform_type="search", name="Google Ads")
    field = naming.add("fields", platform=other, name="campaign", field_level=1)
    refused = naming.person.post(f"rules/{naming.rule}/simulate", {"field": field, "values": {}})
    assert (refused.status_code, codes(refused)) == (422, ["wrong_platform"])


def test_a_viewer_may_simulate_and_nothing_is_written(naming: Naming, person: MakePerson, app: ServiceApp) -> None:
    counts = []
    for campaigns in (2, 40):
        naming.tree(campaigns=campaigns, ads=0) if campaigns == 2 else _more(naming, campaigns)
        viewer = person(sub="vic", roles=["viewer"])
        answered(viewer.get("workspace"))
        body = {"field": naming.fields["campaign"], "values": {}, "strings": True}
        with counting(app.runtime.db.engine) as sent:
            answered(viewer.post(f"rules/{naming.rule}/simulate", body))
        assert not [statement for statement in sent if statement.lstrip().lower().startswith(("insert", "update"))]
        counts.append(len(sent))
    assert counts[0] == counts[1]


def _more(naming: Naming, count: int) -> None:
    account = naming.make("account", {"Brand": "VANS", "Region": "US"})
    for number in range(count):
        naming.make("campaign", {"Brand": "VANS", "Season": "SS26", "Note": f"n{number}"}, account["id"])
