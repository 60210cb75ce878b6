"""Strings through HTTP: names made from details, lineage, refusals, reading and deleting."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from services.propagation.models import AuditEvent, Detail, String, StringVersion
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.naming import Naming, answered, detail_of, made


def test_a_name_is_made_from_the_details(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    assert account["value"] == "NIKE-EU"
    assert (account["version"], account["is_auto_generated"], account["stale"]) == (1, True, False)
    assert account["generation_metadata"]["dimension_values_used"] == {"Brand": "NIKE", "Region": "EU"}
    assert (account["field_level"], account["can_have_children"]) == (1, True)
    assert account["suggested_child_field"] == naming.fields["campaign"]
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    assert campaign["value"] == "NIKE_SS26"
    with_note = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26", "Note": "launch"}, account["id"])
    assert with_note["value"] == "NIKE_SS26|[launch]"
    assert with_note["rule"] == naming.rule


def test_details_say_where_their_value_comes_from(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    own = detail_of(account, "Brand")
    assert (own["is_inherited"], own["source_string"]) == (False, None)
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    brand, season = detail_of(campaign, "Brand"), detail_of(campaign, "Season")
    assert (brand["is_inherited"], brand["source_string"]) == (True, account["id"])
    assert (season["is_inherited"], season["effective_value"]) == (False, "SS26")
    ad = naming.make("ad", {"Brand": "NIKE", "Season": "FW26"}, campaign["id"])
    assert detail_of(ad, "Brand")["source_string"] == account["id"]
    assert detail_of(ad, "Season")["is_inherited"] is False
    other = naming.make("ad", {"Brand": "PUMA", "Season": "SS26"}, campaign["id"])
    assert detail_of(other, "Brand")["is_inherited"] is False
    assert detail_of(other, "Season")["source_string"] == campaign["id"]


def test_own_keeps_a_value_from_counting_as_inherited(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    details = [
        {"dimension": naming.dimensions["Brand"], "dimension_value": naming.values["NIKE"], "own": True},
        {"dimension_name": "Season", "dimension_value": naming.values["SS26"]},
    ]
    campaign = made(naming.person.post("strings", naming.body("campaign", account["id"], details=details)))
    assert campaign["value"] == "NIKE_SS26"
    assert detail_of(campaign, "Brand")["is_inherited"] is False


def test_what_is_missing_can_be_taken_from_above(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Season": "SS26", "Note": None}, account["id"], inherit_missing=True)
    assert campaign["value"] == "NIKE_SS26"
    assert detail_of(campaign, "Brand")["source_string"] == account["id"]
    assert {row["dimension_name"] for row in campaign["details"]} == {"Brand", "Season", "Note"}
    ad = naming.make("ad", {}, campaign["id"], inherit_missing=True)
    assert ad["value"] == "NIKE-SS26"
    assert detail_of(ad, "Season")["source_string"] == campaign["id"]
    assert (detail_of(ad, "Note")["is_inherited"], detail_of(ad, "Note")["effective_value"]) == (True, None)


def test_an_expired_value_may_be_inherited_but_not_chosen(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    address = f"dimension-values/{naming.values['NIKE']}"
    answered(naming.person.patch(address, {"valid_until": "2020-01-01"}))
    refused = naming.person.post("strings", naming.body("account", values={"Brand": "NIKE", "Region": "US"}))
    assert (refused.status_code, codes(refused)) == (422, ["value_not_valid"])
    assert naming.make("campaign", {"Season": "SS26"}, account["id"], inherit_missing=True)["value"] == "NIKE_SS26"


@pytest.mark.parametrize(
    ("detail", "code", "place"),
    [
        ({"dimension_name": "Brand", "dimension_value": 999_999_999}, "not_found", "dimension_value"),
        ({"dimension_name": "Brand", "dimension_value": "EU"}, "wrong_dimension", "dimension_value"),
        ({"dimension_name": "Note", "dimension_value": "EU"}, "type_mismatch", "dimension_value"),
        ({"dimension_name": "Brand", "dimension_value_freetext": "x"}, "type_mismatch", "dimension_value_freetext"),
        ({"dimension_name": "Colour", "dimension_value_freetext": "x"}, "not_found", "dimension_name"),
        ({"dimension_name": "Brand", "dimension_value": None}, "required_dimension_missing", None),
        ({"dimension_name": "Brand"}, "required", None),
        ({"dimension_value": None}, "required", "dimension"),
        ({"dimension_name": "Note", "dimension_value_freetext": "x" * 101}, "invalid", "dimension_value_freetext"),
        ({"dimension_name": "Note", "dimension_value_freetext": "a\x01"}, "control_character", None),
    ],
)
def test_choices_that_are_not_possible(naming: Naming, detail: dict[str, Any], code: str, place: str | None) -> None:
    chosen = detail.get("dimension_value")
    detail = detail | ({"dimension_value": naming.values[chosen]} if isinstance(chosen, str) else {})
    refused = naming.person.post("strings", naming.body("account", details=[detail]))
    assert (refused.status_code, codes(refused)) == (422, [code]), refused.get_json()
    pointer = refused.get_json()["errors"][0]["pointer"]
    assert pointer.startswith("/details/0")
    assert place is None or pointer == f"/details/0/{place}"
    assert answered(naming.person.get("strings"))["results"] == []


def test_values_in_short_are_looked_up_by_name(naming: Naming) -> None:
    refused = naming.person.post("strings", naming.body("account", values={"Brand": "ADIDAS", "Rgion": "EU"}))
    assert (refused.status_code, codes(refused)) == (422, ["not_found", "not_found"])
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["/values/Brand", "/values/Rgion"]


def test_a_dimension_stands_once(naming: Naming) -> None:
    nike = {"dimension_value": naming.values["NIKE"]}
    details = [nike | {"dimension_name": "Brand"}, nike | {"dimension": naming.dimensions["Brand"]}]
    refused = naming.person.post("strings", naming.body("account", details=details))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "duplicate_item")
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["/details/0", "/details/1"]


def test_inactive_dimensions_and_values_are_not_chosen(naming: Naming) -> None:
    answered(naming.person.patch(f"dimension-values/{naming.values['VANS']}", {"status": "inactive"}))
    for values in ({"Brand": "VANS", "Region": "EU"},):
        refused = naming.person.post("strings", naming.body("account", values=values))
        assert (refused.status_code, codes(refused)) == (422, ["value_inactive"])
    answered(naming.person.patch(f"dimensions/{naming.dimensions['Region']}", {"status": "inactive"}))
    refused = naming.person.post("strings", naming.body("account", values={"Brand": "NIKE", "Region": "EU"}))
    assert (refused.status_code, codes(refused)) == (422, ["value_inactive"])


def test_dependent_values_go_together(naming: Naming) -> None:
    person = naming.person
    answered(person.patch(f"dimensions/{naming.dimensions['Season']}", {"parent": naming.dimensions["Brand"]}))
    naming.add_value("Season", "AIR26", parent=naming.values["NIKE"])
    account = naming.make("account", {"Brand": "PUMA", "Region": "EU"})
    body = naming.body("campaign", account["id"], values={"Season": "AIR26"}, inherit_missing=True)
    refused = person.post("strings", body)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "dependent_value_mismatch")
    assert naming.make("campaign", {"Brand": "NIKE", "Season": "AIR26"}, account["id"])["value"] == "NIKE_AIR26"


def test_a_given_name_must_be_what_its_details_give(naming: Naming) -> None:
    values = {"Brand": "NIKE", "Region": "EU"}
    refused = naming.person.post("strings", naming.body("account", values=values, value="NIKE/EU"))
    assert (refused.status_code, codes(refused)) == (422, ["value_mismatch"])
    assert refused.get_json()["generated"] == "NIKE-EU"
    assert naming.make("account", values, value="NIKE-EU")["is_auto_generated"] is True


def test_a_name_without_all_its_details_stays_and_is_incomplete(naming: Naming) -> None:
    imported = naming.make("account", {"Brand": "NIKE"}, value="nike europe")
    assert (imported["value"], imported["is_auto_generated"]) == ("nike europe", False)
    assert (imported["stale"], imported["stale_reason"]) == (True, "incomplete")
    assert imported["stale_since"] is not None
    refused = naming.person.post("strings", naming.body("account", values={"Brand": "NIKE"}))
    assert (refused.status_code, refused.get_json()["code"]) == (422, "required_dimension_missing")
    assert refused.get_json()["error_type"] == "string_generation_error"
    listed = answered(naming.person.get("strings?stale=true&stale_reason=incomplete"))["results"]
    assert [row["id"] for row in listed] == [imported["id"]]


def test_siblings_do_not_share_a_name(naming: Naming) -> None:
    values = {"Brand": "NIKE", "Region": "EU"}
    first = naming.make("account", values)
    refused = naming.person.post("strings", naming.body("account", values=values))
    problem = refused.get_json()
    assert (refused.status_code, problem["code"]) == (409, "duplicate_value")
    assert problem["conflicting_string_id"] == first["id"]
    other = naming.make("account", values | {"Region": "US"})
    campaign = {"Brand": "NIKE", "Season": "SS26"}
    same = [naming.make("campaign", campaign, parent["id"])["value"] for parent in (first, other)]
    assert same == ["NIKE_SS26", "NIKE_SS26"]


def test_a_dry_run_shows_the_string_and_stores_nothing(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    body = naming.body("campaign", account["id"], values={"Brand": "NIKE", "Season": "SS26"}, dry_run=True)
    shown = answered(naming.person.post("strings", body))
    assert (shown["dry_run"], shown["id"], shown["value"]) == (True, None, "NIKE_SS26")
    assert detail_of(shown, "Brand")["source_string"] == account["id"]
    assert len(answered(naming.person.get("strings"))["results"]) == 1
    stored = made(naming.person.post("strings", body | {"dry_run": False}))
    assert stored["value"] == shown["value"]
    assert naming.person.post("strings", body).status_code == 409


def test_the_parent_must_be_of_the_level_above(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    values = {"Brand": "NIKE", "Season": "FW26"}
    for parent, code in ((tree["account"]["id"], "invalid_parent"), (999_999_999, "not_found")):
        refused = naming.person.post("strings", naming.body("ad", parent, values=values))
        assert (refused.status_code, codes(refused)) == (422, [code])
        assert refused.get_json()["errors"][0]["pointer"] == "/parent"
    by_uuid = naming.body("campaign", parent_uuid=tree["account"]["string_uuid"], values=values)
    assert made(naming.person.post("strings", by_uuid))["parent"] == tree["account"]["id"]
    unknown = naming.body("campaign", parent_uuid=str(uuid.uuid4()), values=values)
    assert codes(naming.person.post("strings", unknown)) == ["not_found"]


def test_the_rule_comes_from_the_call_the_parent_or_the_submission(naming: Naming) -> None:
    values = {"Brand": "NIKE", "Region": "EU"}
    body = {"field": naming.fields["account"], "values": values}
    assert codes(naming.person.post("strings", body)) == ["required"]
    submission = naming.add("submissions", rule=naming.rule, starting_field=naming.fields["account"], name="Spring")
    string = made(naming.person.post("strings", body | {"submission": submission}))
    assert (string["rule"], string["submission"]) == (naming.rule, submission)
    answered(naming.person.patch(f"rules/{naming.rule}", {"status": "inactive"}))
    assert codes(naming.person.post("strings", body | {"rule": naming.rule})) == ["rule_inactive"]


def test_custom_fields_are_plain_and_few(naming: Naming) -> None:
    values = {"Brand": "NIKE", "Region": "EU"}
    string = naming.make("account", values, custom_fields={"budget": 1000, "live": True, "gone": None})
    assert string["custom_fields"] == {"budget": 1000, "live": True}
    bad: list[dict[str, Any]] = [{"a": {"b": 1}}, {"k" * 31: 1}, {str(number): 1 for number in range(51)}, {"": 1}]
    for custom in bad:
        refused = naming.person.post("strings", naming.body("account", values=values, custom_fields=custom))
        assert refused.status_code == 422, custom


def test_what_was_read_may_be_sent_again(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    read = naming.string(account["id"])
    refused = naming.person.post("strings", read)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "duplicate_value")
    refused = naming.person.post("strings", read | {"colour": "red"})
    assert (refused.status_code, codes(refused)) == (422, ["unknown_field"])


def test_strings_are_filtered_and_paged(naming: Naming) -> None:
    tree = naming.tree(campaigns=3, ads=2)
    person = naming.person

    def ids(query: str) -> list[int]:
        return [row["id"] for row in answered(person.get(f"strings?{query}"))["results"]]

    campaigns = [row["id"] for row in tree["campaigns"]]
    assert ids(f"parent={tree['account']['id']}") == campaigns
    assert ids(f"field={naming.fields['campaign']}&rule={naming.rule}") == campaigns
    assert ids("value=NIKE-EU") == [tree["account"]["id"]]
    assert ids(f"dimension_value={naming.values['EU']}") == [tree["account"]["id"]]
    assert ids("stale=true") == []
    assert len(ids("stale=false")) == 10
    assert ids("updated_after=2000-01-01T00:00:00Z&limit=1&ordering=-id") == [tree["ads"][-1]["id"]]
    assert ids("updated_after=2999-01-01T00:00:00Z") == []
    page = answered(person.get("strings?limit=4&ordering=value"))
    following = answered(person.get(page["next"].removeprefix("http://localhost")))
    names = [row["value"] for row in page["results"] + following["results"]]
    assert len(names) == 8
    assert names == sorted(names)
    assert person.get("strings?colour=red").status_code == 422


def test_descendants_and_ancestors_have_level_and_path(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=2)
    account, campaign, ad = tree["account"]["id"], tree["campaigns"][0]["id"], tree["ads"][0]["id"]
    below = answered(naming.person.get(f"strings/{account}/descendants?limit=3"))
    assert [row["level"] for row in below["results"]] == [1, 1, 2]
    assert below["results"][2]["path"] == [account, campaign, ad]
    rest = answered(naming.person.get(below["next"].removeprefix("http://localhost")))["results"]
    assert [row["id"] for row in rest] == [row["id"] for row in tree["ads"][1:]]
    direct = answered(naming.person.get(f"strings/{account}/descendants?max_depth=1"))["results"]
    assert [row["id"] for row in direct] == [row["id"] for row in tree["campaigns"]]
    above = answered(naming.person.get(f"strings/{ad}/ancestors"))["results"]
    assert [(row["id"], row["level"]) for row in above] == [(campaign, 1), (account, 2)]
    assert above[1]["path"] == [account, campaign, ad]
    assert naming.person.get(f"strings/{account}/descendants?max_depth=51").status_code == 422


def test_a_string_with_children_is_deleted_only_with_them(naming: Naming) -> None:
    tree = naming.tree(campaigns=2, ads=2)
    address = f"strings/{tree['account']['id']}"
    refused = naming.person.delete(address)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "has_children")
    assert refused.get_json()["children"] == 2
    shown = answered(naming.person.delete(f"{address}?cascade=true&dry_run=true"))
    assert (shown["dry_run"], shown["deleted"], len(shown["strings"])) == (True, 7, 7)
    assert naming.person.delete(f"strings/{tree['ads'][0]['id']}").status_code == 204
    assert naming.person.delete(f"{address}?cascade=true").status_code == 204
    assert naming.person.get(address).status_code == 404
    assert answered(naming.person.get("strings"))["results"] == []
    assert answered(naming.person.get("string-details"))["results"] == []
    assert naming.make("account", {"Brand": "NIKE", "Region": "EU"})["value"] == "NIKE-EU"


def test_a_string_that_a_submission_starts_at_stays(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    place = {"starting_field": naming.fields["campaign"], "selected_parent_string": account["id"]}
    naming.add("submissions", rule=naming.rule, name="Spring", **place)
    refused = naming.person.delete(f"strings/{account['id']}")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")


def test_details_are_listed_and_read(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign = tree["campaigns"][0]
    person = naming.person
    listed = answered(person.get(f"string-details?string={campaign['id']}"))["results"]
    assert listed == campaign["details"]
    brand = detail_of(campaign, "Brand")
    read = person.get(f"string-details/{brand['id']}")
    assert answered(read) == brand
    assert (
        person.get(f"string-details/{brand['id']}", headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    )
    assert brand["dimension_value_display"] == "NIKE"
    filters = f"dimension={naming.dimensions['Brand']}&is_inherited=true"
    inherited = answered(person.get(f"string-details?{filters}"))["results"]
    assert {row["source_string"] for row in inherited} == {tree["account"]["id"]}
    assert len(inherited) == 2
    assert answered(person.get(f"string-details?dimension_value={naming.values['PUMA']}"))["results"] == []
    assert answered(person.get("string-details?pending=true"))["results"] == []
    assert person.get("string-details/999999999").status_code == 404


def test_a_tag_follows_every_embedded_part(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    address = f"strings/{account['id']}"
    tag = naming.person.get(address).headers["ETag"]
    assert naming.person.get(address, headers={"If-None-Match": tag}).status_code == 304
    answered(naming.person.patch(f"dimension-values/{naming.values['NIKE']}", {"label": "Nike"}))
    fresh = naming.person.get(address, headers={"If-None-Match": tag})
    assert fresh.status_code == 200
    assert detail_of(fresh.get_json(), "Brand")["dimension_value_display"] == "Nike"
    assert naming.person.delete(address, headers={"If-Match": tag}).status_code == 412
    assert naming.person.delete(address, headers={"If-Match": fresh.headers["ETag"]}).status_code == 204


def test_a_string_never_changed_has_no_history(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    assert answered(naming.person.get(f"strings/{account['id']}/history"))["results"] == []


def test_foreign_strings_look_like_missing_ones(naming: Naming, person: MakePerson) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    stranger = person(tenant_id=uuid.uuid4())
    for path in ("", "/history", "/descendants", "/ancestors"):
        assert stranger.get(f"strings/{account['id']}{path}").status_code == 404
    assert stranger.delete(f"strings/{account['id']}").status_code == 404
    assert stranger.get(f"string-details/{detail_of(account, 'Brand')['id']}").status_code == 404


def test_viewers_read_and_write_nothing(naming: Naming, person: MakePerson) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    viewer: Person = person(sub="vic", roles=["viewer"])
    assert viewer.get(f"strings/{account['id']}").status_code == 200
    refused = viewer.post("strings", naming.body("account", values={"Brand": "PUMA", "Region": "EU"}))
    assert (refused.status_code, refused.get_json()["permission"]) == (403, "string.edit")
    assert viewer.delete(f"strings/{account['id']}").status_code == 403


def test_of_several_at_once_one_gets_the_name(naming: Naming, person: MakePerson) -> None:
    body = naming.body("account", values={"Brand": "NIKE", "Region": "EU"})
    several = [person() for _number in range(6)]

    def add(one: Person) -> TestResponse:
        """As a client does it: who did not get the lock in time comes again when told to."""
        while (answer := one.post("strings", body)).status_code == 409 and answer.get_json()["code"] == "locked":
            assert int(answer.headers["Retry-After"]) > 0
        return answer

    with ThreadPoolExecutor(len(several)) as pool:
        answers = list(pool.map(add, several))
    stored = [answer.get_json() for answer in answers if answer.status_code == 201]
    refused = [answer.get_json() for answer in answers if answer.status_code != 201]
    assert len(stored) == 1
    assert {problem["code"] for problem in refused} == {"duplicate_value"}
    assert {problem["conflicting_string_id"] for problem in refused} == {stored[0]["id"]}


def test_many_at_once_below_one_parent_do_not_stand_in_each_others_way(naming: Naming, person: MakePerson) -> None:
    tree = naming.tree(campaigns=1, ads=0)

    def add(number: int) -> int:
        values = {"Brand": "NIKE", "Note": f"n{number}"}
        above = (tree["campaigns"][0] if number % 2 else tree["account"])["id"]
        body = naming.body("ad" if number % 2 else "campaign", above, values=values | {"Season": "SS26"})
        return person().post("strings", body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(add, range(16))) == {201}
    counts = {row["value"]: row["id"] for row in answered(naming.person.get("strings?limit=200"))["results"]}
    assert len(counts) == 18


def test_reading_costs_the_same_whatever_the_size(naming: Naming, app: ServiceApp) -> None:
    tree = naming.tree(campaigns=2, ads=6)
    account, ad = tree["account"]["id"], tree["ads"][0]["id"]
    for address in ("strings", f"strings/{account}/descendants", f"strings/{ad}/ancestors", "string-details"):
        with counting(app.runtime.db.engine) as few:
            answered(naming.person.get(f"{address}?limit=1"))
        with counting(app.runtime.db.engine) as many:
            answered(naming.person.get(f"{address}?limit=200"))
        assert len(few) == len(many) <= 12, many
    with counting(app.runtime.db.engine) as one:
        answered(naming.person.get(f"strings/{account}"))
    assert len(one) <= 12


def test_a_stale_string_names_where_to_propagate_from(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    account, ad = tree["account"], tree["ads"][0]
    with app.runtime.db.transaction(context) as session:
        pending = update(Detail).where(Detail.string_id == account["id"]).values(pending_since=func.now())
        session.execute(pending)
        stale = {"stale_reason": "pending_propagation", "stale_since": func.now()}
        session.execute(update(String).where(String.id == ad["id"]).values(**stale))
    shown = naming.string(ad["id"])
    assert (shown["stale"], shown["stale_reason"]) == (True, "pending_propagation")
    assert shown["stale_sources"] == [account["id"]]
    listed = answered(naming.person.get("strings?stale=true"))["results"]
    assert listed == [shown]
    assert len(answered(naming.person.get("string-details?pending=true"))["results"]) == 2
    assert naming.string(account["id"])["stale_sources"] == []


def test_history_shows_what_each_version_changed(naming: Naming, app: ServiceApp, context: Context) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    brand, nike, puma = naming.dimensions["Brand"], naming.values["NIKE"], naming.values["PUMA"]
    job = uuid.uuid4()
    with app.runtime.db.transaction(context) as session:
        for version, before, after in ((2, "NIKE-EU", "PUMA-EU"), (3, "PUMA-EU", "PUMA-EU")):
            row = StringVersion(string_id=account["id"], version=version, value_before=before, value=after, job_id=job)
            row.change_type, row.modified_by = "direct_edit", "ada"
            row.details_before = {str(brand): [nike, None, "NIKE", False, None], ".budget": None, "parent": None}
            row.details = {str(brand): [puma, None, "PUMA", False, None], ".budget": [None, "5", "5", False, None]}
            row.details |= {"parent": 7}
            session.add(row)
    listed = answered(naming.person.get(f"strings/{account['id']}/history"))["results"]
    assert [row["version"] for row in listed] == [3, 2]
    first = listed[1]
    assert (first["string_value"], first["change_type"], first["batch_id"]) == ("PUMA-EU", "direct_edit", str(job))
    original = {"value": "NIKE-EU", "details": {"Brand": "NIKE"}, "custom_fields": {"budget": None}, "parent": None}
    assert first["original_values"] == original
    custom, detail, parent = sorted(first["field_updates"], key=lambda update: update["field"])
    assert (detail["dimension_name"], detail["field"]) == ("Brand", "dimension_value")
    assert (detail["old"], detail["new"], detail["old_display"], detail["new_display"]) == (nike, puma, "NIKE", "PUMA")
    assert (custom["field"], custom["key"], custom["old"], custom["new"]) == ("custom_fields", "budget", None, 5)
    assert (parent["field"], parent["old"], parent["new"]) == ("parent", None, 7)


def test_creating_and_deleting_are_audited(naming: Naming, app: ServiceApp, context: Context) -> None:
    tree = naming.tree(campaigns=1, ads=2)
    assert naming.person.delete(f"strings/{tree['account']['id']}?cascade=true").status_code == 204
    with app.runtime.db.transaction(context) as session:
        rows = select(AuditEvent).where(AuditEvent.entity_type == "string").order_by(AuditEvent.id)
        found = [(row.action, row.changes["value"], row.actor) for row in session.scalars(rows) if row.changes]
    assert len(found) == 8
    assert found[0] == ("string.created", [None, "NIKE-EU"], "ada")
    assert found[4] == ("string.deleted", ["NIKE-EU", None], "ada")
    assert {action for action, _value, _actor in found[4:]} == {"string.deleted"}
