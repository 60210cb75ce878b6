"""The traits that every character has as columns, by kind and group."""

from collections.abc import Mapping
from typing import Final

Groups = Mapping[str, tuple[str, ...]]

ATTRIBUTES: Final[Groups] = {
    "physical": ("strength", "dexterity", "stamina"),
    "social": ("charisma", "manipulation", "appearance"),
    "mental": ("perception", "intelligence", "wits"),
}
ABILITIES: Final[Groups] = {
    "talents": (
        "alertness",
        "athletics",
        "brawl",
        "empathy",
        "expression",
        "intimidation",
        "streetwise",
        "subterfuge",
    ),
    "skills": ("crafts", "drive", "etiquette", "firearms", "melee", "stealth"),
    "knowledges": ("academics", "computer", "investigation", "medicine", "science"),
}
ATTRIBUTE_CODES: Final = tuple(code for group in ATTRIBUTES.values() for code in group)
ABILITY_CODES: Final = tuple(code for group in ABILITIES.values() for code in group)
WILLPOWER: Final = "willpower"
TEMPORARY_WILLPOWER: Final = "temporary_willpower"
# Codes that no definition of a tenant may take.
COLUMN_CODES: Final = (*ATTRIBUTE_CODES, *ABILITY_CODES, WILLPOWER, TEMPORARY_WILLPOWER)

# Where a rating stands unless somebody says otherwise.
USUAL: Final[Mapping[str, int]] = {
    **dict.fromkeys(ATTRIBUTE_CODES, 1),
    **dict.fromkeys(ABILITY_CODES, 0),
    WILLPOWER: 3,
    TEMPORARY_WILLPOWER: 3,
}

# Code and label of what a tenant starts with.
STARTING_BACKGROUNDS: Final = {
    "allies": "Allies",
    "contacts": "Contacts",
    "mentor": "Mentor",
    "resources": "Resources",
}
