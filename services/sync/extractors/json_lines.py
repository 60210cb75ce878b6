"""JSON lines: one object in each."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.pages import MAX_ROWS, Extractor, Fault
from services.sync.extractors.files import lines
from services.sync.extractors.line_files import LineFiles, Record
from services.sync.extractors.records import BYTE_ORDER_MARK, decode, decoded, fault_of
from services.sync.extractors.sources import schema
from services.sync.extractors.world import World

SCHEMA = schema(
    ["path"],
    path={"type": "string", "minLength": 1, "description": "File or pattern below the folder of data; .gz and .zst."},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
)


def records(path: Path, byte: int, number: int) -> Iterator[Record]:
    for content, end, at in lines(path, byte=byte, number=number):
        try:
            row = decode(content)
        except (ValueError, RecursionError):
            again = content.removeprefix(BYTE_ORDER_MARK) if at == 1 else content
            if not again.strip():
                continue
            try:
                row = decoded(again)
            except ValueError:
                yield content, Fault("undecodable", "The line is no JSON in UTF-8."), end, at
                continue
        # A bare U+0000 is no JSON; it can only be written like this.
        fault = fault_of(row) if type(row) is not dict or b"\\u0000" in content else None
        yield row, fault, end, at


def build(source: Mapping[str, Any], world: World) -> Extractor:
    return LineFiles(source["config"], world, records)


COMPONENT = Component("jsonl", SCHEMA, build, divides=frozenset({"files", "pages"}))
