"""Rules as a whole and edits tried on them, as pure functions."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.propagation.domain.generation import NO_RULE, RuleLevel, RulePart
from services.propagation.domain.rules import Place, inheritance, problems
from services.propagation.domain.simulation import PartEdit, edited, simulate

PLACES = [Place(1, "account", 1, 2), Place(2, "campaign", 2, 3), Place(3, "ad", 3, None), Place(4, "URL", 3, None)]
BRAND, SEASON = RulePart(10, "Brand", 1), RulePart(20, "Season", 2, prefix="s_", delimiter="|")


def test_problems_go_from_the_top_down() -> None:
    levels = {2: RuleLevel([BRAND, replace(SEASON, order=3)]), 1: RuleLevel([BRAND])}
    found = [(problem.code, problem.field_name) for problem in problems(PLACES, levels)]
    assert found == [("order_not_contiguous", "campaign"), ("no_rule_details", "ad"), ("no_rule_details", "URL")]


def test_the_matrix() -> None:
    levels = {
        1: RuleLevel([BRAND, SEASON]),
        2: RuleLevel([BRAND]),
        3: RuleLevel([replace(BRAND, delimiter="-", suffix="!"), replace(SEASON, prefix=None)]),
        4: RuleLevel([BRAND]),
    }
    lines = {line.dimension_name: line for line in inheritance(PLACES, levels)}
    assert list(lines) == ["Brand", "Season"]
    brand = [(cell.place.name, cell.source and cell.source.name) for cell in lines["Brand"].cells]
    assert brand == [("account", None), ("campaign", "account"), ("ad", "campaign"), ("URL", None)]
    assert lines["Brand"].cells[2].agrees == {"prefix": True, "suffix": False, "delimiter": True}
    season = lines["Season"].cells
    assert [(cell.place.name, cell.source and cell.source.name) for cell in season] == [
        ("account", None),
        ("ad", "account"),
    ]
    assert (season[0].agrees, season[1].agrees) == ({}, {"prefix": False, "suffix": True, "delimiter": True})


def test_edits_lie_over_the_stored_parts() -> None:
    level = RuleLevel([BRAND, SEASON, RulePart(30, "Note", 3, is_required=False)])
    edits = [
        PartEdit(20, "Season", {"prefix": None, "delimiter": ""}),
        PartEdit(40, "Region", {"suffix": "!"}),
        PartEdit(10, "Brand", {}, is_removed=True),
    ]
    found = [(part.dimension_name, part.order, part.prefix, part.suffix) for part in edited(level, edits).parts]
    assert found == [("Season", 1, None, None), ("Note", 2, None, None), ("Region", 3, None, "!")]
    assert edited(level, [PartEdit(10, "Brand", {"order": 7})]).problem is not None
    assert edited(level, []).parts == level.parts


def test_every_reason_is_told() -> None:
    made = simulate(RuleLevel([BRAND, SEASON]), {30: "x"})
    assert made.value is None
    assert [(problem.code, problem.dimension_id) for problem in made.problems] == [
        ("required_dimension_missing", 10),
        ("required_dimension_missing", 20),
    ]
    assert [problem.code for problem in simulate(NO_RULE, {}).problems] == ["no_rule_details"]
    assert [problem.code for problem in simulate(RuleLevel([BRAND]), {10: "x" * 401}).problems] == ["value_too_long"]


TEXT = st.text("ab-", max_size=3)


@given(
    st.lists(st.tuples(TEXT, TEXT, st.none() | st.sampled_from(["", "-", "|"]), st.booleans()), min_size=1, max_size=5),
    st.lists(st.none() | TEXT, min_size=5, max_size=5),
)
def test_a_simulation_is_what_is_made(
    affixes: list[tuple[str, str, str | None, bool]], given_values: list[str | None]
) -> None:
    """Building a level by edits and simulating gives the name, or the failure, that generation gives."""
    parts = [RulePart(n, str(n), n + 1, *affix[:3], affix[3]) for n, affix in enumerate(affixes)]
    edits = [
        PartEdit(n, str(n), {"prefix": prefix, "suffix": suffix, "delimiter": delimiter, "is_required": required})
        for n, (prefix, suffix, delimiter, required) in enumerate(affixes)
    ]
    level = edited(NO_RULE, edits)
    assert level.parts == tuple(parts)
    values = dict(enumerate(given_values))
    made = simulate(level, values)
    expected = RuleLevel(parts).render([values[part.dimension_id] or None for part in parts])
    if isinstance(expected, str):
        assert (made.value, made.problems) == (expected, ())
        assert "".join((piece.text or "") + piece.delimiter_after for piece in made.pieces) == expected
    else:
        assert made.value is None
        assert expected.code in {problem.code for problem in made.problems}
