"""The traits that every character has as columns, seen as something to buy."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.validation.domain.ledger.tariffs import Article
from services.validation.domain.limits import BOUNDS
from services.validation.domain.traits import ABILITY_CODES, ATTRIBUTE_CODES, WILLPOWER

# The temporary willpower is not for sale.
KINDS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(ATTRIBUTE_CODES, "attribute") | dict.fromkeys(ABILITY_CODES, "ability") | {WILLPOWER: "willpower"}
)


def column_article(code: str, value_of: Callable[[str], int]) -> Article:
    """`value_of` tells a rating or a limit of the character by the name of its column. Raises KeyError."""
    lowest, highest = BOUNDS[code]
    return Article(
        code=code,
        label=code.replace("_", " ").capitalize(),
        kind=KINDS[code],
        current=value_of(code),
        lowest=value_of(lowest),
        highest=value_of(highest),
    )
