"""Subjects of random words, some far more common than others, and queries cut from them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

_SYLLABLES = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]


@dataclass(frozen=True, slots=True)
class Query:
    """Three words of one subject, one of them misspelt; `source` is the place of the subject."""

    words: Sequence[str]
    source: int


def subjects(number: int, *, seed: int = 7, distinct: int = 20_000) -> list[str]:
    """Six to ten words each."""
    chance = random.Random(seed)
    known: dict[str, None] = {}
    while len(known) < distinct:
        known["".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4)))] = None
    words, weights = list(known), [1 / (place + 10) for place in range(distinct)]
    lengths = [chance.randint(6, 10) for _ in range(number)]
    drawn = iter(chance.choices(words, weights, k=sum(lengths)))
    return [" ".join(next(drawn) for _ in range(length)) for length in lengths]


def queries(found: Sequence[str], number: int, *, seed: int = 11) -> list[Query]:
    chance = random.Random(seed)
    made: list[Query] = []
    while len(made) < number:
        source = chance.randrange(len(found))
        words = sorted(set(found[source].split()))
        if len(words) >= 3:
            chosen = chance.sample(words, 3)
            place = max(range(3), key=lambda at, chosen=chosen: len(chosen[at]))  # type: ignore[misc]
            cut = chance.randrange(1, len(chosen[place]) - 1)
            chosen[place] = chosen[place][:cut] + chosen[place][cut + 1 :]
            made.append(Query(chosen, source))
    return made
