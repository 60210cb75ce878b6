"""The gamelines that every tenant starts with."""

from typing import Final

# Code and name.
GAMELINES: Final = {
    "wod": "World of Darkness",
    "vtm": "Vampire: the Masquerade",
    "wta": "Werewolf: the Apocalypse",
    "mta": "Mage: the Ascension",
    "wto": "Wraith: the Oblivion",
    "ctd": "Changeling: the Dreaming",
    "dtf": "Demon: the Fallen",
    "htr": "Hunter: the Reckoning",
    "mtr": "Mummy: the Resurrection",
}
