"""The reference page: each suite owns the part between its two marks."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path("benchmarks/results")
_HEAD = """# Benchmarks

Each figure stands beside its limit (the least that a correct solution can cost) and its peer, measured in the same run
in turns. They are ratios of CPU seconds, client and server together, because walls scatter on shared machines.
Print them with `make bench`; this page is written by `make bench ARGS=--write`.
"""


def write(page: Path, suite: str, text: str) -> None:
    """Puts the text in the suite's place, at the end if it has none yet."""
    known = page.read_text() if page.is_file() else _HEAD
    begin, end = f"<!-- {suite} -->\n", f"<!-- end of {suite} -->\n"
    before, found, rest = known.partition(begin)
    after = rest.partition(end)[2] if found else ""
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"{before if found else known.rstrip() + chr(10) * 2}{begin}{text.rstrip()}\n{end}{after}")


def keep(suite: str, text: str, content: Any) -> None:
    """Stores a run's page and its figures under the time of now."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    stem = f"{suite}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    (RESULTS / f"{stem}.md").write_text(text)
    (RESULTS / f"{stem}.json").write_text(json.dumps(content, indent=1))
