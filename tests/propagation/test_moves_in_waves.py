"""A string that moves under another which the same batch changes far above: the waves of a large run are many."""

from typing import Any

import pytest

from tests.propagation.batching import batch, wanted
from tests.propagation.changing import held, job, set_workspace, stored
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker


@pytest.mark.parametrize("is_large", [False, True], ids=["at once", "by a worker"])
@pytest.mark.parametrize("first", ["the move", "the value"])
def test_a_move_below_a_string_that_changes(naming: Naming, worker: Worker, *, is_large: bool, first: str) -> None:
    target = naming.tree(campaigns=5, ads=4)
    source = naming.make("account", {"Brand": "VANS", "Region": "US"})
    campaign = naming.make("campaign", {"Brand": "VANS", "Season": "SS26"}, source["id"])
    ad = naming.make("ad", {"Brand": "VANS", "Note": "moved"}, campaign["id"])
    set_workspace(naming, background_processing_threshold=1 if is_large else 1000)
    updates: list[Any] = [
        wanted(ad, parent=target["campaigns"][4]["id"]),
        wanted(target["account"], {"Brand": "PUMA"}),
    ]
    response = batch(naming, *(updates if first == "the move" else updates[::-1]))
    answer = answered(response, 202 if is_large else 200)
    worker.run()
    assert job(naming, answer["job_id"])["status"] == "completed"
    moved = naming.string(ad["id"])
    detail = held(naming, ad, "Brand")
    assert moved["parent"] == target["campaigns"][4]["id"]
    assert detail["is_inherited"]
    is_up_to_date = (moved["value"], detail["effective_value"]) == ("PUMA-moved", "PUMA")
    assert is_up_to_date or moved["stale"], moved
    assert all(row["value"].startswith(("PUMA", "VANS")) for row in stored(naming).values() if row["id"] != ad["id"])


def test_a_move_out_of_a_tree_that_changes_is_not_lost(naming: Naming, worker: Worker) -> None:
    """The string is met by a chunk, far below the one that the batch names above it."""
    target = naming.tree(campaigns=5, ads=4)
    source = naming.make("account", {"Brand": "VANS", "Region": "US"})
    campaign = naming.make("campaign", {"Brand": "VANS", "Season": "SS26"}, source["id"])
    ad = naming.make("ad", {"Brand": "VANS", "Note": "moved"}, campaign["id"])
    set_workspace(naming, background_processing_threshold=1)
    move = wanted(ad, parent=target["campaigns"][4]["id"])
    answer = answered(batch(naming, move, wanted(source, {"Brand": "PUMA"})), 202)
    worker.run()
    assert job(naming, answer["job_id"])["status"] == "completed"
    moved = naming.string(ad["id"])
    assert (moved["parent"], moved["value"]) == (target["campaigns"][4]["id"], "NIKE-moved")
