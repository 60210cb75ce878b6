"""Random trees, batches and interleavings through HTTP: a preview is the run, and names equal what details give."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fixtures.services import MakePerson
from tests.propagation.changing import (
    Body,
    analyze,
    batch,
    change,
    everything,
    item,
    set_workspace,
    shown_names,
    stored,
    stored_names,
)  # fmt: skip
from tests.propagation.naming import VALUES, Naming, answered
from tests.propagation.rebuilding import demand_true_names, false_names
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NOTES = ["n", "m", None]
RULES = ["inherit_always", "inherit_if_empty", "inherit_unless_overridden", "inherit_never"]

# A tree is a list of (kind, number of the parent among those that exist, brand, season, note).
CHOICE = st.tuples(
    st.integers(0, 9), st.sampled_from(VALUES["Brand"]), st.sampled_from(VALUES["Season"]), st.sampled_from(NOTES)
)
TREES = st.tuples(st.lists(CHOICE, min_size=1, max_size=3), st.lists(CHOICE, min_size=1, max_size=6))
UPDATE = st.tuples(
    st.integers(0, 30),
    st.sampled_from(["Brand", "Season", "Note"]),
    st.integers(0, 2),
)
BATCHES = st.lists(UPDATE, min_size=1, max_size=5)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "max_depth": st.integers(1, 3),
        "propagate": st.booleans(),
        "field_propagation_rules": st.fixed_dictionaries(
            {}, optional={name: st.sampled_from(RULES) for name in ("dimension_value", "dimension_value_freetext")}
        ),
    },
)


@pytest.fixture
def new_naming(person: MakePerson) -> Callable[[], Naming]:
    """A workspace of its own for each example."""
    return lambda: Naming.build(person(tenant_id=uuid.uuid4()))


def grow(naming: Naming, tree: Any) -> None:
    """Makes what can be made; what collides is left out."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    campaigns = [made for wanted in tree[0] if (made := _try(naming, "campaign", account, wanted))]
    for wanted in tree[1]:
        _try(naming, "ad", campaigns[wanted[0] % len(campaigns)], wanted)


def _try(naming: Naming, kind: str, parent: Body, wanted: Any) -> Body | None:
    _number, brand, season, note = wanted
    body = naming.body(kind, parent["id"], values={"Brand": brand, "Season": season, "Note": note})
    response = naming.person.post("strings", body)
    assert response.status_code in (201, 409), response.get_json()
    return response.get_json() if response.status_code == 201 else None


def updates_of(naming: Naming, wanted: Any) -> list[Body]:
    """Each detail once; what a string does not have is left out."""
    strings = [string for _id, string in sorted(stored(naming).items())]
    found: dict[int, Body] = {}
    for number, dimension, value in wanted:
        string = strings[number % len(strings)]
        if any(row["dimension_name"] == dimension for row in string["details"]):
            choices = VALUES.get(dimension, NOTES)
            update = item(naming, string, dimension, choices[value % len(choices)])
            found.setdefault(update["string_detail_id"], update)
    return list(found.values())


@FEW
@given(tree=TREES, wanted=BATCHES, options=OPTIONS)
def test_a_preview_is_the_run(new_naming: Callable[[], Naming], tree: Any, wanted: Any, options: Body) -> None:
    naming = new_naming()
    grow(naming, tree)
    updates = updates_of(naming, wanted)
    if not updates:
        return
    before = stored_names(naming)
    impact = answered(analyze(naming, *updates, **options))
    assert stored_names(naming) == before
    response = batch(naming, *updates, **options, confirm_token=impact["confirm_token"])
    assert response.status_code in (200, 207, 409), response.get_json()
    answer = response.get_json()
    assert stored_names(naming) == before | shown_names(impact)
    assert answer["total_affected"] == impact["summary"]["total_affected"] == len(impact["affected_strings"])
    applied = everything(naming.person, f"jobs/{answer['job_id']}/changes?outcome=applied")
    assert {row["string"] for row in applied} == {row["string_id"] for row in impact["affected_strings"]}
    assert {row["index"] for row in answer["failed_updates"]} <= set(range(len(updates)))
    demand_true_names(naming)
    again = answered(analyze(naming, *updates, **options))
    failing = {row["index"] for row in answer["failed_updates"]}
    direct = {row["string_id"] for row in again["affected_strings"] if row["change_type"] == "direct"}
    assert len(direct) <= len(failing), "what was applied is applied again"


@settings(FEW, max_examples=5)
@given(tree=TREES, calls=st.lists(st.tuples(BATCHES, OPTIONS, st.booleans()), min_size=2, max_size=4))
def test_names_equal_their_details_after_any_interleaving(
    new_naming: Callable[[], Naming], tree: Any, calls: Any
) -> None:
    naming = new_naming()
    grow(naming, tree)
    for wanted, options, is_switched_off in calls:
        set_workspace(naming, enable_inheritance_propagation=not is_switched_off)
        updates = updates_of(naming, wanted)
        if updates:
            assert batch(naming, *updates, **options).status_code in (200, 207, 409)
        demand_true_names(naming)
    _demand_sources_for_the_stale(naming)


def _demand_sources_for_the_stale(naming: Naming) -> None:
    """What is behind says with what, and nobody waits for a detail that is not pending."""
    strings = stored(naming)
    pending = {row["string"] for string in strings.values() for row in string["details"] if row["pending_since"]}
    for string in strings.values():
        if string["stale"]:
            assert string["stale_sources"], string
            assert set(string["stale_sources"]) <= pending


@settings(FEW, max_examples=6)
@given(tree=TREES, wanted=BATCHES, how=st.sampled_from(["continue", "stop", "rollback"]))
def test_a_worker_stores_what_the_preview_shows(
    naming: Naming, worker: Worker, tree: Any, wanted: Any, how: str
) -> None:
    for string_id, string in sorted(stored(naming).items(), reverse=True):
        assert naming.person.delete(f"strings/{string_id}").status_code == 204, string
    set_workspace(naming, background_processing_threshold=100)
    grow(naming, tree)
    updates = updates_of(naming, wanted)
    if not updates:
        return
    before, impact = stored_names(naming), answered(analyze(naming, *updates))
    set_workspace(naming, background_processing_threshold=1)
    response = batch(naming, *updates, error_handling=how)
    worker.run()
    demand_true_names(naming)
    if response.status_code == 202 and (how == "continue" or not impact["summary"]["failed"]):
        assert stored_names(naming) == before | shown_names(impact)
    elif how == "rollback":
        assert stored_names(naming) == before


def test_the_checker_sees_a_false_name(naming: Naming) -> None:
    """With the kill switch a name may differ from its details, and the checker says so."""
    account = naming.make("account", {"Brand": "NIKE", "Region": "EU"})
    demand_true_names(naming)
    set_workspace(naming, auto_regenerate_strings=False)
    answered(change(naming, account, "Brand", "PUMA"))
    assert false_names(naming) == [(account["id"], "NIKE-EU", "PUMA-EU")]
