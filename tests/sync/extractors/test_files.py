"""Files: pages with their positions, lines that are no rows, nothing outside the folder."""

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from backports import zstd

from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import Extractor
from services.sync.errors import BadResponse, FileRefused, ResponseTooLarge, SourceUnavailable
from services.sync.extractors import delimited, files, json_lines
from tests.sync.extractors.worlds import Worlds, read, resumes_everywhere, rows


def jsonl(worlds: Worlds, path: str = "a.jsonl", **config: Any) -> Extractor:
    return json_lines.build({"config": {"path": path, **config}}, worlds.of())


def csv(worlds: Worlds, content: bytes = b"", path: str = "a.csv", **config: Any) -> Extractor:
    if content:
        (worlds.folder / path).write_bytes(content)
    return delimited.build({"config": {"path": path, **config}}, worlds.of())


@pytest.mark.parametrize(("suffix", "pack"), [("", bytes), (".gz", gzip.compress), (".zst", zstd.compress)])
def test_json_lines_by_pages(worlds: Worlds, suffix: str, pack: Any) -> None:
    lines = [json.dumps({"n": n, "text": "ä" * n}, ensure_ascii=False) for n in range(7)]
    (worlds.folder / f"a.jsonl{suffix}").write_bytes(pack("\n".join(lines).encode()))

    def build() -> Extractor:
        return jsonl(worlds, f"a.jsonl{suffix}", page_size=3)

    pages = read(build())
    assert [[row["n"] for row in page.rows] for page in pages] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [page.number for page in pages] == [1, 2, 3]
    assert pages[1].place(0) == {"file": f"a.jsonl{suffix}", "line": 4}
    assert pages[-1].next is None
    assert resumes_everywhere(build, pages)


def test_numbers_are_exact(worlds: Worlds) -> None:
    (worlds.folder / "a.jsonl").write_text('{"a": 0.10, "b": 12345678901234567890123, "c": 1.00000000000000000001}\n')
    (row,) = rows(read(jsonl(worlds)))
    assert row == {"a": Decimal("0.10"), "b": 12345678901234567890123, "c": Decimal("1.00000000000000000001")}


def test_lines_that_are_no_rows(worlds: Worlds) -> None:
    bad = [
        b"{",
        b"[1]",
        b'{"a": "\xff"}',
        b'{"a": NaN}',
        b'{"b": {"c": "x\\u0000y"}}',
        b"[" * 5_000,
        b'{"a": "\\ud800"}',
    ]
    (worlds.folder / "a.jsonl").write_bytes(
        b"\xef\xbb\xbf" + b'{"n": 1}\n\n' + b"\n".join(bad) + b'\n{"n": "\\\\u0000"}\n'
    )
    (page,) = read(jsonl(worlds))
    assert page.rows == [{"n": 1}, {"n": "\\u0000"}]
    assert [row.faults[0].code for row in page.bad] == ["undecodable"] * 4 + ["nul_character"] + ["undecodable"] * 2
    assert page.bad[4].faults[0].field == "b"
    assert page.bad[4].row == {"b": {"c": "x␀y"}}
    assert [row.place["line"] for row in page.bad] == [3, 4, 5, 6, 7, 8, 9]


def test_several_files_are_one_source(worlds: Worlds) -> None:
    (worlds.folder / "in").mkdir()
    for name, numbers in (("b", [3, 4]), ("a", [1, 2]), ("c", [])):
        (worlds.folder / f"in/{name}.jsonl").write_text("".join(f'{{"n": {n}}}\n' for n in numbers))

    def build() -> Extractor:
        return jsonl(worlds, "in/*.jsonl", page_size=1)

    pages = read(build())
    assert [row["n"] for row in rows(pages)] == [1, 2, 3, 4]
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert pages[2].place(0) == {"file": "in/b.jsonl", "line": 1}
    assert resumes_everywhere(build, pages)
    with pytest.raises(SourceUnavailable):
        read(jsonl(worlds, "in/b.jsonl"), start=pages[0].next)


def test_conditions_and_limits(worlds: Worlds) -> None:
    (worlds.folder / "a.jsonl").write_text("".join(f'{{"n": {n}}}\n' for n in range(10)) + "{\n")
    even = [Condition("n", "in", (2, 4, 6))]
    pages = read(jsonl(worlds, page_size=4), conditions=even)
    assert [row["n"] for row in rows(pages)] == [2, 4, 6]
    assert pages[1].place(0)["line"] == 5
    limited = read(jsonl(worlds, page_size=4), limit=5)
    assert [len(page.rows) for page in limited] == [4, 1]
    assert limited[-1].next is None
    assert [row["n"] for row in rows(read(jsonl(worlds, page_size=4), conditions=even, limit=2))] == [2, 4]
    exact = read(jsonl(worlds, page_size=4), limit=11)
    assert sum(len(page.rows) + len(page.bad) for page in exact) == 11


def test_only_files_below_the_folder(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.jsonl").write_text('{"n": 1}\n')
    (worlds.folder / "link.jsonl").symlink_to(elsewhere / "a.jsonl")
    (worlds.folder / "out").symlink_to(elsewhere)
    (worlds.folder / "kept.jsonl").write_text("")
    for path in (
        "link.jsonl",
        "out/a.jsonl",
        "out/*.jsonl",
        "*.jsonl",
        "../a.jsonl",
        str(elsewhere / "a.jsonl"),
        "/etc/*",
    ):
        with pytest.raises(FileRefused):
            read(jsonl(worlds, path))
    for path in ("missing.jsonl", "missing*.jsonl", "."):
        with pytest.raises((SourceUnavailable, FileRefused)):
            read(jsonl(worlds, path))
    assert [page.rows for page in read(jsonl(worlds, str(worlds.folder / "kept.jsonl")))] == [[]]


def test_files_that_cannot_be_read(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    (worlds.folder / "a.jsonl.gz").write_bytes(gzip.compress(b'{"n": 1}\n' * 1_000)[:-9])
    (worlds.folder / "b.jsonl.gz").write_bytes(b"no gzip")
    (worlds.folder / "c.jsonl.zst").write_bytes(b"no zstd")
    for path in ("a.jsonl.gz", "b.jsonl.gz", "c.jsonl.zst"):
        with pytest.raises(BadResponse):
            read(jsonl(worlds, path))
    (worlds.folder / "bomb.jsonl.gz").write_bytes(gzip.compress(b" " * (files.MAX_LINE + 10)))
    with pytest.raises(ResponseTooLarge):
        read(jsonl(worlds, "bomb.jsonl.gz"))


def test_csv_by_pages(worlds: Worlds) -> None:
    content = '\ufeffsku;name;price\nA1;"two\nlines; and ""quotes""";1,5\nB2;NULL;\nC3;ü;2\n'.encode()

    def build() -> Extractor:
        return csv(worlds, content, delimiter=";", null_values=["NULL"], page_size=2)

    pages = read(build())
    assert [len(page.rows) for page in pages] == [2, 1]
    assert rows(pages) == [
        {"sku": "A1", "name": 'two\nlines; and "quotes"', "price": "1,5"},
        {"sku": "B2", "name": None, "price": ""},
        {"sku": "C3", "name": "ü", "price": "2"},
    ]
    assert resumes_everywhere(build, pages)


def test_csv_lines_that_are_no_rows(worlds: Worlds) -> None:
    content = b'a,b\n1,2\n3\n4,5,6\n\xff,x\ny,z\x00\n"q"x,1\n\n7,8\n'
    (page,) = read(csv(worlds, content))
    assert page.rows == [{"a": "1", "b": "2"}, {"a": "7", "b": "8"}]
    assert [(row.faults[0].code, row.place["line"]) for row in page.bad] == [
        ("wrong_columns", 3),
        ("wrong_columns", 4),
        ("undecodable", 5),
        ("nul_character", 6),
        ("undecodable", 7),
    ]
    assert page.bad[3].row == "y,z␀"


def test_csv_without_a_header_in_another_encoding(worlds: Worlds) -> None:
    content = "1,Größe\n2,x\n".encode("latin-1")

    def build() -> Extractor:
        return csv(worlds, content, header=["n", "t"], encoding="latin-1", page_size=1)

    pages = read(build())
    assert rows(pages) == [{"n": "1", "t": "Größe"}, {"n": "2", "t": "x"}]
    assert resumes_everywhere(build, pages)


@pytest.mark.parametrize("content", [b"a,a\n1,2\n", b"\xff\n1\n", b"\n1\n", b'"a\n1,2'])
def test_csv_headers_that_are_none(worlds: Worlds, content: bytes) -> None:
    with pytest.raises(BadResponse):
        read(csv(worlds, content))


def test_a_csv_file_may_be_empty(worlds: Worlds) -> None:
    Path(worlds.folder / "a.csv").write_bytes(b"a,b\n")
    assert rows(read(csv(worlds))) == []
    Path(worlds.folder / "a.csv").write_bytes(b"")
    assert rows(read(csv(worlds))) == []


def test_a_quote_that_is_never_closed_is_one_bad_row(worlds: Worlds) -> None:
    (page,) = read(csv(worlds, b'a,b\n1,2\n"3,4\n5,6\n'))
    assert page.rows == [{"a": "1", "b": "2"}]
    assert [row.faults[0].code for row in page.bad] == ["undecodable"]


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_where_a_file_is_cut_for_reading_makes_no_difference(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    (worlds.folder / "a.jsonl").write_bytes(b'{"n": 1}\n\n{\n{"n": "\xc3\xa4"}\n[2]\n{"n": 3}')
    table = b'a,b\n1,2\n"3\n4","5"\n\n6\n"7,8\n9,10\n'
    whole = [read(jsonl(worlds, page_size=2)), read(csv(worlds, table, page_size=2))]
    monkeypatch.setattr(files, "_READ", size)
    assert [read(jsonl(worlds, page_size=2)), read(csv(worlds, table, page_size=2))] == whole
    assert [len(page.rows) + len(page.bad) for pages in whole for page in pages] == [2, 2, 1, 2, 2]
