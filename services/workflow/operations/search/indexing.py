"""Keeps the index true, in the transaction of the change; a constant number of statements for any number of items.

Whoever stores texts of items calls `index_items` with their ids after the flush, whoever deletes items calls
`forget_items`, and whoever changes anything else of them calls `items_changed`, so that no cached answer survives.
State, assignee, priority and times are read where they stand: their changes write nothing here.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.workflow.domain.search.entities import ENTITIES, OWN, found_as
from services.workflow.domain.search.terms import Vocabulary, salt_of
from services.workflow.domain.search.typos import variants_of_known
from services.workflow.domain.search.words import words
from services.workflow.models import SearchEntry
from services.workflow.operations.search.freshness import items_changed
from services.workflow.queries.search.texts import SEARCHED, Texts, texts_of
from shared.db import execute_prepared
from shared.tenancy import tenant_of

# Fields whose words are indexed, of any model.
INDEXED = frozenset({"number", "title", "subject", "description", "category"})

_ENTRIES = """
insert into search_entries (tenant_id, entity, entity_id, title, title_terms, terms)
select %(tenant)s, u.entity, u.entity_id, u.title, u.title_terms, u.terms::bigint[]
from unnest(%(entities)s::text[], %(ids)s::bigint[], %(titles)s::text[], %(counts)s::bigint[], %(terms)s::text[])
    as u (entity, entity_id, title, title_terms, terms)
on conflict (tenant_id, entity, entity_id) do update
set title = excluded.title, title_terms = excluded.title_terms, terms = excluded.terms
where (search_entries.title, search_entries.terms) is distinct from (excluded.title, excluded.terms)
"""
_UNKNOWN = """
select u.word from unnest(%(words)s::text[]) as u (word)
where not exists (select from search_words w where w.tenant_id = %(tenant)s and w.word = u.word)
"""
# In the order of the words: two that bring the same new words wait for each other and never in a circle.
_WORDS = """
insert into search_words (tenant_id, word, code, frequency, variants)
select %(tenant)s, u.word, u.code, u.frequency, u.variants::bigint[]
from unnest(%(words)s::text[], %(codes)s::bigint[], %(frequencies)s::bigint[], %(variants)s::text[])
    as u (word, code, frequency, variants)
order by u.word collate "C" on conflict do nothing
"""


_COUNT = """
update search_words w set frequency = c.frequency
from (
    select o.word, coalesce(sum(n.frequency), 0) as frequency
    from search_words o left join (
        select e.entity, t.term, count(*) as frequency from search_entries e, unnest(e.terms) as t (term)
        where e.tenant_id = %(tenant)s group by 1, 2
    ) n on n.term # (%(salts)s::jsonb ->> n.entity)::bigint = o.code
    where o.tenant_id = %(tenant)s group by o.word
) c
where w.tenant_id = %(tenant)s and w.word = c.word and w.frequency <> c.frequency
"""


def count_words(session: Session) -> None:
    """Counts anew how many items have each word.

    Writers do not count: every ticket with a frequent word would wait for the last one that has it. Words that none
    has any more stay, with frequency 0: a transaction that has not committed may be using them again.
    """
    salts = json.dumps({entity: salt_of(entity) for entity in ENTITIES})
    execute_prepared(session, _COUNT, {"tenant": tenant_of(session), "salts": salts})


def index_items(session: Session, model: type[Any], ids: Collection[int]) -> None:
    """Indexes rows of a model as they stand after the flush; nothing for models that are not searched."""
    if not ids or model not in SEARCHED:
        return
    session.flush()
    index_texts(session, texts_of(session, model, ids))


def index_texts(session: Session, items: Iterable[Texts]) -> None:
    """Indexes texts that the caller has at hand."""
    vocabulary = Vocabulary(tenant_of(session))
    seen: Counter[str] = Counter()
    entries = [_entry(item, vocabulary, seen) for item in items]
    if not entries:
        return
    names = ("entities", "ids", "titles", "counts", "terms")
    columns = dict(zip(names, map(list, zip(*entries, strict=True)), strict=True))
    execute_prepared(session, _ENTRIES, columns | {"tenant": tenant_of(session)})
    _learn(session, seen, vocabulary)
    for entity in {entry[0] for entry in entries}:
        items_changed(session, entity)


def forget_items(session: Session, entity: str, ids: Collection[int]) -> None:
    """Takes deleted items out of the index; `entity` may be one that is not searched."""
    names = found_as(entity)
    gone = delete(SearchEntry).where(
        SearchEntry.tenant_id == tenant_of(session), SearchEntry.entity.in_(names), SearchEntry.entity_id.in_(ids)
    )
    if names and ids:
        session.execute(gone, execution_options={"synchronize_session": False})
        items_changed(session, *names)


def _entry(item: Texts, vocabulary: Vocabulary, seen: Counter[str]) -> tuple[str, int, str, int, str]:
    in_title = list(dict.fromkeys(words(item.title)))
    described = [str(value) for value in _described(item)]
    everywhere = list(dict.fromkeys([*in_title, *(word for text in described for word in words(text))]))
    seen.update(everywhere)
    terms = ",".join(str(vocabulary.term(word, item.entity)) for word in everywhere)
    return item.entity, item.entity_id, " ".join(words(item.title)), len(in_title), f"{{{terms}}}"


def _described(item: Texts) -> Iterable[object]:
    """What can be found beyond the title. The names of persons in a role are filters, not words."""
    category = item.metadata.get("category") if item.entity in OWN else None
    return (text for text in (item.subtitle, item.body, category) if text)


def _learn(session: Session, seen: Counter[str], vocabulary: Vocabulary) -> None:
    """Adds new words. Most texts bring none, so the variants are made for those only that are missing."""
    tenant = tenant_of(session)
    unknown = [row[0] for row in execute_prepared(session, _UNKNOWN, {"tenant": tenant, "words": list(seen)})]
    if not unknown:
        return
    variants = [",".join(str(vocabulary.code(text)) for text in variants_of_known(word)) for word in unknown]
    values = {
        "tenant": tenant,
        "words": unknown,
        "codes": [vocabulary.code(word) for word in unknown],
        "frequencies": [seen[word] for word in unknown],
        "variants": [f"{{{codes}}}" for codes in variants],
    }
    execute_prepared(session, _WORDS, values)
