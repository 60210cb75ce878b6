"""The reference page: each suite owns the part between its two marks."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path("docs/reference/benchmarks.md")
RESULTS = Path("benchmarks/results")
_HEAD = """# Benchmarks

Each figure stands beside its limit (the least that a correct solution can cost) and its peer, measured in the same run
in turns. They are ratios of CPU seconds, client and server together, because walls scatter on shared machines.
`make bench` prints them all and `make bench ARGS="reads workflow"` some; with `--write` they also write this page.
"""


@dataclass(frozen=True, slots=True)
class Suite:
    """What one command measures: `name` marks its part of the page and its kept runs."""

    name: str
    title: str
    about: str

    def parser(self, doc: str | None) -> argparse.ArgumentParser:
        """With what all suites take."""
        parser = argparse.ArgumentParser(description=doc)
        parser.add_argument("--write", action="store_true", help=f"also write {PAGE}")
        return parser

    def publish(self, machine: Mapping[str, str], body: str, figures: Any, *, write: bool) -> None:
        """Prints and keeps what a run has found, and writes it into the page where that is asked for."""
        text = f"{', '.join(f'{name} {value}' for name, value in machine.items())}\n\n{body}\n"
        print(text)
        _keep(self.name, text, figures)
        if write:
            _write(self.name, f"## {self.title}\n\n{self.about}\n\n{text}")


def _write(suite: str, text: str) -> None:
    """Puts the text in the suite's place, at the end if it has none yet."""
    known = PAGE.read_text() if PAGE.is_file() else _HEAD
    begin, end = f"<!-- {suite} -->\n", f"<!-- end of {suite} -->\n"
    before, found, rest = known.partition(begin)
    after = rest.partition(end)[2] if found else ""
    PAGE.write_text(f"{before if found else known.rstrip() + chr(10) * 2}{begin}{text.rstrip()}\n{end}{after}")


def _keep(suite: str, text: str, content: Any) -> None:
    """Stores a run's page and its figures under the time of now."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    stem = f"{suite}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    (RESULTS / f"{stem}.md").write_text(text)
    (RESULTS / f"{stem}.json").write_text(json.dumps(content, indent=1))
