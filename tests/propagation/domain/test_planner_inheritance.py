"""How values flow down: one example for each sentence of the rules of inheritance."""

import pytest

from services.propagation.domain.generation import NO_RULE
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.plan import ManyChildren, Relink, StaleReason, WavePlan
from services.propagation.domain.values import Detail
from services.propagation.domain.wave import Update
from tests.propagation.domain.forest import BRAND, ITEM, NOTE, SEASON, Forest, level_of, value


def forest_of(*, rule: Rule = Rule.ALWAYS, depth: int = 5) -> Forest:
    """Every level names Brand and Season, the season is optional, and an item keeps siblings apart."""
    levels = {number: level_of(BRAND, SEASON, ITEM, optional=[SEASON, ITEM]) for number in range(1, depth + 1)}
    return Forest(levels, {BRAND: rule, SEASON: rule, NOTE: rule, ITEM: Rule.NEVER})


def inherited(number: int, source: int = 1) -> Detail:
    return Detail(value(number), is_inherited=True, source_id=source)


def names_of(plan: WavePlan) -> dict[int, str]:
    return {change.string_id: change.value for change in plan.changes}


@pytest.fixture
def chain() -> Forest:
    forest = forest_of()
    forest.add(None, {BRAND: 1})
    for parent_id in (1, 2, 3, 4):
        forest.add(parent_id, {BRAND: inherited(1)})
    return forest


def test_a_change_flows_to_the_bottom_with_its_lineage(chain: Forest) -> None:
    plan = chain.plan(chain.choose(1, BRAND, 2))
    assert [(change.string_id, change.level, change.change_type) for change in plan.changes] == [
        (1, 0, "direct"), (2, 1, "inherited"), (3, 2, "inherited"), (4, 3, "inherited"), (5, 4, "inherited"),
    ]  # fmt: skip
    last = plan.changes[-1]
    assert (last.value_before, last.value, last.version, last.updates) == ("v1", "v2", 1, (0,))
    assert last.moves == [(BRAND, inherited(1), inherited(2), 0)]
    assert plan.by_level == {0: 1, 1: 1, 2: 1, 3: 1, 4: 1}


@pytest.mark.parametrize(
    ("rule", "changed"),
    [
        (Rule.ALWAYS, [1, 2, 3, 4, 5]),
        (Rule.UNLESS_OVERRIDDEN, [1, 2, 3]),
        (Rule.IF_EMPTY, [1, 3]),
        (Rule.NEVER, [1]),
    ],
)
def test_each_rule_on_an_inherited_an_empty_and_an_own_value(rule: Rule, changed: list[int]) -> None:
    forest = forest_of(rule=rule)
    forest.add(None, {BRAND: 1, SEASON: 1})
    forest.add(1, {BRAND: 1, SEASON: inherited(1), ITEM: 1})
    forest.add(1, {BRAND: 1, SEASON: None, ITEM: 2})
    forest.add(1, {BRAND: 1, SEASON: 3, ITEM: 3})
    forest.add(4, {BRAND: 1, SEASON: inherited(3, 4)})
    assert list(names_of(forest.plan(forest.choose(1, SEASON, 2)))) == changed


def test_a_string_that_lacks_the_dimension_is_passed_through_and_counts_as_a_level() -> None:
    forest = forest_of()
    forest.add(None, {BRAND: 1, SEASON: 1})
    forest.add(1, {BRAND: 7})
    forest.add(2, {BRAND: 7, SEASON: inherited(1)})
    plan = forest.plan(forest.choose(1, SEASON, 2))
    assert [(change.string_id, change.level) for change in plan.changes] == [(1, 0), (3, 2)]
    limited = forest.plan(forest.choose(1, SEASON, 2), scope=forest.scope(max_depth=2))
    assert limited.stale == {3: StaleReason.PENDING_PROPAGATION}


def test_a_string_that_has_the_value_is_not_listed_but_passed(chain: Forest) -> None:
    chain.items[3].details[BRAND], chain.items[3].value = Detail(value(2)), "v2"
    plan = chain.plan(chain.choose(1, BRAND, 2))
    assert names_of(plan) == {1: "v2", 2: "v2", 4: "v2", 5: "v2"}
    # Below a string that holds the same value as its own, that string is the nearest source.
    assert [change.moves[0].after.source_id for change in plan.changes if change.moves[0].after] == [None, 1, 3, 3]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_depth_counts_the_explicit_string_as_one(chain: Forest, depth: int) -> None:
    plan = chain.plan(chain.choose(1, BRAND, 2), scope=chain.scope(max_depth=depth))
    assert len(plan.changes) == depth
    assert plan.truncated
    assert plan.stale == dict.fromkeys(range(depth + 1, 6), StaleReason.PENDING_PROPAGATION)
    assert plan.pending == {(1, BRAND)}


def test_a_limit_that_keeps_nothing_from_changing_truncates_nothing(chain: Forest) -> None:
    assert not chain.plan(chain.choose(1, BRAND, 2), scope=chain.scope(max_depth=5)).truncated
    assert not chain.plan(chain.choose(3, BRAND, 1), scope=chain.scope(max_depth=1)).truncated


def test_depth_counts_from_each_explicit_string(chain: Forest) -> None:
    plan = chain.plan(chain.choose(1, BRAND, 2), chain.choose(3, BRAND, 3, index=1), scope=chain.scope(max_depth=2))
    assert names_of(plan) == {1: "v2", 2: "v2", 3: "v3", 4: "v3"}
    assert plan.stale == {5: StaleReason.PENDING_PROPAGATION}


def test_without_propagation_only_the_explicit_string_changes(chain: Forest) -> None:
    plan = chain.plan(chain.choose(2, BRAND, 2), scope=chain.scope(propagate=False))
    assert names_of(plan) == {2: "v2"}
    assert plan.stale == dict.fromkeys((3, 4, 5), StaleReason.PENDING_PROPAGATION)
    assert (plan.truncated, plan.pending) == (False, {(2, BRAND)})


def test_the_kill_switch_stores_details_and_regenerates_nothing(chain: Forest) -> None:
    plan = chain.plan(chain.choose(1, BRAND, 2), scope=chain.scope(regenerate=False))
    (only,) = plan.changes
    assert (only.string_id, only.value, list(only.parts)) == (1, "v1", ["v2", None, None])
    assert plan.stale == dict.fromkeys((1, 2, 3, 4, 5), StaleReason.REGENERATION_DISABLED)
    refused = chain.plan(chain.choose(1, BRAND, None), scope=chain.scope(regenerate=False))
    assert [left.failure.code for left in refused.failed] == ["required_dimension_missing"]


def test_an_explicit_value_beats_an_inherited_one_and_flows_on_in_its_place(chain: Forest) -> None:
    upper, lower = chain.choose(1, BRAND, 2), chain.choose(3, BRAND, 3, index=1)
    expected = {1: "v2", 3: "v3", 2: "v2", 4: "v3", 5: "v3"}
    for updates in ((upper, lower), (lower, upper)):
        plan = chain.plan(*updates)
        assert names_of(plan) == expected
        assert [change.updates for change in plan.changes] == [(0,), (1,), (0,), (1,), (1,)]


def test_the_present_value_stands_against_one_from_above_and_becomes_own(chain: Forest) -> None:
    plan = chain.plan(chain.choose(1, BRAND, 2), chain.choose(3, BRAND, 1, index=1))
    assert names_of(plan) == {1: "v2", 2: "v2"}
    assert plan.relinks == [(3, BRAND, False, None), (4, BRAND, True, 3), (5, BRAND, True, 3)]


def test_the_same_value_again_is_no_change(chain: Forest) -> None:
    assert chain.plan(chain.choose(1, BRAND, 1)) == WavePlan()
    assert chain.plan(chain.choose(3, BRAND, 1)) == WavePlan()


def test_own_alone_protects_the_present_value(chain: Forest) -> None:
    plan = chain.plan(chain.choose(4, BRAND, 1, own=True))
    assert plan.changes == []
    assert plan.relinks == [Relink(4, BRAND, False, None), Relink(5, BRAND, True, 4)]


def test_a_value_that_becomes_own_is_the_source_of_what_is_chosen_below(chain: Forest) -> None:
    chain.items[4].details[BRAND], chain.items[4].value = Detail(value(5)), "v5"
    plan = chain.plan(chain.choose(3, BRAND, 1, own=True), chain.choose(4, BRAND, 1, index=1))
    assert [change.moves[0].after for change in plan.changes] == [inherited(1, source=3)]


def test_a_chosen_value_is_inherited_where_it_equals_the_one_above(chain: Forest) -> None:
    chain.items[4].details[BRAND], chain.items[4].value = Detail(value(5)), "v5"
    (same, below) = chain.plan(chain.choose(4, BRAND, 1)).changes[0].moves[0][1:3]
    assert (same, below) == (Detail(value(5)), inherited(1))
    forced = chain.plan(chain.choose(4, BRAND, 1, own=True)).changes[0].moves[0].after
    assert forced == Detail(value(1))


def test_what_the_string_above_will_hold_decides_the_lineage(chain: Forest) -> None:
    plan = chain.plan(chain.choose(4, BRAND, 2), chain.choose(2, BRAND, 2, index=1))
    lineage = {change.string_id: change.moves[0].after for change in plan.changes}
    assert lineage[2] == Detail(value(2))
    assert lineage[4] == inherited(2, source=2)
    assert lineage[5] == inherited(2, source=2)


def test_emptying_what_is_required_is_refused_and_fails_below_by_itself() -> None:
    forest = forest_of()
    forest.levels[2] = level_of(SEASON, BRAND)
    forest.add(None, {BRAND: 1, SEASON: 1})
    forest.add(1, {BRAND: 1, SEASON: inherited(1)})
    refused = forest.plan(forest.choose(1, BRAND, None))
    assert [(left.node.id, left.failure.code) for left in refused.failed] == [(1, "required_dimension_missing")]
    plan = forest.plan(forest.choose(1, SEASON, None))
    assert names_of(plan) == {1: "v1"}
    assert [(left.node.id, left.own_updates, left.updates) for left in plan.failed] == [(2, (), (0,))]


def test_updates_of_one_string_merge_into_one_change() -> None:
    forest = forest_of()
    forest.add(None, {BRAND: 1, SEASON: 1})
    forest.add(1, {BRAND: inherited(1), SEASON: inherited(1)})
    plan = forest.plan(forest.choose(1, BRAND, 2), forest.choose(1, SEASON, 3, index=1))
    assert [(change.value, change.updates) for change in plan.changes] == [("v2-v3", (0, 1)), ("v2-v3", (0, 1))]


def test_details_that_the_rule_does_not_use_are_listed_without_a_new_name() -> None:
    forest = forest_of()
    forest.add(None, {BRAND: 1, NOTE: 1})
    (change,) = forest.plan(forest.choose(1, NOTE, 2)).changes
    assert (change.value_before, change.value) == ("v1", "v1")


def test_custom_fields_flow_by_their_rule_and_touch_no_name(chain: Forest) -> None:
    chain.rules["owner"] = Rule.ALWAYS
    for item in chain.items.values():
        item.details["owner"] = Detail(value(1))
    chain.levels = dict.fromkeys(chain.levels, NO_RULE)
    plan = chain.plan(chain.choose(1, "owner", 2))
    assert names_of(plan) == dict.fromkeys(range(1, 6), "v1")


def test_a_detail_can_be_added_and_flows_into_what_is_empty() -> None:
    forest = forest_of(rule=Rule.IF_EMPTY)
    forest.add(None, {BRAND: 1})
    forest.add(1, {BRAND: 1, SEASON: None})
    plan = forest.plan(forest.choose(1, SEASON, 4))
    assert names_of(plan) == {1: "v1-v4", 2: "v1-v4"}
    assert plan.changes[0].moves[0].before is None


@pytest.mark.parametrize(("children", "severity"), [(50, None), (51, "medium"), (99, "medium"), (100, "high")])
def test_many_children_are_worth_a_warning(chain: Forest, children: int, severity: str | None) -> None:
    node = chain.node(chain.items[1])
    node.children = children
    update = Update(0, 1, BRAND, value(2))
    plan = chain.plan(update, nodes=[node])
    assert plan.warnings == ([ManyChildren(1, children)] if severity else [])
    assert [warning.severity for warning in plan.warnings] == ([severity] if severity else [])
    assert list(plan.frontier) == [1]
