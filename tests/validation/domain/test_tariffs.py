"""What traits cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.validation.domain.ledger.tariffs import (
    DEFAULTS,
    FREELY_RATED,
    STANDARD,
    Article,
    CapReached,
    NotForSale,
    Offer,
    TargetRefused,
    Tariff,
    offer,
    offers,
    tariff_for,
)


def article(kind: str, current: int, trait_class: str = STANDARD, **more: int) -> Article:
    limits = {"lowest": -10, "highest": 10} | more
    return Article(code="x", label="X", kind=kind, trait_class=trait_class, current=current, **limits)


def cost(kind: str, current: int, trait_class: str = STANDARD, target: int | None = None, **more: int) -> int:
    tariff = tariff_for(DEFAULTS, kind, trait_class, None)
    return offer(tariff, article(kind, current, trait_class, **more), target).cost


@pytest.mark.parametrize(
    ("kind", "trait_class", "costs"),
    [
        ("attribute", STANDARD, [4, 4, 8, 12, 16]),
        ("ability", STANDARD, [3, 2, 4, 6, 8]),
        ("background", STANDARD, [5, 3, 6, 9, 12]),
        ("sphere", STANDARD, [10, 8, 16, 24, 32]),
        ("sphere", "affinity", [10, 7, 14, 21, 28]),
        ("discipline", "clan", [10, 5, 10, 15, 20]),
        ("discipline", "open", [10, 6, 12, 18, 24]),
        ("discipline", "other", [10, 7, 14, 21, 28]),
        ("gift", "own", [3, 6, 9, 12, 15]),
        ("gift", "other", [5, 10, 15, 20, 25]),
    ],
)
def test_prices_from_rating_0_up_to_the_cap(kind: str, trait_class: str, costs: list[int]) -> None:
    assert [cost(kind, current, trait_class) for current in range(5)] == costs
    with pytest.raises(CapReached):
        cost(kind, 5, trait_class)


@pytest.mark.parametrize(("kind", "costs"), [("arete", [8, 16, 24, 32]), ("virtue", [2, 4, 6, 8])])
def test_what_cannot_be_bought_from_0(kind: str, costs: list[int]) -> None:
    assert [cost(kind, current) for current in range(1, 5)] == costs
    with pytest.raises(NotForSale):
        cost(kind, 0)


def test_willpower_goes_up_to_10() -> None:
    assert [cost("willpower", current) for current in range(1, 10)] == list(range(1, 10))
    with pytest.raises(CapReached):
        cost("willpower", 10)


def test_the_multiplier_counts_for_new_and_raised_backgrounds() -> None:
    assert cost("background", 0, multiplier=2) == 10
    assert cost("background", 3, multiplier=2) == 18


def test_a_cap_below_the_tariffs_own_holds() -> None:
    with pytest.raises(CapReached):
        cost("background", 3, highest=3)


@given(st.sampled_from(sorted(FREELY_RATED)), st.integers(-10, 10), st.integers(-12, 12))
def test_merits_and_flaws_cost_by_the_change(kind: str, current: int, target: int) -> None:
    if target == current or not -10 <= target <= 10:
        with pytest.raises(TargetRefused):
            cost(kind, current, target=target)
    else:
        assert cost(kind, current, target=target) == 3 * abs(target - current)


def test_merits_and_flaws_need_a_target() -> None:
    with pytest.raises(TargetRefused):
        cost("merit", 2)


@given(st.sampled_from(DEFAULTS), st.integers(0, 10), st.integers(-1, 12))
def test_all_else_is_raised_one_step_at_a_time_for_a_price(tariff: Tariff, current: int, target: int) -> None:
    wanted = article(tariff.kind, current, tariff.trait_class)
    try:
        found = offer(tariff, wanted, target)
    except (NotForSale, TargetRefused, CapReached):
        return
    assert found.cost >= 1
    assert tariff.kind in FREELY_RATED or (found.new_value == current + 1 and current < (tariff.cap or 99))


def test_no_tariff_no_price() -> None:
    assert tariff_for(DEFAULTS, "numina", STANDARD, None) is None
    assert tariff_for(DEFAULTS, "discipline", STANDARD, None) is None
    with pytest.raises(NotForSale):
        offer(None, article("numina", 1))


def test_the_tariff_of_a_gameline_goes_before_the_general_one() -> None:
    own = Tariff(kind="ability", gameline=7, factor=9, cap=5)
    assert tariff_for([own, *DEFAULTS], "ability", STANDARD, 7) is own
    assert tariff_for([own, *DEFAULTS], "ability", STANDARD, 8) == Tariff(kind="ability", factor=2, new_price=3, cap=5)
    assert tariff_for([own], "ability", STANDARD, None) is None


def test_offers_are_what_can_be_paid() -> None:
    strength = tariff_for(DEFAULTS, "attribute", STANDARD, None)
    assert offers(strength, article("attribute", 2), 7) == []
    assert offers(strength, article("attribute", 2), 8) == [Offer(3, 8)]
    merit = tariff_for(DEFAULTS, "merit", STANDARD, None)
    assert offers(merit, article("merit", 1, lowest=0, highest=5), 6) == [Offer(0, 3), Offer(2, 3), Offer(3, 6)]
