"""What a trait costs.

A tariff says it for the traits of one kind and class: with m the multiplier of the trait,

    factor x current x m + change_price x |change|      or, at rating 0,      new_price x m

where there is a new_price. Whatever has no tariff, or would cost nothing, is not for sale.
"""

from collections.abc import Iterable
from dataclasses import dataclass

STANDARD = "standard"
# Bought to any rating of their definition; everything else is raised one step at a time.
FREELY_RATED = frozenset({"merit", "flaw"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """Prices of one kind and class. `gameline` None: in all of them; the tariff of one goes before it."""

    kind: str
    trait_class: str = STANDARD
    gameline: int | None = None
    factor: int = 0
    new_price: int | None = None
    change_price: int | None = None
    cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A trait as it stands on a character. `lowest` and `highest` are what may be stored there."""

    code: str
    label: str
    kind: str
    trait_class: str = STANDARD
    multiplier: int = 1
    current: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A rating and what it costs."""

    new_value: int
    cost: int


class NotForSale(ValueError):
    """No tariff prices the trait at its rating."""


class TargetRefused(ValueError):
    """Not one step up; or, where any rating may be bought, the present one, none or one outside the definition."""


class CapReached(ValueError):
    """The rating is not raised by experience any more."""


def tariff_for(tariffs: Iterable[Tariff], kind: str, trait_class: str, gameline: int | None) -> Tariff | None:
    """The tariff of a kind and class for a character of this gameline; None: not for sale."""
    found = {
        tariff.gameline: tariff
        for tariff in tariffs
        if (tariff.kind, tariff.trait_class) == (kind, trait_class) and tariff.gameline in (None, gameline)
    }
    return found.get(gameline, found.get(None))


def offer(tariff: Tariff | None, article: Article, target: int | None = None) -> Offer:
    """The price of the target rating (None: the next one). Raises NotForSale, TargetRefused or CapReached."""
    if tariff is None or not (cost := _price(tariff, article, _change(article, target))):
        raise NotForSale(article.code)
    wanted = article.current + 1 if target is None else target
    if article.kind in FREELY_RATED:
        if target is None or target == article.current or not article.lowest <= target <= article.highest:
            raise TargetRefused(article.code)
    elif wanted != article.current + 1:
        raise TargetRefused(article.code)
    elif article.current >= cap_of(tariff, article):
        raise CapReached(article.code)
    return Offer(wanted, cost)


def offers(tariff: Tariff | None, article: Article, affordable: int) -> list[Offer]:
    """All that can be bought of a trait for at most `affordable` points, the lowest rating first."""
    freely = article.kind in FREELY_RATED
    targets = range(article.lowest, article.highest + 1) if freely else (article.current + 1,)
    found = []
    for target in targets:
        try:
            one = offer(tariff, article, target)
        except (NotForSale, TargetRefused, CapReached):
            continue
        found += [one] if one.cost <= affordable else []
    return found


def cap_of(tariff: Tariff, article: Article) -> int:
    """The rating at which buying ends: the tariff's, or sooner what may be stored."""
    return article.highest if tariff.cap is None else min(tariff.cap, article.highest)


def _change(article: Article, target: int | None) -> int:
    """Steps that are paid for; one where none or no other rating is asked, so that there is a price to look for."""
    return 1 if target is None else abs(target - article.current) or 1


def _price(tariff: Tariff, article: Article, change: int) -> int:
    if article.current == 0 and tariff.new_price is not None:
        return tariff.new_price * article.multiplier
    # A rating below 0 (a flaw) is not a reason to pay less.
    by_rating = tariff.factor * max(article.current, 0) * article.multiplier
    return by_rating + (tariff.change_price or 0) * change


def _each(kind: str, *classes: tuple[str, int], **prices: int | None) -> list[Tariff]:
    return [Tariff(kind=kind, trait_class=name, factor=factor, **prices) for name, factor in classes]


# What a tenant starts with.
DEFAULTS = (
    Tariff(kind="attribute", factor=4, new_price=4, cap=5),
    Tariff(kind="ability", factor=2, new_price=3, cap=5),
    Tariff(kind="background", factor=3, new_price=5, cap=5),
    Tariff(kind="willpower", factor=1, cap=10),
    Tariff(kind="merit", change_price=3),
    Tariff(kind="flaw", change_price=3),
    *_each("sphere", (STANDARD, 8), ("affinity", 7), new_price=10, cap=5),
    Tariff(kind="arete", factor=8, cap=5),
    *_each("discipline", ("clan", 5), ("open", 6), ("other", 7), new_price=10, cap=5),
    # Gifts cost by their new rating, which is the present one and a step.
    Tariff(kind="gift", trait_class="own", factor=3, change_price=3, cap=5),
    Tariff(kind="gift", trait_class="other", factor=5, change_price=5, cap=5),
    Tariff(kind="virtue", factor=2, cap=5),
)
