"""Many strings changed by one call, through HTTP."""

from typing import Any

import pytest

from shared.app import ServiceApp
from tests.fixtures.statements import counting
from tests.propagation.batching import analyze, batch, wanted
from tests.propagation.changing import everything, held, job, set_workspace, shown_names, stored_names, values_of
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Body = dict[str, Any]


def test_several_values_of_several_strings_are_one_run(naming: Naming) -> None:
    tree = naming.tree(2, 1)
    first, second = tree["campaigns"]
    answer = answered(
        batch(naming, wanted(first, {"Brand": "PUMA", "Note": "new"}), wanted(second, {"Season": "FW26"}))
    )
    assert (answer["success"], answer["dry_run"], answer["failed_updates"]) == (True, False, [])
    assert answer["total_affected"] == 4
    assert answer["summary"] == {
        "total_updates": 2,
        "successful_count": 2,
        "failed_count": 0,
        "skipped_count": 0,
        "status": "completed",
    }
    updated = answer["updated_strings"]
    assert [
        (row["index"], row["string_id"], row["original_value"], row["value"], row["version"]) for row in updated
    ] == [
        (0, first["id"], "NIKE_SS26|[c0]", "PUMA_SS26|[new]", 2),
        (1, second["id"], "NIKE_SS26|[c1]", "NIKE_FW26|[c1]", 2),
    ]
    assert [row["affected_count"] for row in updated] == [2, 2]
    assert values_of(naming, tree["ads"]) == ["PUMA-SS26-a0", "NIKE-FW26-a0"]
    (version,) = answered(naming.person.get(f"strings/{first['id']}/history"))["results"]
    assert (version["change_type"], version["batch_id"]) == ("batch_update", answer["job_id"])
    assert job(naming, answer["job_id"])["trigger_type"] == "batch_update"


def test_custom_fields_parents_and_missing_details(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    puma = naming.make("account", {"Brand": "PUMA", "Region": "US"})
    campaign, ad = tree["campaigns"][0], naming.make("ad", {"Brand": "NIKE"}, tree["campaigns"][0]["id"])
    answered(
        batch(
            naming,
            wanted(campaign, parent=puma["id"], custom_fields={"budget": 5}),
            wanted(ad, {"Note": "x", "Season": "FW26"}),
        )
    )
    moved = naming.string(campaign["id"])
    assert (moved["parent"], moved["value"], moved["custom_fields"]) == (puma["id"], "PUMA_SS26|[c0]", {"budget": 5})
    assert values_of(naming, [ad, tree["ads"][0]]) == ["PUMA-FW26-x", "PUMA-SS26-a0"]


def test_a_string_moves_under_one_that_changes_too(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    other = naming.make("account", {"Brand": "PUMA", "Region": "US"})
    answered(batch(naming, wanted(other, {"Brand": "VANS"}), wanted(tree["campaigns"][0], parent=other["id"])))
    assert values_of(naming, [*tree["campaigns"], *tree["ads"]]) == ["VANS_SS26|[c0]", "VANS-SS26-a0"]
    assert held(naming, tree["ads"][0], "Brand")["source_string"] == other["id"]


def test_names_are_swapped(naming: Naming) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    other = naming.make("account", {"Brand": "PUMA", "Region": "EU"})
    answered(batch(naming, wanted(account, {"Brand": "PUMA"}), wanted(other, {"Brand": "NIKE"})))
    assert values_of(naming, [account, other]) == ["PUMA-EU", "NIKE-EU"]


def test_null_empties_and_what_is_not_there_stays_so(naming: Naming) -> None:
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26", "Note": "x"})
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    answer = answered(batch(naming, wanted(campaign, {"Note": None}), wanted(account, {"Note": None})))
    assert [row["value"] for row in answer["updated_strings"]] == ["NIKE_SS26", "NIKE-EU"]
    assert (answer["total_affected"], naming.string(account["id"])["version"]) == (1, 1)


def test_an_update_fails_as_a_whole_and_alone(naming: Naming) -> None:
    tree = naming.tree(2, 0)
    first, second = tree["campaigns"]
    answer = answered(
        batch(naming, wanted(first, {"Brand": "PUMA", "Season": "SS99"}), wanted(second, {"Brand": "PUMA"})), 207
    )
    (failed,) = answer["failed_updates"]
    assert (failed["index"], failed["string_id"], failed["code"]) == (0, first["id"], "not_found")
    assert (failed["error_type"], failed["update"]["values"]["Brand"]) == ("validation_error", "PUMA")
    assert answer["success"] is False
    assert values_of(naming, [first, second]) == ["NIKE_SS26|[c0]", "PUMA_SS26|[c1]"]
    errors = answered(naming.person.get(f"jobs/{answer['job_id']}/errors"))["results"]
    assert [error["error_code"] for error in errors] == ["not_found"]
    counts = job(naming, answer["job_id"])
    assert (counts["total_strings"], counts["processed_strings"], counts["failed_strings"]) == (2, 1, 1)


@pytest.mark.parametrize(
    ("update", "error_type", "code"),
    [
        ({"values": {"Nowhere": "x"}}, "validation_error", "not_found"),
        ({"values": {"Brand": "ADIDAS"}}, "validation_error", "not_found"),
        ({"values": {"Brand": None}}, "string_generation_error", "required_dimension_missing"),
        ({"values": {"Note": "c1"}}, "conflict_error", "duplicate_value"),
        ({"values": {"Brand": "PUMA"}, "version": 7}, "conflict_error", "version_conflict"),
        ({"parent": 10**12}, "validation_error", "not_found"),
    ],
)
def test_what_an_update_can_fail_by(naming: Naming, update: Body, error_type: str, code: str) -> None:
    tree = naming.tree(2, 0)
    before = stored_names(naming)
    answer = answered(batch(naming, {"string_id": tree["campaigns"][0]["id"]} | update), 409)
    (failed,) = answer["failed_updates"]
    assert (failed["error_type"], failed["code"], failed["string_id"]) == (error_type, code, tree["campaigns"][0]["id"])
    assert (answer["code"], answer["updated_strings"], answer["success"]) == ("nothing_applied", [], False)
    assert stored_names(naming) == before


def test_wrong_places(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    account, campaign, ad = tree["account"], tree["campaigns"][0], tree["ads"][0]
    answer = answered(
        batch(
            naming,
            wanted(account, parent=ad["id"]),
            wanted(campaign, parent=campaign["id"]),
            wanted(ad, parent=account["id"]),
            {"string_id": 10**12, "values": {"Brand": "PUMA"}},
        ),
        409,
    )
    assert [row["code"] for row in answer["failed_updates"]] == [
        "circular_dependency",
        "circular_dependency",
        "invalid_parent",
        "not_found",
    ]
    assert answer["failed_updates"][3]["string_id"] is None


def test_stop_keeps_what_comes_before(naming: Naming) -> None:
    campaigns = naming.tree(3, 0)["campaigns"]
    answer = answered(
        batch(
            naming,
            wanted(campaigns[0], {"Brand": "PUMA"}),
            wanted(campaigns[1], {"Season": "FW26", "Brand": "ADIDAS"}),
            wanted(campaigns[2], {"Brand": "PUMA", "Season": "FW26"}),
            error_handling="stop",
        ),
        207,
    )
    assert [row["index"] for row in answer["updated_strings"]] == [0]
    assert [row["index"] for row in answer["failed_updates"]] == [1]
    assert [row["index"] for row in answer["skipped_updates"]] == [2]
    assert values_of(naming, campaigns) == ["PUMA_SS26|[c0]", "NIKE_SS26|[c1]", "NIKE_SS26|[c2]"]


def test_rollback_takes_all_back(naming: Naming) -> None:
    campaigns = naming.tree(2, 0)["campaigns"]
    answer = answered(
        batch(
            naming,
            wanted(campaigns[0], {"Brand": "PUMA"}),
            wanted(campaigns[1], {"Brand": "ADIDAS"}),
            error_handling="rollback",
        ),
        409,
    )
    assert [row["index"] for row in answer["skipped_updates"]] == [0]
    assert values_of(naming, campaigns) == ["NIKE_SS26|[c0]", "NIKE_SS26|[c1]"]
    assert job(naming, answer["job_id"])["status"] == "failed"


def test_a_dry_run_shows_what_the_run_does(naming: Naming) -> None:
    tree = naming.tree(2, 1)
    updates = [wanted(tree["account"], {"Brand": "PUMA"}), wanted(tree["campaigns"][0], {"Brand": "ADIDAS"})]
    before = stored_names(naming)
    shown = answered(batch(naming, *updates, dry_run=True))
    assert (shown["dry_run"], shown["job_id"], shown["updated_strings"], shown["success"]) == (True, None, [], False)
    assert [row["index"] for row in shown["failed_updates"]] == [1]
    assert stored_names(naming) == before
    assert everything(naming.person, "jobs") == []
    token = shown["impact_analysis"]["confirm_token"]
    answered(batch(naming, *updates, confirm_token=token), 207)
    now = stored_names(naming)
    assert {string_id: now[string_id] for string_id in shown_names(shown["impact_analysis"])} == shown_names(
        shown["impact_analysis"]
    )


def test_the_analysis_counts_and_names_what_stops_it(naming: Naming) -> None:
    tree = naming.tree(2, 2)
    naming.make("account", {"Brand": "VANS", "Region": "EU"})
    found = answered(analyze(naming, wanted(tree["campaigns"][0], {"Brand": "PUMA"})))
    assert found["impact"] == {"direct_updates": 1, "inherited_updates": 2, "total_affected": 3, "max_depth": 2}
    assert [row["change_type"] for row in found["affected_strings"]] == ["direct", "inherited", "inherited"]
    assert found["blockers"] == []
    stopped = answered(
        analyze(
            naming,
            wanted(tree["account"], {"Brand": "VANS"}),
            wanted(tree["campaigns"][0], parent=tree["campaigns"][0]["id"]),
            wanted(tree["campaigns"][1], {"Season": None}),
        )
    )
    assert [(row["type"], row["string_id"]) for row in stopped["blockers"]] == [
        ("circular_reference", tree["campaigns"][0]["id"]),
        ("duplicate_value", tree["account"]["id"]),
        ("string_generation_error", tree["campaigns"][1]["id"]),
    ]
    assert stopped["impact"]["total_affected"] == 0


def test_the_depth_of_an_analysis(naming: Naming) -> None:
    tree = naming.tree(1, 2)
    found = answered(analyze(naming, wanted(tree["account"], {"Brand": "PUMA"}), max_depth=2))
    assert (found["impact"]["total_affected"], found["summary"]["truncated"]) == (2, True)
    alone = answered(analyze(naming, wanted(tree["account"], {"Brand": "PUMA"}), propagate=False))
    assert alone["impact"]["inherited_updates"] == 0


def test_the_token_of_an_analysis_serves_the_batch(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    update = wanted(tree["account"], {"Brand": "PUMA"})
    token = answered(analyze(naming, update))["confirm_token"]
    other = batch(naming, wanted(tree["account"], {"Brand": "VANS"}), confirm_token=token)
    assert answered(other, 422)["code"] == "confirmation_mismatch"
    answered(batch(naming, update, confirm_token=token))
    assert answered(batch(naming, update, confirm_token=token), 409)["code"] == "confirmation_stale"


def test_prompt_mode_asks_first(naming: Naming) -> None:
    tree = naming.tree(1, 1)
    set_workspace(naming, propagation_mode="prompt")
    problem = answered(batch(naming, wanted(tree["account"], {"Brand": "PUMA"})), 409)
    assert problem["code"] == "confirmation_required"
    answered(batch(naming, wanted(tree["account"], {"Brand": "PUMA"}), confirm_token=problem["confirm_token"]))


def test_the_kill_switch_stores_and_marks(naming: Naming) -> None:
    tree = naming.tree(1, 0)
    set_workspace(naming, auto_regenerate_strings=False)
    answer = answered(batch(naming, wanted(tree["account"], {"Brand": "PUMA"})))
    assert answer["total_affected"] == 0
    string = naming.string(tree["account"]["id"])
    assert (string["value"], string["stale_reason"]) == ("NIKE-EU", "regeneration_disabled")


def test_from_the_threshold_on_a_worker_has_it(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(2, 3)
    set_workspace(naming, background_processing_threshold=5)
    response = batch(
        naming,
        wanted(tree["account"], {"Brand": "PUMA", "Region": "US"}),
        wanted(tree["campaigns"][0], {"Season": "SS99"}),
    )
    answer = answered(response, 202)
    assert response.headers["Location"].endswith(answer["job_id"])
    assert (answer["summary"]["status"], answer["updated_strings"]) == ("pending", [])
    assert [row["index"] for row in answer["failed_updates"]] == [1]
    assert answer["tracking_url"].endswith(answer["job_id"])
    worker.run()
    assert job(naming, answer["job_id"])["status"] == "partial_failure"
    assert naming.string(tree["account"]["id"])["value"] == "PUMA-US"
    assert all(name.startswith("PUMA") for name in values_of(naming, tree["ads"]))


def test_a_retry_keeps_what_is_done_and_tries_the_rest(naming: Naming) -> None:
    tree = naming.tree(2, 0)
    first, second = tree["campaigns"]
    holder = naming.make("campaign", {"Brand": "PUMA", "Season": "SS26", "Note": "c1"}, tree["account"]["id"])
    updates = [wanted(first, {"Brand": "PUMA", "Note": "new"}), wanted(second, {"Brand": "PUMA"})]
    answer = answered(batch(naming, *updates), 207)
    assert naming.person.delete(f"strings/{holder['id']}").status_code == 204
    again = answered(naming.person.post(f"jobs/{answer['job_id']}/retry", {}))
    assert again["status"] == "completed"
    assert values_of(naming, [first, second]) == ["PUMA_SS26|[new]", "PUMA_SS26|[c1]"]


def test_the_number_of_statements_does_not_grow(naming: Naming, app: ServiceApp) -> None:
    def cost(campaigns: int) -> tuple[int, int]:
        tree = naming.tree(campaigns, 2)
        other = naming.make("account", {"Brand": "VANS", "Region": "US"})
        updates = [
            wanted(row, {"Brand": "PUMA", "Season": "FW26"}, parent=other["id"], custom_fields={"budget": 1})
            for row in tree["campaigns"]
        ]
        with counting(app.runtime.db.engine) as seen:
            assert answered(analyze(naming, *updates))["blockers"] == []
        with counting(app.runtime.db.engine) as sent:
            answered(batch(naming, *updates))
        for row in (other, tree["account"]):
            assert naming.person.delete(f"strings/{row['id']}?cascade=true").status_code == 204
        return len(seen), len(sent)

    assert cost(2) == cost(12)
