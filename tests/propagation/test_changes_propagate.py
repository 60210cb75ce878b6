"""What is behind is brought up to date: values sent down again, and the marks that this takes away."""

from typing import Any

from sqlalchemy import text

from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.people import Person, codes
from tests.fixtures.services import MakePerson
from tests.fixtures.statements import counting
from tests.propagation.changing import change, held, job, set_workspace, stored, stored_names, values_of
from tests.propagation.naming import Naming, answered, detail_of


def propagate(naming: Naming, string: dict[str, Any], **body: Any) -> Any:
    return naming.person.post(f"strings/{string['id']}/propagate", body)


def stale(naming: Naming) -> dict[int, str]:
    return {string_id: row["stale_reason"] for string_id, row in stored(naming).items() if row["stale"]}


def pending(naming: Naming) -> list[tuple[int, str]]:
    rows = answered(naming.person.get("string-details?pending=true"))["results"]
    return [(row["string"], row["dimension_name"]) for row in rows]


def behind(naming: Naming) -> dict[str, Any]:
    """A tree whose account was renamed in manual mode."""
    tree = naming.tree()
    answered(change(naming, tree["account"], "Brand", "PUMA", mode="manual"))
    return tree


def test_one_call_brings_everything_up_to_date(naming: Naming) -> None:
    tree = behind(naming)
    account, campaigns, ads = tree["account"], tree["campaigns"], tree["ads"]
    assert set(stale(naming)) == {row["id"] for row in (*campaigns, *ads)}
    assert pending(naming) == [(account["id"], "Brand")]
    assert naming.string(ads[0]["id"])["stale_sources"] == [account["id"]]
    set_workspace(naming, propagation_mode="manual", enable_inheritance_propagation=False)
    answer = answered(propagate(naming, account))
    summary = answer["propagation_summary"]
    assert (summary["status"], summary["total_affected"]) == ("completed", 6)
    assert answer["string"]["id"] == account["id"]
    assert values_of(naming, [account, *campaigns]) == ["PUMA-EU", "PUMA_SS26|[c0]", "PUMA_SS26|[c1]"]
    assert (stale(naming), pending(naming)) == ({}, [])
    run = job(naming, summary["job_id"])
    assert (run["trigger_type"], run["status"]) == ("manual_propagation", "completed")
    assert answered(propagate(naming, account))["propagation_summary"]["status"] == "unchanged"
    (version,) = answered(naming.person.get(f"strings/{ads[0]['id']}/history"))["results"]
    assert version["change_type"] == "inheritance_update"


def test_what_needs_no_change_any_more_loses_its_mark_too(naming: Naming) -> None:
    tree = behind(naming)
    first = tree["campaigns"][0]
    answered(change(naming, first, "Brand", "PUMA", mode="manual"))
    assert first["id"] not in stale(naming)
    assert pending(naming) == [(tree["account"]["id"], "Brand"), (first["id"], "Brand")]
    answered(change(naming, tree["account"], "Brand", "NIKE", mode="manual"))
    assert set(stale(naming)) == {first["id"], *(row["id"] for row in tree["ads"][:2])}
    answered(change(naming, first, "Brand", "NIKE", mode="manual"))
    assert stale(naming) == {}
    assert answered(propagate(naming, tree["account"]))["propagation_summary"]["status"] == "unchanged"
    assert pending(naming) == []


def test_a_mark_stays_while_another_detail_waits(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    campaign, ad = tree["campaigns"][0], tree["ads"][0]
    answered(change(naming, tree["account"], "Brand", "PUMA", mode="manual"))
    answered(change(naming, campaign, "Season", "FW26", mode="manual"))
    answered(propagate(naming, campaign, dimensions=[naming.dimensions["Season"]]))
    assert values_of(naming, [campaign, ad]) == ["NIKE_FW26|[c0]", "NIKE-FW26-a0"]
    assert set(stale(naming)) == {campaign["id"], ad["id"]}
    assert pending(naming) == [(tree["account"]["id"], "Brand")]
    answered(propagate(naming, tree["account"]))
    assert values_of(naming, [campaign, ad]) == ["PUMA_FW26|[c0]", "PUMA-FW26-a0"]
    assert stale(naming) == {}


def test_depth_leaves_the_rest_behind(naming: Naming) -> None:
    tree = behind(naming)
    shown = answered(propagate(naming, tree["account"], max_depth=2, dry_run=True))["impact_analysis"]
    assert (shown["summary"]["total_affected"], shown["summary"]["truncated"]) == (2, True)
    answer = answered(propagate(naming, tree["account"], max_depth=2, confirm_token=shown["confirm_token"]))
    assert answer["propagation_summary"]["truncated"] is True
    assert set(stale(naming)) == {row["id"] for row in tree["ads"]}
    assert pending(naming) == [(tree["account"]["id"], "Brand")]


def test_a_string_that_fails_stays_behind(naming: Naming) -> None:
    tree = behind(naming)
    taken = naming.make("ad", {"Brand": "PUMA", "Season": "SS26", "Note": "a0"}, tree["campaigns"][0]["id"])
    answer = answered(propagate(naming, tree["account"]))
    assert answer["propagation_summary"]["status"] == "partial_failure"
    (error,) = answer["propagation_summary"]["errors"]
    assert error["string_id"] == tree["ads"][0]["id"]
    assert stale(naming) == {tree["ads"][0]["id"]: "failed"}
    assert pending(naming) == [(tree["account"]["id"], "Brand")]
    answered(change(naming, taken, "Note", "other"))
    answered(propagate(naming, tree["account"]))
    assert (stale(naming), pending(naming)) == ({}, [])


def test_all_details_or_some(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    account, campaign = tree["account"], tree["campaigns"][0]
    answered(change(naming, campaign, "Brand", "PUMA"))
    assert answered(propagate(naming, account))["propagation_summary"]["total_affected"] == 0
    answer = answered(propagate(naming, account, all=True))
    assert answer["propagation_summary"]["total_affected"] == 2
    assert held(naming, campaign, "Brand")["effective_value"] == "NIKE"
    refused = propagate(naming, account, dimensions=[naming.dimensions["Region"], naming.dimensions["Season"]])
    assert (refused.status_code, codes(refused)) == (422, ["not_found"])
    assert refused.get_json()["errors"][0]["pointer"] == "/dimensions/1"


def test_the_kill_switch_stops_propagation(naming: Naming) -> None:
    tree = naming.tree(campaigns=1, ads=1)
    set_workspace(naming, auto_regenerate_strings=False)
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert set(stale(naming).values()) == {"regeneration_disabled"}
    refused = propagate(naming, tree["account"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "regeneration_disabled")
    set_workspace(naming, auto_regenerate_strings=True)
    assert naming.string(tree["account"]["id"])["value"] == "NIKE-EU"
    answer = answered(propagate(naming, tree["account"], all=True))
    assert answer["string"]["value"] == "PUMA-EU"
    assert values_of(naming, tree["ads"]) == ["PUMA-SS26-a0"]
    assert stale(naming) == {}
    before = stored_names(naming)
    answered(naming.person.post(f"jobs/{answer['propagation_summary']['job_id']}/undo"))
    assert stored_names(naming) != before


def test_a_large_propagation_is_left_to_a_worker(naming: Naming) -> None:
    tree = behind(naming)
    set_workspace(naming, background_processing_threshold=3)
    accepted = propagate(naming, tree["account"])
    assert accepted.status_code == 202
    assert accepted.get_json()["propagation_summary"]["status"] == "pending"
    assert job(naming, accepted.get_json()["propagation_summary"]["job_id"])["trigger_type"] == "manual_propagation"


def test_the_number_of_statements_does_not_grow(naming: Naming, app: ServiceApp, context: Context) -> None:
    numbers = []
    for brand, region, campaigns in (("NIKE", "EU", 2), ("VANS", "US", 12)):
        account = naming.make("account", {"Brand": brand, "Region": region})
        for number in range(campaigns):
            naming.make("campaign", {"Brand": brand, "Season": "SS26", "Note": f"n{number}"}, account["id"])
        answered(change(naming, account, "Brand", "PUMA", mode="manual"))
        with counting(app.runtime.db.engine) as sent:
            answered(propagate(naming, account))
        numbers.append(len(sent))
    assert numbers[0] == numbers[1]
    with app.runtime.db.transaction(context) as session:
        assert session.scalar(text("select count(*) from strings where stale_reason is not null")) == 0


def test_viewers_propagate_nothing(naming: Naming, person: MakePerson) -> None:
    tree = behind(naming)
    viewer: Person = person(sub="vic", roles=["viewer"])
    assert viewer.post(f"strings/{tree['account']['id']}/propagate").status_code == 403
    assert naming.person.post("strings/999999999/propagate").status_code == 404
    assert detail_of(naming.string(tree["account"]["id"]), "Brand")["pending_since"] is not None
