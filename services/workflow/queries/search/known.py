"""The tenant's words near the words of a query."""

from sqlalchemy import ARRAY, BigInteger, bindparam, text
from sqlalchemy.orm import Session

from services.workflow.domain.search.alternatives import MAX_ALTERNATIVES, Alternative, alternatives
from services.workflow.domain.search.query import Query
from services.workflow.domain.search.terms import Vocabulary
from services.workflow.domain.search.typos import variants_of_query

# Above every character that a word may have.
_BEYOND = "\U0010ffff"
_NEAR = text("select word, frequency from search_words_near(:near, :beginning, :beyond, :shown)").bindparams(
    bindparam("near", type_=ARRAY(BigInteger))
)


def known_words(session: Session, query: Query, vocabulary: Vocabulary) -> dict[str, int]:
    """Words that words of the query may stand for, with their frequency, in one statement; more than are needed."""
    near = {vocabulary.code(text) for one in query.words if one.typos for text in variants_of_query(one.word)}
    beginning = next((one.word for one in query.words if one.is_prefix), _BEYOND)
    if not near and beginning == _BEYOND:
        return {}
    values = {
        "near": list(near),
        "beginning": beginning,
        "beyond": beginning + _BEYOND,
        "shown": MAX_ALTERNATIVES,
    }
    return {word: frequency for word, frequency in session.execute(_NEAR, values)}


def groups_of(query: Query, known: dict[str, int]) -> list[list[Alternative]]:
    """For each word of the query what it may stand for."""
    return [alternatives(wanted, known) for wanted in query.words]
