"""The reference page: each suite owns the part between its two marks."""

from pathlib import Path

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
