"""JSON lines: one object in each."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.pages import MAX_ROWS, Extractor, Fault
from services.sync.extractors.files import lines
from services.sync.extractors.line_files import LineFiles, Record
from services.sync.extractors.records import decoded, fault_of, may_hold_nul
from services.sync.extractors.sources import schema
from services.sync.extractors.world import World

SCHEMA = schema(
    ["path"],
    path={"type": "string", "minLength": 1, "description": "File or pattern below the folder of data; .gz and .zst."},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
)


def records(path: Path, byte: int, number: int) -> Iterator[Record]:
    for line in lines(path, byte=byte, number=number):
        try:
            row = decoded(line.content)
        except ValueError:
            if not line.content.strip():
                continue
            yield Record(line.content, Fault("undecodable", "The line is no JSON in UTF-8."), line.end, line.number)
            continue
        fault = fault_of(row) if type(row) is not dict or may_hold_nul(line.content) else None
        yield Record(row, fault, line.end, line.number)


def build(source: Mapping[str, Any], world: World) -> Extractor:
    return LineFiles(source["config"], world, records)


COMPONENT = Component("jsonl", SCHEMA, build)
