"""Names read back through HTTP: one at a time."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.app import ServiceApp
from tests.fixtures.people import codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.naming import Naming, answered


def parse(naming: Naming, field: str, value: str, **more: Any) -> dict[str, Any]:
    body = {"rule": naming.rule, "field": naming.fields[field], "value": value} | more
    found: dict[str, Any] = answered(naming.person.post("names/parse", body))
    return found


def texts(reading: list[dict[str, Any]]) -> dict[str, str]:
    return {part["dimension_name"]: part["text"] for part in reading}


def reasons(found: dict[str, Any]) -> list[tuple[str, int]]:
    assert found["matches"] is False
    return [(reason["code"], reason["position"]) for reason in found["reasons"]]


def test_a_name_is_read_back(naming: Naming, person: MakePerson) -> None:
    body = {"rule": naming.rule, "field": naming.fields["campaign"], "value": "NIKE_SS26|[launch week]"}
    found = answered(person(sub="vic", roles=["viewer"]).post("names/parse", body))
    brand = {"dimension": naming.dimensions["Brand"], "dimension_name": "Brand", "text": "NIKE"}
    (reading,) = found.pop("readings")
    assert reading[0] == brand | {"dimension_value": naming.values["NIKE"]}
    assert (reading[2]["text"], reading[2]["dimension_value"]) == ("launch week", None)
    assert found == {"matches": True, "ambiguous": False, "reasons": []}


@pytest.mark.parametrize(
    ("field", "name", "expected"),
    [
        ("campaign", "NIKE SS26", [("missing_delimiter", 4)]),
        ("campaign", "NIKE_SS26|launch]", [("wrong_prefix", 10)]),
        ("campaign", "NIKE_SS26|[launch", [("wrong_suffix", 17)]),
        ("campaign", "ACME_SS99", [("unknown_value", 0), ("unknown_value", 5)]),
        ("campaign", "VANS_FW26", [("inactive_value", 5)]),
        ("campaign", "NIKE", [("missing_required", 4)]),
        ("campaign", "NIKE_SS26|[x]y", [("extra_text", 13)]),
        ("campaign", "N" * 401, [("too_long", 400)]),
    ],
)
def test_reasons(naming: Naming, field: str, name: str, expected: list[tuple[str, int]]) -> None:
    answered(naming.person.patch(f"dimension-values/{naming.values['FW26']}", {"status": "inactive"}))
    found = parse(naming, field, name)
    assert reasons(found) == expected
    assert all(reason["message"] for reason in found["reasons"])


def test_expired_values_are_inactive_too(naming: Naming) -> None:
    naming.add_value("Season", "SS20", valid_until="2020-12-31")
    assert reasons(parse(naming, "campaign", "NIKE_SS20")) == [("inactive_value", 5)]


def test_dependent_values(naming: Naming) -> None:
    answered(naming.person.patch(f"dimensions/{naming.dimensions['Season']}", {"parent": naming.dimensions["Brand"]}))
    answered(naming.person.patch(f"dimension-values/{naming.values['SS26']}", {"parent": naming.values["PUMA"]}))
    assert parse(naming, "campaign", "PUMA_SS26")["matches"]
    assert reasons(parse(naming, "campaign", "NIKE_SS26")) == [("dependent_value_mismatch", 5)]


def test_the_longest_value_comes_first_unless_the_parent_says_otherwise(naming: Naming) -> None:
    naming.add_value("Brand", "NIKE-US")
    found = parse(naming, "ad", "NIKE-US-launch")
    assert found["ambiguous"]
    assert [texts(reading) for reading in found["readings"]] == [
        {"Brand": "NIKE-US", "Note": "launch"},
        {"Brand": "NIKE", "Note": "US-launch"},
    ]
    campaign = naming.tree(campaigns=1, ads=0)["campaigns"][0]
    below = parse(naming, "ad", "NIKE-US-launch", parent=campaign["id"])
    assert texts(below["readings"][0]) == {"Brand": "NIKE", "Note": "US-launch"}


def test_a_rule_with_problems_reads_nothing(naming: Naming) -> None:
    field = naming.add("fields", platform=naming.platform, name="URL", field_level=4)
    body = {"rule": naming.rule, "field": field, "value": "x"}
    assert reasons(answered(naming.person.post("names/parse", body))) == [("no_rule_details", 0)]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"value": " "}, "/value", "blank"),
        ({"value": "a\u0000"}, "/value", "control_character"),
        ({"value": 7}, "/value", "invalid"),
        ({"rule": 2**40}, "/rule", "not_found"),
        ({"field": 2**40}, "/field", "not_found"),
        ({"parent": 2**40}, "/parent", "not_found"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ],
)
def test_bad_input(naming: Naming, body: dict[str, Any], pointer: str, code: str) -> None:
    whole = {"rule": naming.rule, "field": naming.fields["campaign"], "value": "NIKE_SS26"}
    refused = naming.person.post("names/parse", whole | body)
    assert (refused.status_code, codes(refused)) == (422, [code])
    assert refused.get_json()["errors"][0]["pointer"] == pointer


def test_what_does_not_fit_together(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    whole = {"rule": naming.rule, "field": naming.fields["ad"], "value": "NIKE"}
    refused = naming.person.post("names/parse", whole | {"parent": account["id"]})
    assert (refused.status_code, codes(refused)) == (422, ["invalid_parent"])
    other = naming.add("platforms", platform_type="search", name="Google Ads")
    field = naming.add("fields", platform=other, name="campaign", field_level=1)
    refused = naming.person.post("names/parse", whole | {"field": field})
    assert (refused.status_code, codes(refused)) == (422, ["wrong_platform"])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    brand=st.sampled_from(["NIKE", "PUMA"]),
    season=st.none() | st.sampled_from(["SS26", "FW26"]),
    note=st.none() | st.text("ab-_|[]", min_size=1, max_size=6),
    field=st.sampled_from(["campaign", "ad"]),
)
def test_what_the_service_names_it_reads_back(
    naming: Naming, brand: str, season: str | None, note: str | None, field: str
) -> None:
    values = {"Brand": brand, "Season": season or ("SS26" if field == "campaign" else None), "Note": note}
    chosen = {name: value for name, value in values.items() if value}
    made = answered(naming.person.post("strings", naming.body(field, values=chosen, dry_run=True)))
    found = parse(naming, field, made["value"])
    assert found["matches"]
    assert chosen in [texts(reading) for reading in found["readings"]]


def test_long_lists_cost_no_more_statements(naming: Naming, app: ServiceApp) -> None:
    counts = []
    for size in (1, 60):
        for number in range(size):
            naming.add_value("Season", f"S{size}-{number}")
        with counting(app.runtime.db.engine) as sent:
            assert parse(naming, "campaign", f"NIKE_S{size}-0")["matches"]
        counts.append(len(sent))
    assert counts[0] == counts[1]
