"""The same queries with tantivy, in memory. Run by the interpreter of its own environment, so it imports nothing of the
project: `tantivy_peer.py FILE`, a subject on each line; each line it reads is a query as a list of words, answered with
the places of the best twenty, from 1 on."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tantivy


def build(subjects: Sequence[str]) -> Any:
    schema = tantivy.SchemaBuilder()
    schema.add_unsigned_field("place", stored=True)
    schema.add_text_field("said", index_option="freq")
    index = tantivy.Index(schema.build())
    writer = index.writer(heap_size=128_000_000, num_threads=1)
    for place, said in enumerate(subjects, 1):
        writer.add_document(tantivy.Document(place=place, said=said))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def search(index: Any, words: Sequence[str]) -> list[int]:
    """Items that have each word, or one that is a letter away from it."""
    near = [tantivy.Query.fuzzy_term_query(index.schema, "said", word, distance=1) for word in words]
    asked = tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in near])
    searcher = index.searcher()
    return [searcher.doc(address)["place"][0] for _score, address in searcher.search(asked, 20, count=False).hits]


def main(path: str) -> None:
    index = build(Path(path).read_text().splitlines())
    for line in sys.stdin:
        print(json.dumps(search(index, json.loads(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
