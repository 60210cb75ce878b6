"""Names for the convention: a tree of any size, the same at every call.

    python -m examples.naming.generate --strings 10000 > names.jsonl

One business manager stands at the top; each level repeats some choices of its parent and adds its own, so that the
names of siblings differ.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from examples.naming.convention import Convention

BRAND, REGION = "NORDA", "EMEA"
# Campaigns have the fewest combinations of own choices, so they limit how many children a string can have.
MAX_CHILDREN = 48


class Row(NamedTuple):
    """A string; `key` is its number, parents come before their children, `values` are texts by dimension."""

    key: int
    parent: int | None
    field: str
    rule: str
    values: Mapping[str, str]


def sizes(strings: int, levels: int = 6) -> list[int]:
    """How many strings stand on each level: equal fan-out as far as it goes, the rest on the lowest level."""
    fan_out = 1
    while fan_out < MAX_CHILDREN and sum((fan_out + 1) ** level for level in range(levels)) <= strings:
        fan_out += 1
    counts: list[int] = []
    for level in range(levels - 1):
        counts.append(min(fan_out**level, strings - sum(counts)))
    return [*counts, strings - sum(counts)]


def generate(convention: Convention, strings: int) -> Iterator[Row]:
    """`strings` rows, level by level."""
    if strings < 1:
        raise ValueError("a tree has at least one string")
    above = [Row(0, None, convention.levels[0], "Standard", {"Brand": BRAND, "Region": REGION})]
    yield above[0]
    choices = [dict(above[0].values)]
    key = 1
    for level, count in enumerate(sizes(strings)[1:], start=1):
        rows: list[Row] = []
        chosen: list[dict[str, str]] = []
        place, last = 0, -1
        for number in range(count):
            family = number * len(above) // count
            place, last = (place + 1 if family == last else 0), family
            parent = above[family]
            rule = parent.rule if level > 1 else list(convention.rules)[place % len(convention.rules)]
            everything = choices[family] | _own(convention, level, place, family)
            row = Row(key, parent.key, convention.levels[level], rule, _used(convention, level, rule, everything))
            yield row
            rows.append(row)
            chosen.append(everything)
            key += 1
        above, choices = rows, chosen


def _used(convention: Convention, level: int, rule: str, everything: Mapping[str, str]) -> dict[str, str]:
    dimensions = (part["dimension"] for part in convention.parts(rule, convention.levels[level]))
    return {dimension: everything[dimension] for dimension in dimensions if dimension in everything}


def _own(convention: Convention, level: int, place: int, family: int) -> dict[str, str]:
    """What a string chooses for itself: different for each `place` in a family, shifted from family to family."""
    if level == 1:
        countries = convention.texts("Country", parent=REGION)
        languages = convention.texts("Language")
        country = place % len(countries)
        return {"Country": countries[country], "Language": languages[(country + place // len(countries)) % 10]}
    if level == 5:
        return {"Note": f"v{place + 1:02d}"}
    first, second = (("Season", "Objective"), ("Audience", "Channel"), ("Format", "Concept"))[level - 2]
    firsts, seconds = convention.texts(first), convention.texts(second)
    own = {
        first: firsts[(place + family) % len(firsts)],
        second: seconds[(place // len(firsts) + family) % len(seconds)],
    }
    return own | {"Note": "launch"} if level == 2 and (place + family) % 5 == 0 else own


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--strings", type=int, default=10_000)
    for row in generate(Convention.read(), parser.parse_args().strings):
        sys.stdout.write(json.dumps(row._asdict(), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
