"""Where each part of a name comes from, through HTTP."""

from collections.abc import Mapping
from typing import Any

from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import change, set_own, set_workspace
from tests.propagation.naming import Naming, answered


def explained(naming: Naming, string: Mapping[str, Any], person: Person | None = None) -> dict[str, Any]:
    found: dict[str, Any] = answered((person or naming.person).get(f"strings/{string['id']}/explain"))
    return found


def part(explanation: Mapping[str, Any], dimension: str) -> dict[str, Any]:
    return next(row for row in explanation["parts"] if row["dimension_name"] == dimension)


def test_each_part_tells_what_it_adds(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    campaign = tree["campaigns"][0]
    found = explained(naming, campaign)
    assert (found["id"], found["value"], found["version"]) == (campaign["id"], "NIKE_SS26|[c0]", 1)
    assert (found["generated_value"], found["problem"]) == ("NIKE_SS26|[c0]", None)
    assert [row["order"] for row in found["parts"]] == [1, 2, 3]
    assert "".join((row["text"] or "") + (row["delimiter_after"] or "") for row in found["parts"]) == found["value"]
    note = part(found, "Note")
    assert (note["effective_value"], note["prefix"], note["suffix"], note["text"]) == ("c0", "[", "]", "[c0]")
    assert (note["delimiter_after"], note["is_required"], note["dimension"]) == (None, False, naming.dimensions["Note"])
    assert (part(found, "Brand")["delimiter_after"], part(found, "Brand")["is_required"]) == ("_", True)


def test_origins(naming: Naming) -> None:
    tree = naming.tree(1, 0)
    account, campaign = tree["account"], tree["campaigns"][0]
    ad = naming.make("ad", {"Brand": "NIKE", "Note": "x"}, campaign["id"])
    found = explained(naming, ad)
    brand, season, note = (part(found, name) for name in ("Brand", "Season", "Note"))
    assert (brand["origin"], brand["source_string"]) == (
        "inherited",
        {"id": account["id"], "value": "NIKE-EU", "level": 1},
    )
    assert (season["origin"], season["source_string"], season["text"]) == ("missing", None, None)
    assert (season["changed_at"], season["changed_by"], season["job"]) == (None, None, None)
    assert (note["origin"], note["source_string"]) == ("own", None)
    assert (note["changed_by"], note["job"], note["changed_at"]) == (ad["created_by"], None, ad["created_at"])


def test_who_changed_it_last_and_in_which_run(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    first = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]["job_id"]
    answered(change(naming, tree["ads"][0], "Note", "y"))
    found = explained(naming, tree["ads"][0])
    (version, *_) = answered(naming.person.get(f"strings/{tree['ads'][0]['id']}/history"))["results"]
    assert part(found, "Brand")["job"] == first
    assert part(found, "Note")["job"] == version["batch_id"] != first
    assert part(found, "Note")["changed_at"] == version["modified_at"]
    assert part(found, "Note")["changed_by"] == version["modified_by"]
    assert part(found, "Season")["job"] is None


def test_the_rule_and_its_layer(naming: Naming) -> None:
    ad = naming.tree(1, 1)["ads"][0]
    service = part(explained(naming, ad), "Note")["rule"]
    assert service == {"name": "inherit_if_empty", "layer": "service", "key": "dimension_value_freetext"}
    set_workspace(naming, field_propagation_rules={"dimension_value:Note": "inherit_never"})
    assert part(explained(naming, ad), "Note")["rule"] == {
        "name": "inherit_never",
        "layer": "workspace",
        "key": "dimension_value:Note",
    }
    set_own(naming, field_propagation_rules={"default": "inherit_unless_overridden"})
    assert part(explained(naming, ad), "Brand")["rule"] == {
        "name": "inherit_unless_overridden",
        "layer": "user",
        "key": "default",
    }


def test_a_value_that_a_rule_kept_says_so(naming: Naming) -> None:
    tree = naming.tree(1, 0)
    campaign = tree["campaigns"][0]
    ad = naming.make("ad", {"Brand": "NIKE", "Season": "SS26", "Note": "c0"}, campaign["id"])
    assert part(explained(naming, ad), "Note")["is_kept"] is False
    answered(change(naming, campaign, "Note", "new"))
    note = part(explained(naming, ad), "Note")
    assert (note["effective_value"], note["origin"], note["is_kept"]) == ("c0", "inherited", True)
    assert (note["source_string"]["id"], note["source_value"]) == (campaign["id"], "new")
    assert "kept" in note["note"]
    assert note["is_pending"] is False


def test_a_value_that_has_not_arrived_is_pending(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    answered(change(naming, tree["account"], "Brand", "PUMA", propagate=False))
    brand = part(explained(naming, tree["ads"][0]), "Brand")
    assert (brand["is_pending"], brand["is_kept"], brand["source_value"]) == (True, False, "PUMA")


def test_an_incomplete_name_tells_its_problem(naming: Naming) -> None:
    string = naming.make("account", {"Brand": "NIKE"}, value="imported")
    found = explained(naming, string)
    assert (found["value"], found["generated_value"]) == ("imported", None)
    assert found["problem"]["code"] == "required_dimension_missing"
    assert part(found, "Region")["origin"] == "missing"


def test_custom_fields_are_explained_too(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"}, custom_fields={"budget": 5, "owner": "ada"})
    campaign = naming.make(
        "campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"], custom_fields={"budget": 5, "owner": "bob"}
    )
    budget, owner = explained(naming, campaign)["custom_fields"]
    assert (budget["key"], budget["origin"], budget["source_string"]["id"]) == ("budget", "inherited", account["id"])
    assert (owner["value"], owner["origin"], owner["source_string"]) == ("bob", "own", None)
    assert owner["rule"]["name"] == "inherit_never"
    answered(naming.person.patch(f"strings/{account['id']}", {"custom_fields": {"budget": 6}}))
    assert explained(naming, campaign)["custom_fields"][0]["is_kept"] is True


def test_it_costs_few_statements(naming: Naming, app: ServiceApp) -> None:
    ad = naming.tree(1, 1)["ads"][0]
    with counting(app.runtime.db.engine) as sent:
        explained(naming, ad)
    assert len(sent) <= 12


def test_who_may(naming: Naming, person: MakePerson) -> None:
    account = naming.tree(0)["account"]
    assert explained(naming, account, person(sub="vera", roles=["viewer"]))["value"] == "NIKE-EU"
    answered(naming.person.get("strings/999999/explain"), 404)
