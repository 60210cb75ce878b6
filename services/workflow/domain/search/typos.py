"""Words that differ by a few typing errors, found without comparing against every word.

Two words within n edits become equal once at most n characters are deleted from each of them. So each known word is
stored under all its deletion variants, and the variants of a misspelt word lead to its neighbours.
(Garbe's symmetric delete; only the beginning of a word is varied, which stays complete: of two words within n edits
the beginnings of equal length also become equal by at most n deletions each.)
"""

from itertools import combinations

from services.workflow.domain.search.words import is_spaceless

PREFIX = 8
ONE_TYPO_FROM, TWO_TYPOS_FROM = 4, 8


def allowed_typos(word: str) -> int:
    """How many edits a word in a query may be away from the word that it finds."""
    if not _may_be_misspelt(word) or len(word) < ONE_TYPO_FROM:
        return 0
    return 1 if len(word) < TWO_TYPOS_FROM else 2


def distance(first: str, second: str, limit: int) -> int | None:
    """Insertions, deletions, substitutions and swaps of neighbours between two words; None if more than `limit`.

    No character is edited twice (optimal string alignment).
    """
    if abs(len(first) - len(second)) > limit:
        return None
    first, second = _without_common_ends(first, second)
    if not first or not second:
        rest = len(first) + len(second)
        return rest if rest <= limit else None
    if limit and (len(first) == len(second) == 1 or (len(first) == 2 and first == second[::-1])):
        return 1
    # Both ends differ, so that nothing else is a single edit.
    return _aligned(first, second, limit) if limit > 1 else None


def variants_of_query(word: str) -> frozenset[str]:
    """Under which variants the neighbours of a query's word are looked up; none if it may not be misspelt."""
    allowed = allowed_typos(word)
    return deletions(word[:PREFIX], allowed) if allowed else frozenset()


def variants_of_known(word: str) -> frozenset[str]:
    """Under which variants a known word is stored; none if no query may reach it by an edit."""
    if not _may_be_misspelt(word) or len(word) < ONE_TYPO_FROM - 1:
        return frozenset()
    return deletions(word[:PREFIX], 1 if len(word) < TWO_TYPOS_FROM - 2 else 2)


def deletions(word: str, count: int) -> frozenset[str]:
    """The word with at most `count` characters deleted."""
    shortest = max(len(word) - count, 0)
    return frozenset("".join(kept) for size in range(shortest, len(word) + 1) for kept in combinations(word, size))


def _may_be_misspelt(word: str) -> bool:
    """Numbers, ids and codes are meant as they stand; pairs of characters have too many neighbours."""
    return not any(char.isnumeric() for char in word) and not is_spaceless(word)


def _without_common_ends(first: str, second: str) -> tuple[str, str]:
    shorter = min(len(first), len(second))
    start = 0
    while start < shorter and first[start] == second[start]:
        start += 1
    end = 0
    while end < shorter - start and first[-1 - end] == second[-1 - end]:
        end += 1
    return first[start : len(first) - end], second[start : len(second) - end]


def _aligned(first: str, second: str, limit: int) -> int | None:
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, 1):
        before, last, row = row, before, [i]
        for j, right in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and min(before) > limit:
            return None
    return row[-1] if row[-1] <= limit else None
