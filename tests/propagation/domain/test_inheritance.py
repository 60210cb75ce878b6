import pytest

from services.propagation.domain.inheritance import Kind, Rule, Verdict, decide, rule_for
from services.propagation.domain.values import EMPTY, Detail, Value, listed, written

NEW, OLD = listed(1, "new"), listed(2, "old")
OWN, INHERITED, NOTHING = Detail(OLD), Detail(OLD, is_inherited=True, source_id=7), Detail(EMPTY)


@pytest.mark.parametrize(
    ("rule", "empty", "inherited", "own"),
    [
        (Rule.ALWAYS, Verdict.TAKE, Verdict.TAKE, Verdict.TAKE),
        (Rule.IF_EMPTY, Verdict.TAKE, Verdict.STOP, Verdict.STOP),
        (Rule.UNLESS_OVERRIDDEN, Verdict.TAKE, Verdict.TAKE, Verdict.STOP),
        (Rule.NEVER, Verdict.STOP, Verdict.STOP, Verdict.STOP),
    ],
)
def test_the_table_of_rules(rule: Rule, empty: Verdict, inherited: Verdict, own: Verdict) -> None:
    assert decide(rule, NOTHING, value=NEW) is empty
    assert decide(rule, INHERITED, value=NEW) is inherited
    assert decide(rule, OWN, value=NEW) is own


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [(Rule.ALWAYS, Verdict.PASS), (Rule.UNLESS_OVERRIDDEN, Verdict.PASS), (Rule.IF_EMPTY, Verdict.STOP)],
)
@pytest.mark.parametrize("detail", [OWN, INHERITED])
def test_a_string_that_has_the_value_is_passed_by_two_rules(rule: Rule, verdict: Verdict, detail: Detail) -> None:
    assert decide(rule, detail, value=OLD) is verdict


@pytest.mark.parametrize(
    ("rule", "detail", "verdict"),
    [
        (Rule.ALWAYS, OWN, Verdict.TAKE),
        (Rule.ALWAYS, NOTHING, Verdict.PASS),
        (Rule.UNLESS_OVERRIDDEN, INHERITED, Verdict.TAKE),
        (Rule.IF_EMPTY, INHERITED, Verdict.STOP),
        (Rule.IF_EMPTY, NOTHING, Verdict.STOP),
    ],
)
def test_emptiness_flows_by_rule_too(rule: Rule, detail: Detail, verdict: Verdict) -> None:
    assert decide(rule, detail, value=EMPTY) is verdict


def test_values_of_the_same_text_but_another_kind_differ() -> None:
    assert decide(Rule.ALWAYS, Detail(listed(1, "new")), value=written("new")) is Verdict.TAKE


@pytest.mark.parametrize("text", [None, ""])
def test_an_empty_text_is_no_value(text: str | None) -> None:
    assert written(text) == EMPTY == Value(None, None, None)


@pytest.mark.parametrize(
    ("kind", "rule"),
    [(Kind.LIST, Rule.ALWAYS), (Kind.TEXT, Rule.IF_EMPTY), (Kind.CUSTOM, Rule.NEVER)],
)
def test_without_any_answer_each_kind_has_its_rule(kind: Kind, rule: Rule) -> None:
    assert rule_for(kind, [None, {}, None], dimension_name="Brand") is rule


def test_the_most_specific_key_of_a_map_wins() -> None:
    rules = {
        "dimension_value:Brand": "inherit_never",
        "dimension_value": "inherit_always",
        "default": "inherit_if_empty",
    }
    assert rule_for(Kind.LIST, [rules], dimension_name="Brand") is Rule.NEVER
    assert rule_for(Kind.TEXT, [rules], dimension_name="Brand") is Rule.NEVER
    assert rule_for(Kind.LIST, [rules], dimension_name="Season") is Rule.ALWAYS
    assert rule_for(Kind.TEXT, [rules], dimension_name="Note") is Rule.IF_EMPTY
    assert rule_for(Kind.CUSTOM, [rules]) is Rule.IF_EMPTY


def test_the_first_map_with_any_answer_decides_its_default_included() -> None:
    request = {"default": "inherit_unless_overridden"}
    user = {"dimension_value:Brand": "inherit_never"}
    assert rule_for(Kind.LIST, [request, user], dimension_name="Brand") is Rule.UNLESS_OVERRIDDEN
    assert rule_for(Kind.LIST, [{"custom_fields": "inherit_always"}, user], dimension_name="Brand") is Rule.NEVER
