"""Names read back by their rule: what generated names say, what is wrong with others, and that the work is bounded."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.propagation.domain.generation import RuleLevel, RulePart
from services.propagation.domain.reading import Answer, read
from services.propagation.domain.scanning import MAX_READINGS, MAX_TEXT
from services.propagation.domain.vocabulary import Known, Vocabulary

BRAND, SEASON, NOTE, REGION = 1, 2, 3, 4
NAMES = {BRAND: "Brand", SEASON: "Season", NOTE: "Note", REGION: "Region"}


def part(dimension_id: int, order: int, **options: Any) -> RulePart:
    return RulePart(dimension_id, NAMES.get(dimension_id, str(dimension_id)), order, **options)


def level(*parts: tuple[int, Mapping[str, Any]]) -> RuleLevel:
    return RuleLevel([part(dimension_id, order, **options) for order, (dimension_id, options) in enumerate(parts, 1)])


def lists(**more: Mapping[str, Known]) -> Vocabulary:
    known: dict[int, Mapping[str, Known]] = {
        BRAND: {"NIKE": Known(1), "NIKE-US": Known(2), "PUMA": Known(3)},
        SEASON: {"SS26": Known(11), "FW26": Known(12, is_usable=False)},
        REGION: {"EU": Known(21), "US": Known(22)},
    }
    return Vocabulary(known | {dimension: more[NAMES[dimension]] for dimension in known if NAMES[dimension] in more})


NOTE_IN_BRACKETS = {"prefix": "[", "suffix": "]", "is_required": False}
CAMPAIGN = level((BRAND, {"delimiter": "_"}), (SEASON, {"delimiter": "|"}), (NOTE, NOTE_IN_BRACKETS))
AD = level((BRAND, {}), (SEASON, {"is_required": False}), (NOTE, {"is_required": False}))


def choices(answer: Answer) -> list[dict[str, str]]:
    return [{found.part.dimension_name: found.text for found in reading} for reading in answer.readings]


def faults(answer: Answer) -> list[tuple[str, int]]:
    assert not answer.matches
    assert all(reason.message for reason in answer.reasons)
    return [(reason.code, reason.position) for reason in answer.reasons]


@pytest.mark.parametrize(
    ("rule", "name", "expected"),
    [
        (CAMPAIGN, "NIKE_SS26", {"Brand": "NIKE", "Season": "SS26"}),
        (CAMPAIGN, "NIKE_SS26|[launch]", {"Brand": "NIKE", "Season": "SS26", "Note": "launch"}),
        (CAMPAIGN, "NIKE-US_SS26|[a]_[b]", {"Brand": "NIKE-US", "Season": "SS26", "Note": "a]_[b"}),
        (AD, "PUMA", {"Brand": "PUMA"}),
        (AD, "PUMA-SS", {"Brand": "PUMA", "Note": "SS"}),
    ],
)
def test_what_a_name_says(rule: RuleLevel, name: str, expected: dict[str, str]) -> None:
    answer = read(name, rule, lists())
    assert (answer.matches, answer.is_ambiguous, answer.reasons) == (True, False, ())
    assert choices(answer) == [expected]


def test_the_longest_known_value_wins() -> None:
    answer = read("NIKE-US-launch", AD, lists())
    assert answer.is_ambiguous
    assert choices(answer) == [{"Brand": "NIKE-US", "Note": "launch"}, {"Brand": "NIKE", "Note": "US-launch"}]


def test_what_lists_know_comes_before_free_text() -> None:
    rule = level((BRAND, {}), (NOTE, {"is_required": False}), (SEASON, {"is_required": False}))
    answer = read("PUMA-SS26", rule, lists())
    assert choices(answer) == [{"Brand": "PUMA", "Season": "SS26"}, {"Brand": "PUMA", "Note": "SS26"}]


def test_what_the_string_above_holds_comes_first() -> None:
    answer = read("NIKE-US-launch", AD, lists(), above={BRAND: "NIKE"})
    assert choices(answer)[0] == {"Brand": "NIKE", "Note": "US-launch"}


def test_no_delimiter_at_all() -> None:
    rule = level((BRAND, {"delimiter": ""}), (REGION, {"delimiter": ""}), (SEASON, {"is_required": False}))
    assert choices(read("NIKEUSSS26", rule, lists())) == [{"Brand": "NIKE", "Region": "US", "Season": "SS26"}]
    assert choices(read("NIKEEU", rule, lists())) == [{"Brand": "NIKE", "Region": "EU"}]


@pytest.mark.parametrize(
    ("rule", "name", "expected"),
    [
        (CAMPAIGN, "NIKE SS26", [("missing_delimiter", 4)]),
        (CAMPAIGN, "NIKESS26|[x]", [("missing_delimiter", 4)]),
        (CAMPAIGN, "NIKE SS26 [x]", [("missing_delimiter", 4), ("missing_delimiter", 9)]),
        (CAMPAIGN, "ACME_SS26", [("unknown_value", 0)]),
        (CAMPAIGN, "NIKES_SS26", [("unknown_value", 0)]),
        (CAMPAIGN, "NIKE_SS99|[x]", [("unknown_value", 5)]),
        (
            CAMPAIGN,
            "ACME_SS99|x",
            [("unknown_value", 0), ("unknown_value", 5), ("wrong_prefix", 10), ("wrong_suffix", 11)],
        ),
        (CAMPAIGN, "NIKE_SS26|launch]", [("wrong_prefix", 10)]),
        (CAMPAIGN, "NIKE_SS26|[launch", [("wrong_suffix", 17)]),
        (CAMPAIGN, "NIKE_SS26|[launch]!", [("extra_text", 18)]),
        (CAMPAIGN, "NIKE_SS26|", [("extra_text", 9)]),
        (CAMPAIGN, "NIKE", [("missing_required", 4)]),
        (CAMPAIGN, "NIKE_", [("missing_required", 5)]),
        (CAMPAIGN, "nike_SS26", [("unknown_value", 0)]),
        (CAMPAIGN, "NIKE_FW26", [("inactive_value", 5)]),
        (CAMPAIGN, "N" * 401, [("too_long", 400)]),
        (CAMPAIGN, f"NIKE_SS26|[{'x' * 101}]", [("too_long", 111)]),
        (CAMPAIGN, "", [("missing_required", 0)]),
        (AD, "PUMA-", [("extra_text", 4)]),
        (
            level((BRAND, {"prefix": "b_"}), (REGION, {"suffix": "!"})),
            "NIKE-US",
            [("wrong_prefix", 0), ("wrong_suffix", 7)],
        ),
        (level((NOTE, {"is_required": False})), "", [("missing_required", 0)]),
        (level(), "x", [("no_rule_details", 0)]),
        (RuleLevel([part(BRAND, 1), part(SEASON, 3)]), "NIKE-SS26", [("order_not_contiguous", 0)]),
    ],
)
def test_what_is_wrong_with_a_name(rule: RuleLevel, name: str, expected: list[tuple[str, int]]) -> None:
    assert faults(read(name, rule, lists())) == expected


def test_an_inactive_value_is_read_all_the_same() -> None:
    assert choices(read("NIKE_FW26", CAMPAIGN, lists())) == [{"Brand": "NIKE", "Season": "FW26"}]


def test_a_value_that_may_be_used_comes_before_one_that_may_not() -> None:
    brands = {"NIKE": Known(1), "NIKE-US": Known(2, is_usable=False)}
    answer = read("NIKE-US-launch", AD, lists(Brand=brands))
    assert (answer.matches, answer.is_ambiguous) == (True, False)
    assert choices(answer) == [{"Brand": "NIKE", "Note": "US-launch"}]


def test_dependent_values_go_together() -> None:
    rule = level((REGION, {}), (SEASON, {}))
    dependent = {"SS26": Known(11, parent_id=21), "FW26": Known(12)}
    vocabulary = Vocabulary({REGION: {"EU": Known(21), "US": Known(22)}, SEASON: dependent}, {SEASON: REGION})
    assert read("EU-SS26", rule, vocabulary).matches
    assert read("US-FW26", rule, vocabulary).matches
    assert faults(read("US-SS26", rule, vocabulary)) == [("dependent_value_mismatch", 3)]
    # A string that has no detail for the parent dimension is free, whatever stands above it.
    assert read("SS26", level((SEASON, {})), vocabulary, above={REGION: "US"}).matches


def test_at_most_ten_readings() -> None:
    rule = level(*((100 + number, {}) for number in range(4)))
    answer = read("-".join("a" * 12), rule, Vocabulary({}))
    assert (answer.is_ambiguous, len(answer.readings)) == (True, MAX_READINGS)
    assert choices(answer)[0] == {"100": "a", "101": "a", "102": "a", "103": "-".join("a" * 9)}


LETTERS = "ab-_[%"
AFFIX = st.none() | st.text(LETTERS, max_size=2)


@st.composite
def generated(draw: st.DrawFn) -> tuple[str, RuleLevel, Vocabulary, dict[str, str]]:
    """A name made by a rule, with the choices that it was made from."""
    count = draw(st.integers(1, 4))
    known = {
        number: {text: Known(10 * number + place) for place, text in enumerate(texts)}
        for number in range(count)
        if (texts := draw(st.none() | st.lists(st.text(LETTERS, min_size=1, max_size=4), min_size=1, unique=True)))
    }
    parts, chosen = [], {}
    for number in range(count):
        required = draw(st.booleans())
        parts.append(
            RulePart(
                number,
                str(number),
                number + 1,
                draw(AFFIX),
                draw(AFFIX),
                draw(st.none() | st.sampled_from(["", *LETTERS])),
                required,
            )
        )
        if required or draw(st.booleans()):
            values = (
                st.sampled_from(sorted(known[number])) if number in known else st.text(LETTERS, min_size=1, max_size=6)
            )
            chosen[str(number)] = draw(values)
    if not chosen:
        parts[0], chosen["0"] = RulePart(0, "0", 1), draw(st.sampled_from(sorted(known.get(0, {"a": None}))))
    rule = RuleLevel(parts)
    name = rule.render([chosen.get(str(number)) for number in range(count)])
    assert isinstance(name, str)
    return name, rule, Vocabulary(known), chosen


@given(generated())
def test_every_generated_name_is_read_back(case: tuple[str, RuleLevel, Vocabulary, dict[str, str]]) -> None:
    name, rule, vocabulary, chosen = case
    answer = read(name, rule, vocabulary)
    assert answer.matches
    found = choices(answer)
    assert chosen in found or len(found) == MAX_READINGS
    assert answer.is_ambiguous == (len(found) > 1)


@given(generated())
def test_readings_are_distinct_and_give_the_name(case: tuple[str, RuleLevel, Vocabulary, dict[str, str]]) -> None:
    name, rule, vocabulary, _chosen = case
    found = choices(read(name, rule, vocabulary))
    assert len({tuple(sorted(reading.items())) for reading in found}) == len(found)
    for reading in found:
        assert rule.render([reading.get(part.dimension_name) for part in rule.parts]) == name


@given(generated(), st.text(LETTERS + "xyz", min_size=1, max_size=30))
def test_other_names_are_refused_with_a_reason(
    case: tuple[str, RuleLevel, Vocabulary, dict[str, str]], name: str
) -> None:
    _name, rule, vocabulary, _chosen = case
    answer = read(name, rule, vocabulary)
    assert answer.matches != bool(answer.reasons)
    assert all(0 <= reason.position <= len(name) for reason in answer.reasons)


HOSTILE: Sequence[tuple[str, dict[int, dict[str, Known]]]] = [
    ("-" * 400, {}),
    ("a-" * 200, {}),
    ("-" * 400, {100 + number: {"-" * size: Known(size) for size in range(1, 31)} for number in range(20)}),
    ("a-" * 199 + "!", {119: {"no": Known(1)}}),
]


@pytest.mark.parametrize(("name", "known"), HOSTILE)
def test_the_work_per_name_is_bounded(name: str, known: dict[int, dict[str, Known]]) -> None:
    for count in (10, 20):
        rule = level(*((100 + number, {"is_required": number % 2 == 0}) for number in range(count)))
        steps = read(name, rule, Vocabulary(known)).steps
        assert 0 < steps <= count * (len(name) + 1) * MAX_TEXT
