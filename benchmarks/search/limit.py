"""The limit, words in a dictionary with trigrams and subjects with a text index; the peer, trigrams of the subjects;
and the least that an answer from a cache costs."""

from collections.abc import Callable, Sequence
from typing import Any

import flask
import psycopg
import redis

from benchmarks.search.subjects import Query

_TABLES = """
create extension pg_trgm;
create table subject (id bigint generated always as identity primary key, said text not null, terms tsvector);
insert into subject (said) select said from unnest(%s::text[]) with ordinality as u (said, n) order by n;
update subject set terms = to_tsvector('simple', said);
create table word as select word, ndoc from ts_stat('select terms from subject');
create index on word using gin (word gin_trgm_ops);
create index on subject using gin (terms);
create index on subject using gin (said gin_trgm_ops)
"""
# Like the laboratory's: up to three known words for each of the query, then the best of two thousand at most.
_DICTIONARY = """
with near as (
    select q.n, w.word, similarity(w.word, q.word) as quality
    from unnest(%(words)s::text[]) with ordinality as q (word, n)
    cross join lateral (
        select word from word where word %% q.word order by similarity(word, q.word) desc, ndoc desc limit 3
    ) w
), groups as (
    select n, string_agg(quote_literal(word), ' | ') as alternatives from near group by n
), asked as (
    select string_agg('(' || alternatives || ')', ' & ')::tsquery as query from groups
), candidates as (
    select s.id, s.terms from subject s, asked a where s.terms @@ a.query limit 2000
)
select c.id, sum(n.quality) as score from candidates c join near n on c.terms @@ quote_literal(n.word)::tsquery
group by c.id order by score desc, c.id desc limit 20
"""
_TRIGRAMS = """
select id, word_similarity(%(asked)s, said) as score from subject where said %%> %(asked)s
order by score desc, id desc limit 20
"""


class Bare:
    """The subjects in tables of their own, asked over one connection."""

    def __init__(self, url: str, found: Sequence[str]) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(url, autocommit=True)
        for statement in _TABLES.split(";"):
            self._connection.execute(statement, [list(found)] if "%s" in statement else None)
        self._connection.execute("vacuum analyze")
        # Its usual threshold of 0.6 finds two in five.
        self._connection.execute("set pg_trgm.word_similarity_threshold = 0.4")

    def by_dictionary(self, query: Query) -> list[int]:
        return [key for key, _score in self._connection.execute(_DICTIONARY, {"words": list(query.words)})]

    def by_trigrams(self, query: Query) -> list[int]:
        return [key for key, _score in self._connection.execute(_TRIGRAMS, {"asked": " ".join(query.words)})]


def kept(redis_url: str) -> Callable[[], int]:
    """A view that answers with what Redis has."""
    client = redis.Redis.from_url(redis_url)
    client.set("kept", b"x" * 2000)
    app = flask.Flask("kept")
    app.add_url_rule("/", view_func=lambda: flask.Response(client.get("kept")))
    browser = app.test_client()
    return lambda: browser.get("/").status_code
