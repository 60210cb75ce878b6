"""Words as 64-bit numbers, each of one tenant, so that the index holds no text and tenants share no entry of it.

A term is the code of a word, mixed with its entity: what an entity's search reads are entries of this entity and
tenant only. Codes need no lookup: two words of one tenant have the same code about once in 10^7 tenants of a million
words each, and then one finds the other.
"""

import uuid
from functools import cache
from hashlib import blake2b

from services.workflow.domain.search.words import MAX_WORD


class Vocabulary:
    """Codes of the words of one tenant."""

    def __init__(self, tenant_id: uuid.UUID) -> None:
        self._key = tenant_id.bytes
        self._known: dict[str, int] = {}

    def code(self, word: str) -> int:
        """A signed 64-bit number for a word, or for a deletion variant of one."""
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = _code(word, self._key)
        return found

    def term(self, word: str, entity: str) -> int:
        """The word in documents of this entity."""
        return self.code(word) ^ salt_of(entity)


@cache
def salt_of(entity: str) -> int:
    """What makes a word's code its term in documents of this entity."""
    return _code(entity, b"entity")


def _code(text: str, key: bytes) -> int:
    assert len(text) <= MAX_WORD
    return int.from_bytes(blake2b(text.encode(), digest_size=8, key=key).digest(), "big", signed=True)
