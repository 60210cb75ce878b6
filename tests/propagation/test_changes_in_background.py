"""Changes of one string carried out by a worker, taken back and tried again."""

import pytest

from tests.propagation.changing import change, held, job, set_workspace, stored, stored_names, values_of
from tests.propagation.naming import Naming, answered, detail_of
from tests.propagation.test_changes_details import add
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


@pytest.fixture
def small(naming: Naming) -> None:
    """Everything from three strings on is left to a worker."""
    set_workspace(naming, background_processing_threshold=3)


@pytest.mark.usefixtures("small")
def test_a_move(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(campaigns=2, ads=6)
    other = naming.make("account", {"Brand": "PUMA", "Region": "US"})
    campaign, before = tree["campaigns"][0], stored_names(naming)
    accepted = naming.person.patch(f"strings/{campaign['id']}", {"parent": other["id"]})
    assert accepted.status_code == 202
    job_id = accepted.get_json()["propagation_summary"]["job_id"]
    worker.run()
    run = job(naming, job_id)
    assert (run["status"], run["total_strings"], run["trigger_type"]) == ("completed", 7, "parent_change")
    assert naming.string(campaign["id"])["parent"] == other["id"]
    assert values_of(naming, [campaign, *tree["ads"][:2]]) == ["PUMA_SS26|[c0]", "PUMA-SS26-a0", "PUMA-SS26-a1"]
    assert held(naming, tree["ads"][0], "Brand")["source_string"] == other["id"]
    answered(naming.person.post(f"jobs/{job_id}/undo"), 202)
    worker.run()
    assert stored_names(naming) == before
    assert naming.string(campaign["id"])["parent"] == tree["account"]["id"]


@pytest.mark.usefixtures("small")
def test_a_new_detail(naming: Naming, worker: Worker) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "NIKE", "Season": "SS26"}, account["id"])
    ads = [
        naming.make("ad", {"Brand": "NIKE", "Season": season, "Note": None}, campaign["id"])
        for season in ("SS26", "FW26")
    ]
    accepted = add(naming, campaign, "Note", "x")
    assert accepted.status_code == 202
    worker.run()
    run = job(naming, accepted.get_json()["propagation_summary"]["job_id"])
    assert (run["status"], run["processed_strings"], run["trigger_type"]) == ("completed", 3, "detail_create")
    assert values_of(naming, [campaign, *ads]) == ["NIKE_SS26|[x]", "NIKE-SS26-x", "NIKE-FW26-x"]
    assert held(naming, ads[0], "Note")["source_string"] == campaign["id"]


@pytest.mark.usefixtures("small")
def test_what_is_behind(naming: Naming, worker: Worker) -> None:
    tree = naming.tree(campaigns=3, ads=4)
    answered(change(naming, tree["account"], "Brand", "PUMA", mode="manual"))
    worker.run()
    assert sum(row["stale"] for row in stored(naming).values()) == 15
    accepted = naming.person.post(f"strings/{tree['account']['id']}/propagate")
    assert (accepted.status_code, accepted.get_json()["string"]["value"]) == (202, "PUMA-EU")
    worker.run()
    run = job(naming, accepted.get_json()["propagation_summary"]["job_id"])
    assert (run["status"], run["processed_strings"]) == ("completed", 15)
    assert not any(row["stale"] for row in stored(naming).values())
    assert held(naming, tree["account"], "Brand")["pending_since"] is None


@pytest.mark.usefixtures("small")
def test_what_a_reset_could_not_change_is_tried_again(naming: Naming, worker: Worker) -> None:
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaign = naming.make("campaign", {"Brand": "PUMA", "Season": "SS26"}, account["id"])
    ads = [naming.make("ad", {"Brand": "PUMA", "Note": note}, campaign["id"]) for note in ("a", "b", "c")]
    answered(
        naming.person.patch(
            f"string-details/{detail_of(ads[0], 'Brand')['id']}",
            {"dimension_value": naming.values["PUMA"], "own": True},
        )
    )
    taken = naming.make("ad", {"Brand": "NIKE", "Note": "a"}, campaign["id"])
    accepted = naming.person.post(f"string-details/{detail_of(campaign, 'Brand')['id']}/reset")
    assert accepted.status_code == 202
    worker.run()
    first = job(naming, accepted.get_json()["propagation_summary"]["job_id"])
    assert (first["status"], first["failed_strings"]) == ("partial_failure", 1)
    assert values_of(naming, [campaign, *ads]) == ["NIKE_SS26", "PUMA-a", "NIKE-b", "NIKE-c"]
    answered(change(naming, taken, "Note", "free"))
    again = answered(naming.person.post(f"jobs/{first['id']}/retry"))
    assert (job(naming, again["new_job_id"])["status"], values_of(naming, ads[:1])) == ("completed", ["NIKE-a"])
