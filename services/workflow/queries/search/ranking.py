"""The ranking of domain/search/ranking.py as SQL over the rows of `search_matches`, made from the same tables."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from services.workflow.domain.search import ranking
from services.workflow.domain.search.alternatives import Alternative
from services.workflow.domain.search.ranking import Scheme
from services.workflow.domain.search.terms import Vocabulary

Group = Sequence[Alternative]


def array_of(words: Sequence[str], entity: str, vocabulary: Vocabulary) -> str:
    """The terms of these words, as the text of a PostgreSQL array."""
    return "{" + ",".join(str(vocabulary.term(word, entity)) for word in words) + "}"


class Ranking:
    """Expressions for one query and entity; `values` holds what they are bound to."""

    def __init__(self, groups: Sequence[Group], entity: str, vocabulary: Vocabulary) -> None:
        self._entity = entity
        self._vocabulary = vocabulary
        self.values: dict[str, Any] = {}
        titles = [self._quality(group, "m.title_terms") for group in groups]
        anywhere = [self._quality(group, "m.terms", matches=True) for group in groups]
        best = [
            f"greatest({title}, {ranking.OUTSIDE_TITLE} * {other})"
            for title, other in zip(titles, anywhere, strict=True)
        ]
        self.text = f"({' + '.join(best)}) / {len(groups)}"
        self.typos = " + ".join(self._edits(group) for group in groups)
        self._share = f"least(({' + '.join(titles)}) / {len(groups)}, {ranking.TITLE_SHARE_BELOW})"

    @property
    def title(self) -> str:
        return (
            f"case when m.title = %(query)s then {ranking.TITLE_EQUAL}"
            f" when starts_with(m.title, %(query)s) then {ranking.TITLE_PREFIX}"
            f" when strpos(m.title, %(query)s) > 0 then {ranking.TITLE_SUBSTRING} else {self._share} end"
        )

    def _quality(self, group: Group, column: str, *, matches: bool = False) -> str:
        """How well the best term in the column answers; `matches` says that one of them is there."""
        return self._cases(group, column, lambda one: one.quality, otherwise=None if matches else "0.0", best=max)

    def _edits(self, group: Group) -> str:
        return self._cases(group, "m.terms", lambda one: one.edits, otherwise=None, best=min)

    def _cases(self, group: Group, column: str, value: Any, *, otherwise: str | None, best: Any) -> str:
        order = sorted(group, key=value, reverse=best is max)
        classes = [(found, [one.word for one in ones]) for found, ones in groupby(order, value)]
        last = ""
        if otherwise is None:
            otherwise, classes = str(classes[-1][0]), classes[:-1]
        for found, words in classes:
            last += f" when {column} && cast({self._bound(words)} as bigint[]) then {found}"
        return f"(case{last} else {otherwise} end)" if last else otherwise

    def _bound(self, words: Sequence[str]) -> str:
        array = array_of(words, self._entity, self._vocabulary)
        names = (name for name, known in self.values.items() if known == array)
        name = next(names, f"{self._entity}_terms_{len(self.values)}")
        self.values[name] = array
        return f"%({name})s"


def score_of(scheme: Scheme, entity: str) -> str:
    """The score from the columns `text`, `title_similarity`, `typos`, `age` (days) and what is known of the item."""
    raw = _raw() if scheme == "search" else _raw_unified(entity)
    return (
        f"round(cast(case typos when 0 then 0.5 + {raw} / 2 when 1 then least(0.25 + {raw} / 4, 0.4999)"
        f" else least({raw} / 4, 0.2499) end as numeric), 4)"
    )


def _raw() -> str:
    parts = {
        "text": "text",
        "title": "title_similarity",
        "recency": f"coalesce({_steps(ranking.RECENCY)}, {ranking.UNKNOWN_RECENCY})",
        "activity": f"case when is_overdue then {ranking.OVERDUE} else {_priorities(ranking.PRIORITIES)} end",
        "ownership": f"case when owner = %(actor)s then {ranking.OWN} when assignee = %(actor)s then {ranking.ASSIGNED}"
        f" when team = any (%(teams)s::text[]) then {ranking.TEAM} else {ranking.NOBODYS} end",
    }
    return "(" + " + ".join(f"{share} * ({parts[name]})" for name, share in ranking.SEARCH_SHARES.items()) + ")"


def _raw_unified(entity: str) -> str:
    weight, shares = ranking.WEIGHTS[entity], ranking.UNIFIED_SHARES
    fresh = f"coalesce({_steps(ranking.FRESHNESS)}, 0)"
    return f"(({shares['weight']} * {weight} + {shares['text']} * text + {fresh}) / {ranking.UNIFIED_WHOLE})"


def _steps(table: Sequence[tuple[float, float]]) -> str:
    *steps, (_, oldest) = table
    cases = "".join(f" when age < {below} then {value}" for below, value in steps)
    return f"case when age is null then null{cases} else {oldest} end"


def _priorities(table: Mapping[str, float]) -> str:
    cases = "".join(f" when '{name}' then {value}" for name, value in table.items())
    return f"case priority{cases} else {ranking.OTHER_ACTIVITY} end"
