from copy import deepcopy
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.propagation.domain.inheritance import Rule
from services.propagation.domain.plan import Relink, StaleReason, WavePlan
from services.propagation.domain.values import Detail
from services.propagation.domain.wave import Scope, Update
from tests.propagation.domain.forest import BRAND, ITEM, NAMES, NOTE, SEASON, Forest, level_of, value
from tests.propagation.domain.reference import Expected, Reference

LEVELS = 5
CALM = settings(max_examples=150, deadline=None)


@st.composite
def forests(draw: st.DrawFn) -> Forest:
    """Small trees with few values, so that collisions, gaps and lagging values are common."""
    random = Random(draw(st.integers(0, 2**32)))
    levels = {}
    for number in range(1, LEVELS + 1):
        used = random.sample([BRAND, SEASON, NOTE], k=random.randint(1, 3))
        optional = [dimension for dimension in used if random.random() < 0.5]
        levels[number] = level_of(*used, *([ITEM] if random.random() < 0.6 else []), optional=optional)
    forest = Forest(levels, dict.fromkeys(NAMES, Rule.ALWAYS))
    for dimension in NAMES:
        forest.rules[dimension] = random.choice([Rule.ALWAYS, Rule.ALWAYS, *Rule])
    for _ in range(draw(st.integers(1, 24))):
        add_string(forest, random)
    return forest


def add_string(forest: Forest, random: Random) -> None:
    parents = [item.id for item in forest.items.values() if item.level < LEVELS]
    parent_id = random.choice(parents) if parents and random.random() < 0.9 else None
    held = {key: detail for key in NAMES if (detail := random_detail(forest, random, parent_id, key))}
    taken = {(item.parent_id, item.value) for item in forest.items.values()}
    added = forest.items[forest.add(parent_id, held)]
    if (added.parent_id, added.value) in taken:
        del forest.items[added.id]


def random_detail(forest: Forest, random: Random, parent_id: int | None, key: int) -> Detail | None:
    how = random.choice(["lacks", "empty", "own", "own", "inherited", "inherited", "inherited", "lags"])
    above = forest.nearest(parent_id, key)
    if how == "lacks":
        return None
    if how == "empty":
        return Detail(value(None))
    if above is None or how == "own":
        return Detail(value(random.randint(1, 3) if key != ITEM else random.randint(1, 9)))
    kept = above.value if how == "inherited" else value(random.randint(1, 3))
    return Detail(kept, is_inherited=True, source_id=above.source_id)


@st.composite
def batches(draw: st.DrawFn) -> tuple[Forest, list[Update]]:
    forest = draw(forests())
    places = st.tuples(st.sampled_from(sorted(forest.items)), st.sampled_from(sorted(NAMES)))
    chosen = draw(st.lists(places, max_size=6, unique=True))
    numbers = st.sampled_from([1, 1, 2, 2, 3, None])
    own = st.sampled_from([False, False, False, True])
    return forest, [
        forest.choose(string_id, key, draw(numbers), index=index, own=draw(own))
        for index, (string_id, key) in enumerate(chosen)
    ]


depths = st.integers(1, LEVELS + 1)


def changes_of(*plans: WavePlan) -> dict[int, tuple[object, ...]]:
    return {
        change.string_id: (
            change.value,
            change.level,
            change.updates,
            {move.key: (move.after.value, move.after.is_inherited, move.after.source_id) for move in change.moves
             if move.after},
        )
        for plan in plans
        for change in plan.changes
    }  # fmt: skip


def expected_changes(expected: Expected) -> dict[int, tuple[object, ...]]:
    return {
        string_id: (
            name,
            expected.levels[string_id],
            tuple(sorted(expected.causes[string_id])),
            {key: (detail.value, detail.is_inherited, detail.source_id)
             for key, detail in expected.details[string_id].items()},
        )
        for string_id, name in expected.names.items()
    }  # fmt: skip


def failed_of(*plans: WavePlan) -> dict[int, str]:
    return {left.node.id: left.failure.code for plan in plans for left in plan.failed}


def skipped_of(*plans: WavePlan) -> set[int]:
    return {skipped.node.id for plan in plans for skipped in plan.skipped}


def stale_of(*plans: WavePlan) -> dict[int, StaleReason]:
    return {string_id: reason for plan in plans for string_id, reason in plan.stale.items()}


@CALM
@given(batches(), depths, st.booleans())
def test_the_plan_is_what_the_specification_says(
    batch: tuple[Forest, list[Update]], depth: int, propagate: bool
) -> None:
    forest, updates = batch
    scope = forest.scope(max_depth=depth, propagate=propagate)
    plan = forest.plan(*updates, scope=scope)
    expected = Reference(forest, updates, scope.reach, propagate).plan()
    assert changes_of(plan) == expected_changes(expected)
    assert failed_of(plan) == expected.failed
    assert skipped_of(plan) == expected.skipped
    assert plan.truncated == expected.truncated
    assert len(plan.relinks) == len(set(plan.relinks))
    assert set(plan.relinks) == {
        Relink(string_id, key, detail.is_inherited, detail.source_id)
        for string_id, relinked in expected.relinked.items()
        for key, detail in relinked.items()
    }
    assert plan.stale.keys() == expected.stale.keys()
    assert all(reason in expected.stale[string_id] for string_id, reason in plan.stale.items())


@CALM
@given(batches(), depths, st.integers(1, 12))
def test_waves_of_any_size_give_the_plan_of_one_wave(batch: tuple[Forest, list[Update]], depth: int, size: int) -> None:
    forest, updates = batch
    scope = forest.scope(max_depth=depth)
    whole, parts = forest.plan(*updates, scope=scope), forest.plan_in_waves(updates, scope=scope, size=size)
    assert changes_of(*parts) == changes_of(whole)
    assert sum(len(part.changes) for part in parts) == len(whole.changes)
    assert failed_of(*parts) == failed_of(whole)
    assert skipped_of(*parts) == skipped_of(whole)
    assert stale_of(*parts) == whole.stale
    assert sorted(link for part in parts for link in part.relinks) == sorted(whole.relinks)
    assert any(part.truncated for part in parts) == whole.truncated


@CALM
@given(batches(), depths)
def test_the_result_has_every_name_once_and_made_from_its_details(
    batch: tuple[Forest, list[Update]], depth: int
) -> None:
    forest, updates = batch
    after = deepcopy(forest)
    plan = forest.plan(*updates, scope=forest.scope(max_depth=depth))
    after.apply(plan)
    assert len(after.name_keys()) == len(after.items)
    for change in plan.changes:
        item = after.items[change.string_id]
        assert tuple(change.parts) == after.parts(item)
        assert item.value == after.levels[item.level].render(after.parts(item)) or not item.is_auto_generated


@CALM
@given(batches())
def test_every_string_is_listed_once_and_in_order(batch: tuple[Forest, list[Update]]) -> None:
    forest, updates = batch
    plan = forest.plan(*updates)
    listed = [change.string_id for change in plan.changes]
    everyone = listed + [left.node.id for left in plan.failed] + [skipped.node.id for skipped in plan.skipped]
    assert len(everyone) == len(set(everyone))
    assert all(len({move.key for move in change.moves}) == len(change.moves) for change in plan.changes)
    places = [(not change.is_direct, change.cause if change.is_direct else change.level, change.string_id)
              for change in plan.changes]  # fmt: skip
    assert places == sorted(places)
    assert {change.level == 0 for change in plan.changes if change.is_direct} <= {True}


@CALM
@given(batches(), st.randoms())
def test_the_order_of_the_updates_decides_nothing_but_contested_names(
    batch: tuple[Forest, list[Update]], random: Random
) -> None:
    forest, updates = batch
    shuffled = random.sample(updates, k=len(updates))
    # Each update keeps its index, which is what contested names go by; only their place in the list differs.
    assert changes_of(forest.plan(*shuffled)) == changes_of(forest.plan(*updates))


@CALM
@given(batches(), st.randoms())
def test_without_failures_even_the_numbers_of_the_updates_do_not_matter(
    batch: tuple[Forest, list[Update]], random: Random
) -> None:
    forest, updates = batch
    plan = forest.plan(*updates)
    if plan.failed:
        return
    numbers = random.sample(range(len(updates)), k=len(updates))
    renumbered = [
        Update(number, one.string_id, one.key, one.value, own=one.own, above=one.above)
        for number, one in zip(numbers, updates, strict=True)
    ]
    names = {change.string_id: change.value for change in plan.changes}
    assert {change.string_id: change.value for change in forest.plan(*renumbered).changes} == names


@CALM
@given(forests())
def test_no_change_gives_an_empty_plan(forest: Forest) -> None:
    same = [
        Update(0, item.id, key, detail.value, above=forest.nearest(item.parent_id, key))
        for item in forest.items.values()
        for key, detail in item.details.items()
    ]
    for updates in ([], same[:1]):
        assert forest.plan(*updates) == WavePlan()


@CALM
@given(batches(), depths)
def test_the_same_again_changes_nothing_that_is_up_to_date(batch: tuple[Forest, list[Update]], depth: int) -> None:
    forest, updates = batch
    scope: Scope = forest.scope(max_depth=depth)
    plan = forest.plan(*updates, scope=scope)
    if plan.failed:
        return
    forest.apply(plan)
    again = forest.plan(*(forest.refreshed(update) for update in updates), scope=scope)
    assert again.changes == []


@pytest.mark.parametrize("count", [2, 3, 7])
def test_rotations_of_names_pass(count: int) -> None:
    forest = Forest({1: level_of(BRAND)})
    ids = [forest.add(None, {BRAND: number}) for number in range(1, count + 1)]
    updates = [forest.choose(one, BRAND, one % count + 1, index=index) for index, one in enumerate(ids)]
    plan = forest.plan(*updates)
    assert [change.value for change in plan.changes] == [f"v{one % count + 1}" for one in ids]
    assert plan.failed == []
