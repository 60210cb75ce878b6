"""Pipelines as text: YAML of plain values, with the line of everything in it. Nothing of it becomes code."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from services.sync.domain.findings import Finding

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Located:
    """A finding with the line that it is about, counted from 1; `file` names the document in a set."""

    finding: Finding
    line: int
    file: str | None = None

    def as_dict(self) -> dict[str, Any]:
        shown = {"pointer": self.finding.pointer, "line": self.line}
        return (
            shown | {"code": self.finding.code, "text": self.finding.text} | ({"file": self.file} if self.file else {})
        )


@dataclass
class Document:
    """One document: its own text, its values (None unless it could be read as a mapping), findings so far."""

    text: str
    file: str | None = None
    values: dict[str, Any] | None = None
    lines: dict[str, int] = field(default_factory=dict)
    findings: list[Located] = field(default_factory=list)

    def add(self, finding: Finding, *, line: int | None = None) -> None:
        self.findings.append(Located(finding, line or self.line_of(finding.pointer), self.file))

    def line_of(self, pointer: str) -> int:
        """Of the value, or of the nearest that contains it."""
        while pointer not in self.lines and pointer:
            pointer = pointer.rpartition("/")[0]
        return self.lines.get(pointer, 1)


def read_document(content: bytes | str, *, file: str | None = None) -> Document:
    """Values, lines and what is wrong with the form. A mapping with findings is not complete."""
    raw = content.encode(errors="surrogatepass") if isinstance(content, str) else content
    try:
        document = Document(raw.removeprefix(b"\xef\xbb\xbf").decode(), file)
    except UnicodeDecodeError:
        return _refused(Document("", file), "The file is not UTF-8.")
    if len(raw) > MAX_BYTES:
        return _refused(document, f"The file has more than {MAX_BYTES // 1024} KiB.")
    try:
        _refuse_marks(document)
        nodes = list(yaml.compose_all(document.text, yaml.SafeLoader)) if not document.findings else []
    except yaml.YAMLError as failure:
        return _refused(document, _reason(failure), line=_line(failure))
    except RecursionError:
        return _refused(document, "The file is nested too deeply.")
    if document.findings:
        return document
    if len(nodes) != 1 or not isinstance(nodes[0], yaml.MappingNode) or not nodes[0].value:
        found = "is empty" if not nodes else "has several documents" if len(nodes) > 1 else "is no mapping"
        return _refused(document, f"The file {found}; a pipeline is one mapping.")
    document.values = _Reader(document).mapping(nodes[0], "", 0)
    return document


def split_documents(text: str) -> list[str]:
    """The documents of a stream, which lines of three dashes divide."""
    parts = re.split(r"(?m)^---(?:[ \t].*)?$\n?", text)
    return [part for part in parts if part.strip()]


def _refuse_marks(document: Document) -> None:
    """Tags, anchors and aliases: a pipeline says the same to every reader of YAML."""
    for event in yaml.parse(document.text, yaml.SafeLoader):
        if not isinstance(event, yaml.NodeEvent):
            continue
        tag, sign = getattr(event, "tag", None), "*" if isinstance(event, yaml.AliasEvent) else "&"
        marks = [f"{sign}{event.anchor}"] if event.anchor else []
        for mark in [*marks, *([tag] if tag is not None else [])]:
            text = f"{mark} is not allowed: no anchors, aliases and tags."
            document.add(Finding("", "configuration_invalid", text), line=_line_of(event))


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document

    def value(self, node: yaml.Node, pointer: str, depth: int) -> Any:
        self._document.lines.setdefault(pointer, _line_of(node))
        if depth > MAX_DEPTH:
            self._document.add(Finding(pointer, "configuration_invalid", "This is nested too deeply."))
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, pointer, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, f"{pointer}/{number}", depth + 1) for number, item in enumerate(node.value)]
        return _scalar(node.value) if getattr(node, "style", None) is None else node.value

    def mapping(self, node: yaml.MappingNode, pointer: str, depth: int) -> dict[str, Any]:
        self._document.lines.setdefault(pointer, _line_of(node))
        found: dict[str, Any] = {}
        for key, line, value in self._entries(node, pointer):
            below = f"{pointer}/{escaped(key)}"
            if key in found:
                first = self._document.lines[below]
                text = f"The key {key} stands twice: in line {first} and in line {line}."
                self._document.add(Finding(below, "duplicate_key", text), line=line)
                continue
            self._document.lines[below] = line
            found[key] = self.value(value, below, depth + 1)
        return found

    def _entries(self, node: yaml.MappingNode, pointer: str) -> Iterator[tuple[str, int, yaml.Node]]:
        for key, value in node.value:
            line = _line_of(key)
            if not isinstance(key, yaml.ScalarNode):
                self._document.add(Finding(pointer, "configuration_invalid", "A key is a text."), line=line)
            elif key.value == "<<":
                self._document.add(Finding(pointer, "configuration_invalid", "Merge keys are not allowed."), line=line)
            else:
                yield key.value, line, value


def _scalar(text: str) -> Any:
    """A plain value by the core schema of YAML 1.2: `on`, `no` and dates are texts."""
    if text.lower() in _WORDS and text in (text.lower(), text.title(), text.upper()):
        return _WORDS[text.lower()]
    if not _NUMBER.fullmatch(text):
        return text
    if text.lstrip("+-").isdigit():
        return int(text) if len(text) < 40 else text
    number = float(text)
    return number if math.isfinite(number) else text


def escaped(key: str) -> str:
    """A key as a part of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def _refused(document: Document, text: str, *, line: int = 1) -> Document:
    document.add(Finding("", "configuration_invalid", text), line=line)
    return document


def _reason(failure: yaml.YAMLError) -> str:
    problem = getattr(failure, "problem", None) or getattr(failure, "reason", None)
    return f"This is no YAML: {problem or 'it cannot be read'}."


def _line_of(part: yaml.Node | yaml.Event) -> int:
    return part.start_mark.line + 1 if part.start_mark else 1


def _line(failure: yaml.YAMLError) -> int:
    mark = getattr(failure, "problem_mark", None)
    return mark.line + 1 if mark else 1
