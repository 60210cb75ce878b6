"""What fails, what that takes away, and who gets a name."""

import pytest

from services.propagation.domain.dependencies import Dependencies
from services.propagation.domain.error_handling import find_stop
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.plan import StaleReason, WavePlan
from services.propagation.domain.values import Detail
from services.propagation.domain.wave import Update, Wave
from tests.propagation.domain.forest import BRAND, ITEM, SEASON, Forest, level_of, value


def inherited(number: int, source: int = 1) -> Detail:
    return Detail(value(number), is_inherited=True, source_id=source)


def flat(*numbers: int) -> Forest:
    """Siblings at the top, each named by its brand alone."""
    forest = Forest({1: level_of(BRAND)})
    for number in numbers:
        forest.add(None, {BRAND: number})
    return forest


def rename(forest: Forest, **names: int) -> WavePlan:
    """`s2=5` asks for brand 5 for string 2, in the order of the arguments."""
    updates = [forest.choose(int(key[1:]), BRAND, one, index=index) for index, (key, one) in enumerate(names.items())]
    return forest.plan(*updates)


def names_of(plan: WavePlan) -> dict[int, str]:
    return {change.string_id: change.value for change in plan.changes}


def conflicts_of(plan: WavePlan) -> list[tuple[int, int, str]]:
    return [(one.string_id, one.conflicting_string_id, one.value) for one in plan.conflicts]


def test_a_name_of_a_string_outside_the_plan_is_a_conflict() -> None:
    plan = rename(flat(1, 2), s1=2)
    assert (names_of(plan), conflicts_of(plan)) == ({}, [(1, 2, "v2")])
    assert plan.stale == {}


def test_swaps_pass_because_names_are_compared_as_they_will_be() -> None:
    assert names_of(rename(flat(1, 2), s1=2, s2=1)) == {1: "v2", 2: "v1"}
    assert names_of(rename(flat(1, 2, 3), s1=2, s2=3, s3=1)) == {1: "v2", 2: "v3", 3: "v1"}


def test_the_earlier_update_gets_a_contested_name() -> None:
    assert names_of(rename(flat(1, 2, 3), s1=9, s2=9)) == {1: "v9"}
    plan = rename(flat(1, 2, 3), s2=9, s1=9)
    assert (names_of(plan), conflicts_of(plan)) == ({2: "v9"}, [(1, 2, "v9")])


def test_a_name_kept_by_a_loser_makes_the_next_one_lose() -> None:
    # 3 cannot have the name of 4, so it keeps v3, so 2 keeps v2, so 1 keeps v1.
    plan = rename(flat(1, 2, 3, 4), s1=2, s2=3, s3=4)
    assert names_of(plan) == {}
    assert conflicts_of(plan) == [(1, 2, "v2"), (2, 3, "v3"), (3, 4, "v4")]


def test_the_conflict_names_whoever_has_the_name_in_the_end() -> None:
    # 1 beats 2 to v3, but 3 cannot leave it: neither gets it, and both conflict with 3.
    plan = rename(flat(1, 2, 3, 4), s1=3, s2=3, s3=4)
    assert conflicts_of(plan) == [(1, 3, "v3"), (2, 3, "v3"), (3, 4, "v4")]


def test_the_same_name_under_another_parent_is_free() -> None:
    forest = Forest({1: level_of(ITEM), 2: level_of(BRAND)})
    for number in (1, 2):
        forest.add(None, {ITEM: number})
        forest.add(forest.items[len(forest.items)].id, {BRAND: number})
    assert names_of(forest.plan(forest.choose(2, BRAND, 2))) == {2: "v2"}


@pytest.fixture
def tree() -> Forest:
    """1 has the children 2, 3 and 4; 2 has 5, and 5 has 6; siblings differ by their item."""
    levels = {number: level_of(BRAND, SEASON, ITEM, optional=[SEASON, ITEM]) for number in range(1, 5)}
    forest = Forest(levels, {BRAND: Rule.ALWAYS, SEASON: Rule.ALWAYS, ITEM: Rule.NEVER})
    forest.add(None, {BRAND: 1, SEASON: 1})
    for item in (1, 2, 3):
        forest.add(1, {BRAND: inherited(1), SEASON: inherited(1), ITEM: item})
    forest.add(2, {BRAND: inherited(1), SEASON: inherited(1)})
    forest.add(5, {BRAND: inherited(1), SEASON: inherited(1)})
    return forest


def test_a_failing_string_takes_away_all_that_flows_through_it(tree: Forest) -> None:
    # 3 is about to be called what 2 would become, and comes first.
    plan = tree.plan(tree.choose(3, ITEM, 1), tree.choose(1, BRAND, 2, index=1))
    assert names_of(plan) == {3: "v2-v1-v1", 1: "v2-v1", 4: "v2-v1-v3"}
    assert conflicts_of(plan) == [(2, 3, "v2-v1-v1")]
    assert [(one.node.id, one.stopped_by, one.level, one.updates) for one in plan.skipped] == [
        (5, 2, 2, (1,)),
        (6, 2, 3, (1,)),
    ]
    assert plan.stale == dict.fromkeys((2, 5, 6), StaleReason.FAILED)
    assert plan.pending == {(1, BRAND)}


def test_a_failing_leaf_leaves_the_detail_above_it_pending(tree: Forest) -> None:
    plan = tree.plan(tree.choose(4, ITEM, 2), tree.choose(1, BRAND, 2, index=1))
    assert conflicts_of(plan) == [(3, 4, "v2-v1-v2")]
    assert (plan.skipped, plan.stale, plan.pending) == ([], {3: StaleReason.FAILED}, {(1, BRAND)})


def test_what_is_below_a_refused_update_is_skipped_but_not_behind(tree: Forest) -> None:
    tree.add(None, {BRAND: 9, SEASON: 1})
    plan = tree.plan(tree.choose(1, BRAND, 9))
    assert conflicts_of(plan) == [(1, 7, "v9-v1")]
    assert [one.node.id for one in plan.skipped] == [2, 3, 4, 5, 6]
    assert (plan.stale, plan.pending) == ({}, set())


def test_explicit_updates_below_a_failing_string_stand_on_their_own(tree: Forest) -> None:
    tree.add(None, {BRAND: 9, SEASON: 1})
    plan = tree.plan(tree.choose(1, BRAND, 9), tree.choose(5, SEASON, 7, index=1))
    assert names_of(plan) == {5: "v1-v7", 6: "v1-v7"}
    assert [one.node.id for one in plan.skipped] == [2, 3, 4]
    assert plan.changes[1].moves[0].after == inherited(7, source=5)


def test_an_explicit_value_of_the_same_key_starts_anew_below_a_failing_string(tree: Forest) -> None:
    tree.add(None, {BRAND: 9, SEASON: 1})
    plan = tree.plan(tree.choose(1, BRAND, 9), tree.choose(5, BRAND, 7, index=1))
    assert names_of(plan) == {5: "v7-v1", 6: "v7-v1"}
    assert [one.node.id for one in plan.skipped] == [2, 3, 4]


def test_a_lost_flow_gives_back_the_name_that_its_string_would_have_left(tree: Forest) -> None:
    # 5 fails with 2, keeps its name, and nothing below 2 may count on it.
    tree.add(2, {BRAND: 5, SEASON: 1})
    plan = tree.plan(tree.choose(3, ITEM, 1), tree.choose(1, BRAND, 2, index=1), tree.choose(7, BRAND, 1, index=2))
    assert conflicts_of(plan) == [(7, 5, "v1-v1"), (2, 3, "v2-v1-v1")]


def test_all_updates_that_reach_a_failing_string_are_known(tree: Forest) -> None:
    tree.levels[3] = level_of(BRAND, SEASON)
    plan = tree.plan(tree.choose(1, BRAND, None, index=1), tree.choose(1, SEASON, 2))
    assert [(left.node.id, left.updates, left.own_updates) for left in plan.failed] == [(1, (0, 1), (0, 1))]
    stop = find_stop({}, plan.failed)
    assert stop is not None
    kept = [update for update in (tree.choose(1, SEASON, 2),) if stop.keeps(update.index)]
    assert len(tree.plan(*kept).changes) == 6


def test_a_value_does_not_become_own_where_its_string_is_left_out(tree: Forest) -> None:
    plan = tree.plan(tree.choose(2, SEASON, 1, own=True), tree.choose(2, BRAND, None, index=1))
    assert [left.own_updates for left in plan.failed] == [(0, 1)]
    assert plan.relinks == []


def test_a_string_left_out_is_behind_what_did_not_reach_it_anyway(tree: Forest) -> None:
    plan = tree.plan(tree.choose(1, BRAND, 2), tree.choose(5, BRAND, None, index=1), scope=tree.scope(propagate=False))
    assert names_of(plan) == {1: "v2-v1"}
    assert plan.stale == dict.fromkeys((2, 3, 4, 5, 6), StaleReason.PENDING_PROPAGATION)


def test_dependent_values_that_do_not_go_together_fail(tree: Forest) -> None:
    # Season 1 belongs to brand 1.
    scope = tree.scope(dependencies=Dependencies({SEASON: BRAND}, {1: 1}))
    plan = tree.plan(tree.choose(1, BRAND, 2), scope=scope)
    assert [(left.node.id, left.failure.code) for left in plan.failed] == [(1, "dependent_value_mismatch")]
    together = tree.plan(tree.choose(1, BRAND, 2), tree.choose(1, SEASON, 3, index=1), scope=scope)
    assert len(together.changes) == 6


def test_a_string_without_a_rule_for_its_field_fails(tree: Forest) -> None:
    tree.levels[2] = level_of(BRAND, SEASON, ITEM, optional=[SEASON, ITEM])
    del tree.levels[4]
    nodes = [tree.node(item) for item in tree.items.values() if item.level < 4]
    lost = tree.node(tree.items[5])
    lost.id, lost.parent_id, lost.level, lost.field_id, lost.parts = 6, 5, 4, 4, ()
    plan = tree.plan_one(Wave(nodes=[*nodes, lost], updates=[tree.choose(1, BRAND, 2)]), tree.scope())
    assert [(left.node.id, left.failure.code) for left in plan.failed] == [(6, "no_rule_details")]


def test_a_cycle_in_what_was_loaded_comes_to_an_end(tree: Forest) -> None:
    tree.items[1].parent_id = 6
    plan = tree.plan(tree.choose(6, BRAND, 3, index=1), Update(0, 1, BRAND, value(2)), scope=tree.scope(max_depth=50))
    assert {change.string_id for change in plan.changes} == {1, 2, 3, 4, 5, 6}
    once = tree.plan(Update(0, 1, BRAND, value(2)), scope=tree.scope(max_depth=50))
    assert len(once.changes) == 6


@pytest.fixture
def imported() -> Forest:
    forest = Forest({1: level_of(BRAND, SEASON)})
    forest.add(None, {BRAND: 1, SEASON: None}, name="as imported")
    return forest


def test_an_incomplete_string_keeps_its_name_until_nothing_is_missing(imported: Forest) -> None:
    plan = imported.plan(imported.choose(1, BRAND, 2))
    assert names_of(plan) == {1: "as imported"}
    assert plan.stale == {1: StaleReason.INCOMPLETE}
    (change,) = imported.plan(imported.choose(1, SEASON, 3)).changes
    assert (change.value, change.is_auto_generated) == ("v1-v3", True)


def test_an_incomplete_string_loses_nothing_that_is_required(imported: Forest) -> None:
    plan = imported.plan(imported.choose(1, BRAND, None))
    assert [left.failure.code for left in plan.failed] == ["required_dimension_missing"]
