import pytest

from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.generation import NO_RULE, RuleLevel, RulePart


def part(order: int, **fields: object) -> RulePart:
    return RulePart(order, f"Dimension {order}", order, **fields)  # type: ignore[arg-type]


EXAMPLE = RuleLevel(
    [
        part(1, prefix="b_", delimiter="_", is_required=False),
        part(2, suffix="!", delimiter="|", is_required=False),
        part(3, prefix="<", suffix=">", is_required=False),
    ]
)


def failure_of(level: RuleLevel, *values: str | None) -> Failure:
    result = level.render(values)
    assert isinstance(result, Failure)
    return result


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (("N", "S", "x"), "b_N_S!|<x>"),
        ((None, "S", "x"), "S!|<x>"),
        (("N", None, "x"), "b_N_<x>"),
        (("N", "S", None), "b_N_S!"),
        (("N", "", ""), "b_N"),
        ((None, None, "x"), "<x>"),
    ],
)
def test_the_earlier_parts_delimiter_stands_between_two_present_parts(
    values: tuple[str | None, ...], name: str
) -> None:
    assert EXAMPLE.render(values) == name


def test_a_null_delimiter_is_a_hyphen_and_an_empty_one_is_nothing() -> None:
    assert RuleLevel([part(1), part(2)]).render(("a", "b")) == "a-b"
    assert RuleLevel([part(1, delimiter=""), part(2)]).render(("a", "b")) == "ab"


def test_parts_follow_the_order_whatever_the_order_of_loading() -> None:
    assert RuleLevel([part(2), part(1)]).render(("a", "b")) == "a-b"


def test_percent_signs_are_ordinary_characters() -> None:
    level = RuleLevel([part(1, prefix="%s", suffix="%", delimiter="%"), part(2, is_required=False)])
    assert level.render(("5%", "%d")) == "%s5%%%%d"
    assert level.render(("5%", None)) == "%s5%%"


@pytest.mark.parametrize("missing", [None, ""])
def test_a_missing_required_part_is_named(missing: str | None) -> None:
    failure = failure_of(RuleLevel([part(1), part(2)]), "a", missing)
    assert (failure.error_type, failure.code) == (ErrorType.STRING_GENERATION, "required_dimension_missing")
    assert "Dimension 2" in failure.message


def test_a_level_without_details_generates_nothing() -> None:
    assert failure_of(NO_RULE).code == "no_rule_details"


def test_orders_with_a_gap_generate_nothing_and_are_both_named() -> None:
    failure = failure_of(RuleLevel([part(1), part(2), part(4)]), "a", "b", "c")
    assert failure.code == "order_not_contiguous"
    assert "[1, 2, 3]" in failure.message
    assert "[1, 2, 4]" in failure.message


def test_400_characters_are_the_longest_name() -> None:
    level = RuleLevel([part(1)])
    assert level.render(("x" * 400,)) == "x" * 400
    failure = failure_of(level, "x" * 401)
    assert (failure.error_type, failure.code) == (ErrorType.VALIDATION, "value_too_long")


@pytest.mark.parametrize("value", [None, " ", "\u2003"])
def test_a_blank_name_is_refused(value: str | None) -> None:
    failure = failure_of(RuleLevel([part(1, is_required=False)]), value)
    assert (failure.error_type, failure.code) == (ErrorType.STRING_GENERATION, "blank_value")


def test_pieces_say_what_each_part_contributes() -> None:
    pieces = EXAMPLE.pieces(("N", None, "x"))
    assert [piece.text for piece in pieces] == ["b_N", None, "<x>"]
    assert [piece.delimiter_after for piece in pieces] == ["_", "", ""]
    assert "".join((piece.text or "") + piece.delimiter_after for piece in pieces) == EXAMPLE.render(("N", None, "x"))
