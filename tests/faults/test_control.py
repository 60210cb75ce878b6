"""Stopping, trying again and taking back runs of thousands of strings, in the middle of them."""

import pytest

from tests.faults.conftest import LoadTree
from tests.faults.crew import Crew
from tests.faults.ledger import Ledger
from tests.faults.runs import MIDDLE, STRINGS, act, change_brand, check_agreement, check_completed, check_idle
from tests.faults.servers import Valkey
from tests.propagation.changing import set_workspace
from tests.propagation.naming import answered, detail_of

pytestmark = pytest.mark.faults


def test_a_cancelled_run_keeps_what_it_did_and_a_retry_does_the_rest(
    load_tree: LoadTree, ledger: Ledger, valkey: Valkey
) -> None:
    naming = load_tree(STRINGS)
    with ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as job_id:
        answered(naming.person.post(f"jobs/{job_id}/cancel"), 202)
    done = ledger.ended(job_id)["processed"]
    assert 0 < done < STRINGS
    assert ledger.counters(job_id) == ("cancelled", STRINGS, done, 0, 0)
    assert ledger.written(job_id) == (done, done)
    assert ledger.called("PUMA") == done
    assert ledger.tree() == {"strings": STRINGS, "oldest": 1, "newest": 2, "stale": STRINGS - done}
    check_agreement(ledger)
    again = act(naming.person, job_id, "retry")
    ledger.ended(again)
    rest = STRINGS - done
    assert ledger.counters(again) == ("completed", rest, rest, 0, 0)
    assert ledger.written(again) == (rest, rest)
    assert ledger.tree() == {"strings": STRINGS, "oldest": 2, "newest": 2, "stale": 0}
    assert ledger.called("PUMA") == STRINGS
    assert ledger.unlike_their_source() == 0
    check_agreement(ledger)
    check_idle(ledger, valkey)


def test_an_undo_that_is_killed_restores_all_but_what_was_edited_since(
    load_tree: LoadTree, ledger: Ledger, crew: Crew, valkey: Valkey
) -> None:
    naming = load_tree(STRINGS)
    before = ledger.names()
    job_id = change_brand(naming, "PUMA")
    check_completed(ledger, job_id)
    edited = sorted(before)[-2:]
    for string_id in edited:
        note = detail_of(naming.string(string_id), "Note")["id"]
        answered(naming.person.patch(f"string-details/{note}", {"dimension_value_freetext": f"n{string_id}"}))
    with ledger.gate(lambda: act(naming.person, job_id, "undo"), over=MIDDLE) as undo_id:
        assert 0 < ledger.job(undo_id)["processed"] < STRINGS
        crew.kill_horses()
    ledger.ended(undo_id)
    rest = STRINGS - len(edited)
    assert ledger.counters(undo_id) == ("partial_failure", STRINGS, rest, len(edited), 0)
    assert ledger.written(undo_id) == (rest, rest)
    after = ledger.names()
    assert {string_id for string_id in before if before[string_id] != after[string_id]} == set(edited)
    assert [after[string_id] for string_id in edited] == [f"PUMA-SS26-n{string_id}" for string_id in edited]
    assert [(row["string_id"], row["error_code"]) for row in ledger.errors(undo_id)] == [
        (string_id, "changed_since") for string_id in edited
    ]
    check_agreement(ledger)
    check_idle(ledger, valkey)


def test_a_run_that_is_out_of_time_names_what_it_did_not_reach(
    load_tree: LoadTree, ledger: Ledger, valkey: Valkey
) -> None:
    naming = load_tree(STRINGS)
    set_workspace(naming, propagation_timeout_seconds=4)
    with ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as job_id:
        ledger.wait_for(lambda: ledger.is_late(job_id), "the end of its time")
    done = ledger.ended(job_id)["processed"]
    left = STRINGS - done
    assert 0 < done < STRINGS
    assert ledger.counters(job_id) == ("partial_failure", STRINGS, done, left, left)
    assert ledger.tree() == {"strings": STRINGS, "oldest": 1, "newest": 2, "stale": left}
    assert ledger.written(job_id) == (done, done)
    errors = ledger.errors(job_id)
    assert {(row["error_type"], row["is_retryable"]) for row in errors} == {("timeout_error", True)}
    assert sorted(row["string_id"] for row in errors) == ledger.parents_of_stale()
    check_agreement(ledger)
    check_idle(ledger, valkey)


@pytest.mark.parametrize("error_handling", ["continue", "rollback"])
def test_a_run_that_is_out_of_time_before_anything_was_done_has_failed(
    error_handling: str, load_tree: LoadTree, ledger: Ledger, valkey: Valkey
) -> None:
    naming = load_tree(STRINGS)
    set_workspace(naming, propagation_timeout_seconds=2)
    with ledger.gate(lambda: change_brand(naming, "PUMA", error_handling=error_handling), over=(0, STRINGS)) as job_id:
        ledger.wait_for(lambda: ledger.is_late(job_id), "the end of its time")
    ended = ledger.ended(job_id)
    assert (ended["status"], ended["processed"], ended["failed"]) == ("failed", 0, ended["total"])
    assert [row["error_type"] for row in ledger.errors(job_id)] == ["timeout_error"]
    assert ledger.tree() == {"strings": STRINGS, "oldest": 1, "newest": 1, "stale": 0}
    check_agreement(ledger)
    check_idle(ledger, valkey)


def test_what_a_dead_chunk_leaves_is_counted(load_tree: LoadTree, ledger: Ledger, crew: Crew, valkey: Valkey) -> None:
    naming = load_tree(STRINGS)
    with ledger.gate(lambda: change_brand(naming, "PUMA"), over=MIDDLE, waiting=2) as job_id:
        ledger.make_last_attempt(job_id)
        crew.kill_horses()
    done = ledger.ended(job_id)["processed"]
    left = STRINGS - done
    assert 0 < done < STRINGS
    assert ledger.counters(job_id) == ("partial_failure", STRINGS, done, left, left)
    assert ledger.tree() == {"strings": STRINGS, "oldest": 1, "newest": 2, "stale": left}
    assert {row["error_type"] for row in ledger.errors(job_id)} == {"unknown_error"}
    assert sorted(row["string_id"] for row in ledger.errors(job_id)) == ledger.parents_of_stale()
    check_agreement(ledger)
    check_idle(ledger, valkey)
