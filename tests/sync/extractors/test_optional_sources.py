"""Adapters whose packages are not installed by default: refused with the group to install, or tried where they are."""

import importlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import Extractor
from services.sync.errors import AdapterNotInstalled, BadResponse
from services.sync.extractors import dlt_sources, parquet
from tests.sync.extractors.worlds import Worlds, read, resumes_everywhere, rows

has_parquet = pytest.mark.skipif(not parquet.is_installed(), reason="the group parquet is not installed")


@pytest.mark.parametrize(
    ("adapter", "group", "config"),
    [(parquet, "parquet", {"path": "a.parquet"}), (dlt_sources, "dlt", {"source": "shop", "resource": "items"})],
)
def test_what_is_not_installed_is_told_with_its_group(worlds: Worlds, adapter: Any, group: str, config: Any) -> None:
    if adapter.is_installed():
        assert adapter.COMPONENT.group is None
        return
    assert adapter.COMPONENT.group == group
    with pytest.raises(AdapterNotInstalled, match=group) as missing:
        adapter.build({"config": config}, worlds.of())
    assert missing.value.code == "adapter_not_installed"


def write(path: Path, count: int, *, groups: int) -> None:
    arrow, writer = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    table = arrow.table(
        {
            "n": list(range(count)),
            "price": [Decimal(n) / 10 for n in range(count)],
            "text": [f"t{n}" if n != 2 else "\x00" for n in range(count)],
            "unused": ["x"] * count,
        }
    )
    writer.write_table(table, path, row_group_size=groups)


@has_parquet
def test_parquet_by_parts_of_row_groups(worlds: Worlds) -> None:
    write(worlds.folder / "a.parquet", 7, groups=4)
    write(worlds.folder / "b.parquet", 1, groups=4)
    write(worlds.folder / "c.parquet", 0, groups=4)

    def build() -> Extractor:
        config = {"path": "*.parquet", "page_size": 3}
        return parquet.build({"config": config}, worlds.of(fields=frozenset({"n", "price", "text"})))

    pages = read(build())
    assert [row["n"] for row in rows(pages)] == [0, 1, 3, 4, 5, 6, 0]
    assert rows(pages)[1] == {"n": 1, "price": Decimal("0.1"), "text": "t1"}
    assert [bad.faults[0].code for page in pages for bad in page.bad] == ["nul_character"]
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert resumes_everywhere(build, pages)
    json.dumps([page.next for page in pages])
    assert [row["n"] for row in rows(read(build(), conditions=[Condition("unused", "eq", "y")]))] == []


@has_parquet
def test_parquet_that_is_none(worlds: Worlds) -> None:
    (worlds.folder / "a.parquet").write_bytes(b"PAR1 no PAR1")
    with pytest.raises(BadResponse):
        read(parquet.build({"config": {"path": "a.parquet"}}, worlds.of()))
