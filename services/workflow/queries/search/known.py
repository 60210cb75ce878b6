"""The tenant's words near the words of a query, and of which kinds it has anything to find."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.workflow.domain.search.alternatives import MAX_ALTERNATIVES, Alternative, alternatives
from services.workflow.domain.search.query import Query
from services.workflow.domain.search.terms import Vocabulary
from services.workflow.domain.search.typos import variants_of_query
from shared.tenancy import tenant_of

# Above every character that a word may have.
_BEYOND = "\U0010ffff"
# The kinds stand among the words, without a frequency. Each is one look into the primary key, which the order makes
# sure of: without it, and as a join, everything is read for a kind that is not there.
_KNOWN = """
select word, frequency from search_words_near(%(near)s::bigint[], %(beginning)s, %(beyond)s, %(shown)s)
union all
select kind, null from unnest(%(kinds)s::text[]) as kind
where (
    select true from search_entries e where e.tenant_id = %(tenant)s and e.entity = kind order by e.entity_id limit 1
)
"""


def known(
    session: Session, query: Query, vocabulary: Vocabulary, kinds: Sequence[str]
) -> tuple[dict[str, int], frozenset[str]]:
    """Words that words of the query may stand for, more than are needed, with their frequency; and those of the kinds
    that the tenant has anything of. One statement."""
    near = {vocabulary.code(text) for one in query.words if one.typos for text in variants_of_query(one.word)}
    beginning = next((one.word for one in query.words if one.is_prefix), _BEYOND)
    values = {
        "near": list(near),
        "beginning": beginning,
        "beyond": beginning + _BEYOND,
        "shown": MAX_ALTERNATIVES,
        "kinds": list(kinds),
        "tenant": tenant_of(session),
    }
    found = session.connection().exec_driver_sql(_KNOWN, values).all()
    words = {word: frequency for word, frequency in found if frequency is not None}
    return words, frozenset(kind for kind, frequency in found if frequency is None)


def groups_of(query: Query, known: dict[str, int]) -> list[list[Alternative]]:
    """For each word of the query what it may stand for."""
    return [alternatives(wanted, known) for wanted in query.words]
