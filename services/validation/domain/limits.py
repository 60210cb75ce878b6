"""How high and how low values may be: the usual limits, and how far policy may move them."""

from collections.abc import Mapping
from typing import Final

from services.validation.domain.traits import ABILITY_CODES, ATTRIBUTE_CODES, TEMPORARY_WILLPOWER, WILLPOWER

# Each is a column of `characters` and of `limit_profiles`.
DEFAULTS: Final[Mapping[str, int]] = {
    "attributes_min": 1,
    "attributes_max": 10,
    "appearance_min": 1,
    "abilities_min": 0,
    "abilities_max": 10,
    "willpower_min": 1,
    "willpower_max": 10,
    "temporary_willpower_max": 10,
    "age_max": 500,
    "apparent_age_max": 200,
}
# Policy stays between 0 and these.
OUTER_RATING: Final = 20
OUTER_AGE: Final = 10_000
OUTER: Final[Mapping[str, int]] = {
    name: OUTER_AGE if name in ("age_max", "apparent_age_max") else OUTER_RATING for name in DEFAULTS
}
# The lower limit of each upper one.
PAIRS: Final = (
    ("attributes_min", "attributes_max"),
    ("appearance_min", "attributes_max"),
    ("abilities_min", "abilities_max"),
    ("willpower_min", "willpower_max"),
)


def _bounds_of(code: str) -> tuple[str, str]:
    lower = "appearance_min" if code == "appearance" else "attributes_min"
    return lower, "attributes_max"


# Column to the limits that hold for it; 0 is a lower limit that nobody moves.
BOUNDS: Final[Mapping[str, tuple[str, str]]] = {
    **{code: _bounds_of(code) for code in ATTRIBUTE_CODES},
    **dict.fromkeys(ABILITY_CODES, ("abilities_min", "abilities_max")),
    WILLPOWER: ("willpower_min", "willpower_max"),
    TEMPORARY_WILLPOWER: ("0", "temporary_willpower_max"),
    "age": ("0", "age_max"),
    "apparent_age": ("0", "apparent_age_max"),
}


def resolved(limits: Mapping[str, int | None]) -> dict[str, int]:
    """All limits: null and missing ones are the usual ones; appearance begins where the attributes do."""
    lowest = limits.get("attributes_min")
    usual = {**DEFAULTS, "appearance_min": DEFAULTS["attributes_min"] if lowest is None else lowest}
    given = {name: limits.get(name) for name in DEFAULTS}
    return {name: usual[name] if value is None else value for name, value in given.items()}


def crossed(limits: Mapping[str, int]) -> list[tuple[str, str]]:
    """Pairs (lower, upper) of which the upper limit lies below the lower one."""
    return [(lower, upper) for lower, upper in PAIRS if limits[upper] < limits[lower]]
