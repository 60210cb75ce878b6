"""YAML as pipelines are written: plain values with their lines, everything else refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.operations.pipelines.reading import MAX_BYTES, read_document, split_documents

TEXT = """\
name: families
source:
  type: csv
  config: {path: a.csv}   # one line
on: [no, yes, 2026-01-01, 1_000, 0x1F, 1e3, 0.05, ~, True, "12"]
"""


def found(text: str | bytes) -> list[tuple[str, int]]:
    return [(one.finding.code, one.line) for one in read_document(text).findings]


def test_values_are_plain_and_know_their_lines() -> None:
    document = read_document(TEXT)
    assert document.findings == []
    assert document.values == {
        "name": "families",
        "source": {"type": "csv", "config": {"path": "a.csv"}},
        "on": ["no", "yes", "2026-01-01", "1_000", "0x1F", 1000.0, 0.05, None, True, "12"],
    }
    lines = [document.line_of(pointer) for pointer in ("", "/name", "/source/config/path", "/on/3", "/missing")]
    assert lines == [1, 1, 4, 5, 1]
    assert document.line_of("/source/config/other") == 4


def test_keys_that_stand_twice_are_named_with_both_lines() -> None:
    (one,) = read_document("name: a\nsource:\n  type: x\n\n  type: y\n").findings
    assert (one.finding.code, one.finding.pointer, one.line) == ("duplicate_key", "/source/type", 5)
    assert one.finding.text == "The key type stands twice: in line 3 and in line 5."
    assert [code for code, _line in found("a: 1\na: 2\nb: {c: 1, c: 2}\n")] == ["duplicate_key"] * 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("# nothing\n", 1),
        ("null", 1),
        ("- a\n- b\n", 1),
        ("just text", 1),
        ("{}", 1),
        ("a: 1\n--- \nb: 2\n", 1),
        ("a: 1\nb: [1, 2\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: !!python/object/apply:os.system [ls]\n", 1),
        ("a: &x 1\nb: *x\n", 1),
        ("a: {<<: {b: 1}}\n", 1),
        ("? [a]\n: 1\n", 1),
        (b"a: \xff\n", 1),
        ("a: " + "[" * 500 + "]" * 500, 1),
        ("a: " + "x" * MAX_BYTES, 1),
    ],
)
def test_what_is_no_plain_mapping_is_refused(text: str | bytes, line: int) -> None:
    document = read_document(text)
    assert {one.finding.code for one in document.findings} == {"configuration_invalid"}
    assert document.findings[0].line == line


def test_a_byte_order_mark_is_tolerated() -> None:
    assert read_document(b"\xef\xbb\xbfa: 1\n").values == {"a": 1}


def test_a_stream_is_divided_by_dashes() -> None:
    assert split_documents("---\na: 1\n--- # second\nb: |\n  x\n---\n") == ["a: 1\n", "b: |\n  x\n"]


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    document = read_document(text)
    assert document.findings or isinstance(document.values, dict)
