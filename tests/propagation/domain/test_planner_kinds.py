"""What is wanted of a string besides a chosen value: replaced, restored, removed, sent again, moved, made again."""

from dataclasses import replace

import pytest

from services.propagation.domain.inheritance import Rule
from services.propagation.domain.plan import StaleReason, WavePlan
from services.propagation.domain.planner import names_to_look_up, plan_wave
from services.propagation.domain.values import Detail
from services.propagation.domain.wave import Entry, Update, UpdateKind, Wave
from tests.propagation.domain.forest import BRAND, ITEM, RULE, SEASON, Forest, level_of, value


def inherited(number: int, source: int = 1) -> Detail:
    return Detail(value(number), is_inherited=True, source_id=source)


def names_of(plan: WavePlan) -> dict[int, str]:
    return {change.string_id: change.value for change in plan.changes}


@pytest.fixture
def forest() -> Forest:
    """Two accounts, 1 and 2; under 1 the campaigns 3 and 4, under 3 the ad set 5."""
    levels = {number: level_of(BRAND, ITEM, optional=[BRAND, ITEM]) for number in (1, 2, 3)}
    forest = Forest(levels, {BRAND: Rule.ALWAYS, ITEM: Rule.NEVER, SEASON: Rule.NEVER})
    forest.add(None, {BRAND: 1, ITEM: 1})
    forest.add(None, {BRAND: 2, ITEM: 2})
    forest.add(1, {BRAND: inherited(1), ITEM: 3})
    forest.add(1, {BRAND: 7, ITEM: 4})
    forest.add(3, {BRAND: inherited(1), ITEM: 5})
    return forest


def test_a_replaced_value_changes_where_it_stands_and_keeps_its_lineage(forest: Forest) -> None:
    plan = forest.plan(*(Update(0, one, BRAND, value(8), UpdateKind.REPLACE) for one in (1, 3, 5)))
    assert names_of(plan) == {1: "v8-v1", 3: "v8-v3", 5: "v8-v5"}
    assert {change.string_id: change.moves[0].after for change in plan.changes} == {
        1: Detail(value(8)),
        3: inherited(8),
        5: inherited(8),
    }
    assert {change.level for change in plan.changes} == {0}


def test_a_removed_detail_leaves_its_part_out_and_nothing_flows(forest: Forest) -> None:
    plan = forest.plan(Update(0, 1, BRAND, kind=UpdateKind.REMOVE))
    assert names_of(plan) == {1: "v1"}
    assert plan.changes[0].moves[0].after is None


def test_restoring_puts_back_exactly_what_was_there(forest: Forest) -> None:
    before = {item.id: (item.value, replace(item.details[BRAND])) for item in forest.items.values()}
    done = forest.plan(forest.choose(1, BRAND, 2))
    forest.apply(done)
    undo = [
        Update(0, change.string_id, BRAND, kind=UpdateKind.RESTORE, restored=change.moves[0].before)
        for change in done.changes
    ]
    plan = forest.plan(*undo)
    assert len(plan.changes) == len(done.changes)
    forest.apply(plan)
    assert {item.id: (item.value, item.details[BRAND]) for item in forest.items.values()} == before


def test_what_cannot_be_restored_is_left_out_with_its_subtree(forest: Forest) -> None:
    done = forest.plan(forest.choose(1, BRAND, 2))
    forest.apply(done)
    undo = [
        Update(0, change.string_id, BRAND, kind=UpdateKind.RESTORE, restored=change.moves[0].before)
        for change in done.changes
    ]
    plan = forest.plan(*[update for update in undo if update.string_id != 3], fallen={3})
    assert sorted(names_of(plan)) == [1, 4]
    assert [(one.node.id, one.stopped_by) for one in plan.skipped] == [(5, 3)]
    forest.items[2].value = "v1-v1"
    blocked = forest.plan(*undo)
    assert [left.failure.code for left in blocked.failed] == ["duplicate_value"]
    assert sorted(one.node.id for one in blocked.skipped) == [3, 4, 5]
    assert blocked.fallen == {1, 3, 4, 5}


def test_a_value_sent_again_reaches_what_had_been_left_behind(forest: Forest) -> None:
    forest.apply(forest.plan(forest.choose(1, BRAND, 2), scope=forest.scope(propagate=False)))
    plan = forest.plan(Update(0, 1, BRAND, kind=UpdateKind.RESEND))
    assert names_of(plan) == {3: "v2-v3", 4: "v2-v4", 5: "v2-v5"}
    assert [change.level for change in plan.changes] == [1, 1, 2]
    assert plan.changes[0].moves[0].after == inherited(2)
    assert forest.plan(Update(0, 2, BRAND, kind=UpdateKind.RESEND)) == WavePlan()


def test_a_value_sent_again_yields_to_a_new_one_from_above(forest: Forest) -> None:
    forest.items[5].details[BRAND] = Detail(value(9))
    plan = forest.plan(forest.choose(1, BRAND, 2), Update(1, 3, BRAND, kind=UpdateKind.RESEND))
    assert names_of(plan) == {1: "v2-v1", 3: "v2-v3", 4: "v2-v4", 5: "v2-v5"}


def move_to_second_account(forest: Forest, string_id: int) -> Entry:
    above = forest.nearest(2, BRAND)
    assert above is not None
    return Entry(0, string_id, 2, {BRAND: above})


def test_under_a_new_parent_inherited_values_follow_and_own_ones_stay(forest: Forest) -> None:
    plan = forest.plan(entries=[move_to_second_account(forest, 3)])
    assert [(change.string_id, change.parent_id, change.value) for change in plan.changes] == [
        (3, 2, "v2-v3"),
        (5, 3, "v2-v5"),
    ]
    assert [change.moves[0].after for change in plan.changes] == [inherited(2, source=2)] * 2
    own = forest.plan(entries=[move_to_second_account(forest, 4)])
    assert [(change.string_id, change.parent_id, change.value, change.moves) for change in own.changes] == [
        (4, 2, "v7-v4", [])
    ]


def test_a_new_parent_that_changes_in_the_same_run_gives_its_new_value(forest: Forest) -> None:
    plan = forest.plan(forest.choose(2, BRAND, 6, index=1), entries=[move_to_second_account(forest, 3)])
    assert names_of(plan) == {2: "v6-v2", 3: "v6-v3", 5: "v6-v5"}
    assert [len(change.moves) for change in plan.changes] == [1, 1, 1]


def test_below_a_moved_string_the_rules_count_as_ever(forest: Forest) -> None:
    forest.items[5].details[BRAND] = Detail(value(9))
    taken = forest.plan(entries=[move_to_second_account(forest, 3)])
    assert names_of(taken) == {3: "v2-v3", 5: "v2-v5"}
    del forest.items[3].details[BRAND]
    passed = forest.plan(entries=[move_to_second_account(forest, 3)])
    assert names_of(passed) == {3: "v1-v3"}


def test_a_move_needs_a_free_name_below_the_new_parent(forest: Forest) -> None:
    forest.add(2, {BRAND: inherited(2, source=2), ITEM: 3})
    plan = forest.plan(entries=[move_to_second_account(forest, 3)])
    assert [(one.string_id, one.conflicting_string_id) for one in plan.conflicts] == [(3, 6)]
    assert [one.node.id for one in plan.skipped] == [5]
    assert plan.stale == {}


def test_a_string_that_fails_to_move_misses_what_comes_down_where_it_stays(forest: Forest) -> None:
    forest.add(2, {BRAND: inherited(2, source=2), ITEM: 3})
    plan = forest.plan(forest.choose(1, BRAND, 8, index=1), entries=[move_to_second_account(forest, 3)])
    assert names_of(plan) == {1: "v8-v1", 4: "v8-v4"}
    assert plan.stale == dict.fromkeys((3, 5), StaleReason.FAILED)


def test_a_move_that_fails_by_itself_keeps_the_old_name_taken(forest: Forest) -> None:
    forest.levels[2] = level_of(BRAND, ITEM)
    move = Entry(0, 3, 2)
    plan = forest.plan(forest.choose(3, ITEM, None, index=1), forest.choose(4, BRAND, 1, index=2),
                       forest.choose(4, ITEM, 3, index=2), entries=[move])  # fmt: skip
    assert [(left.node.id, left.failure.code) for left in plan.failed] == [
        (3, "required_dimension_missing"),
        (4, "duplicate_value"),
    ]


def test_a_retry_enters_at_one_string_without_its_siblings(forest: Forest) -> None:
    above = forest.nearest(2, BRAND)
    assert above is not None
    plan = forest.plan(entries=[Entry(0, 3, 1, {BRAND: above}, is_move=False)])
    assert [(change.string_id, change.change_type) for change in plan.changes] == [(3, "inherited"), (5, "inherited")]


def test_names_made_again_are_listed_where_they_differ(forest: Forest) -> None:
    forest.items[4].value = "out of date"
    plan = forest.plan(regenerate={1, 3, 4})
    assert [(change.string_id, change.change_type, change.value) for change in plan.changes] == [(4, "direct", "v7-v4")]
    assert plan.changes[0].moves == []


def test_a_name_that_cannot_be_made_again_is_behind_its_rule(forest: Forest) -> None:
    forest.levels[2] = level_of(SEASON)
    plan = forest.plan(regenerate={3, 4})
    assert [left.failure.code for left in plan.failed] == ["required_dimension_missing"] * 2
    assert plan.stale == dict.fromkeys((3, 4), StaleReason.FAILED)


def test_a_long_chain_needs_no_deep_recursion() -> None:
    count = 3000
    level = level_of(BRAND)
    forest = Forest({number: level for number in range(1, count + 1)})
    nodes = []
    for number in range(1, count + 1):
        forest.items = {}
        node = forest.node(forest.items.setdefault(forest.add(None, {BRAND: 1}), forest.items[1]))
        node.id, node.parent_id, node.level, node.field_id = number, number - 1 or None, number, number
        nodes.append(node)
    wave = Wave(nodes=nodes, updates=[Update(0, 1, BRAND, value(2))])
    plan = plan_wave(wave, forest.scope(max_depth=count), taken={})
    assert plan.changes[-1].level == count - 1


def test_only_names_of_explicit_strings_have_to_be_looked_up(forest: Forest) -> None:
    nodes = [forest.node(item) for item in forest.items.values()]
    wave = Wave(nodes=nodes, updates=[forest.choose(1, BRAND, 2), forest.choose(3, ITEM, 3, index=1)])
    assert names_to_look_up(wave, forest.scope()) == {(RULE, 1, None, "v2-v1")}
    again = Wave(nodes=nodes, regenerate={1, 3})
    assert names_to_look_up(again, forest.scope()) == set()
