"""JSON lines: one object in each."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.pages import MAX_ROWS, Extractor, Fault
from services.sync.extractors.files import Block, blocks
from services.sync.extractors.line_files import LineFiles, Records
from services.sync.extractors.records import BYTE_ORDER_MARK, decode, decoded, fault_of
from services.sync.extractors.sources import schema
from services.sync.extractors.world import World

SCHEMA = schema(
    ["path"],
    path={"type": "string", "minLength": 1, "description": "File or pattern below the folder of data; .gz and .zst."},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
)


def records(path: Path, byte: int, number: int) -> Iterator[Records]:
    for block in blocks(path, byte=byte, number=number):
        yield _at_once(block) or _one_by_one(block)


def _at_once(block: Block) -> Records | None:
    """Nearly always every line is a row."""
    try:
        rows = list(map(decode, block.lines))
    except (ValueError, RecursionError):
        return None
    # A bare U+0000 is no JSON; it can only be written like this.
    if set(map(type, rows)) != {dict} or b"\\u0000" in b"".join(block.lines):
        return None
    return Records(rows, *_places(block))


def _one_by_one(block: Block) -> Records:
    rows: list[Any] = []
    kept: list[int] = []
    faults: dict[int, Fault] = {}
    for at, line in enumerate(block.lines):
        content = line.removeprefix(BYTE_ORDER_MARK) if block.number + at == 0 else line
        if not content.strip():
            continue
        try:
            row = decoded(content)
            fault = fault_of(row)
        except ValueError:
            row, fault = line, Fault("undecodable", "The line is no JSON in UTF-8.")
        if fault is not None:
            faults[len(rows)] = fault
        rows.append(row)
        kept.append(at)
    ends, numbers = _places(block)
    return Records(rows, [ends[at] for at in kept], [numbers[at] for at in kept], faults)


def _places(block: Block) -> tuple[list[int], range]:
    """The byte after each line, and its number."""
    ends = list(accumulate(map(len, block.lines), initial=block.byte))[1:]
    return ends, range(block.number + 1, block.number + 1 + len(ends))


def build(source: Mapping[str, Any], world: World) -> Extractor:
    return LineFiles(source["config"], world, records)


COMPONENT = Component("jsonl", SCHEMA, build, divides=frozenset({"files", "pages"}))
