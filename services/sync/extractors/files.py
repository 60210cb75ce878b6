"""Files below the folder of data, read line by line: which ones a path means, where each line begins."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from glob import has_magic
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from backports import zstd

from services.sync.errors import BadResponse, FileRefused, ResponseTooLarge, SourceUnavailable

MAX_LINE = 16 * 1024 * 1024
# A page ends at the size that is asked for or at so many bytes, whichever comes first.
PAGE_BYTES = 16 * 1024 * 1024
PAGE_ROWS = 5_000
_BLOCK = 4 * 1024 * 1024
_READ = 256 * 1024
_OPENERS: dict[str, Callable[[Path], Any]] = {".gz": gzip.open, ".zst": zstd.open}


class Block(NamedTuple):
    """Lines with their ends that stand one after the other: `byte` is where the first begins, `number` that of the line
    before it."""

    lines: list[bytes]
    byte: int
    number: int


def files_of(pattern: str, folder: Path) -> list[Path]:
    """The files that a path or pattern means, by name. Raises FileRefused, SourceUnavailable."""
    root = folder.resolve()
    # Only what lies below the folder is looked for; an absolute path may name it as well.
    relative = Path(pattern).relative_to(root) if Path(pattern).is_relative_to(root) else Path(pattern)
    if relative.is_absolute() or ".." in relative.parts:
        raise FileRefused(f"{pattern} does not lie below the folder of data.")
    found = sorted(root.glob(str(relative))) if has_magic(pattern) else [root / relative]
    files = [_contained(path, root, pattern) for path in found if path.is_file() or not has_magic(pattern)]
    if not files:
        raise SourceUnavailable(f"No file is called {pattern}.")
    return files


def _contained(path: Path, root: Path, pattern: str) -> Path:
    real = path.resolve()
    if root not in real.parents:
        raise FileRefused(f"{pattern} does not lie below the folder of data.")
    if not real.is_file():
        raise SourceUnavailable(f"No file is called {pattern}.")
    return real


def blocks(path: Path, *, byte: int = 0, number: int = 0) -> Iterator[Block]:
    """The lines from a byte on, which is one of the unpacked content; `number` is that of the line before it.

    Raises BadResponse, ResponseTooLarge, SourceUnavailable.
    """
    try:
        with _opened(path) as file:
            if byte:
                file.seek(byte)
            rest = b""
            while (read := file.read(_READ)) or rest:
                lines = BytesIO(rest + read).readlines()
                rest = lines.pop() if read and not lines[-1].endswith(b"\n") else b""
                if len(rest) > MAX_LINE or (lines and len(lines[0]) > MAX_LINE):
                    raise ResponseTooLarge(f"Line {number + 1} of {path.name} has more than {MAX_LINE} bytes.")
                yield Block(lines, byte, number)
                byte, number = byte + sum(map(len, lines)), number + len(lines)
    except (EOFError, gzip.BadGzipFile, zstd.ZstdError) as wrong:
        raise BadResponse(f"{path.name} cannot be unpacked.") from wrong
    except OSError as wrong:
        raise SourceUnavailable(f"{path.name} cannot be read.") from wrong


def starts_of_lines(path: Path, wanted: Sequence[int], *, without: bytes = b"") -> list[tuple[int, int]] | None:
    """Where the first line begins at or after each of the ascending bytes, and how many lines lie before it; those
    beyond the end are left out. None if the file has one of the bytes `without`, or is packed.

    Raises SourceUnavailable.
    """
    if path.suffix in _OPENERS:
        return None
    found: list[tuple[int, int]] = []
    left = list(wanted)
    base = number = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if without and without in block:
                    return None
                while left and (at := block.find(b"\n", max(0, left[0] - 1 - base))) >= 0:
                    found.append((base + at + 1, number + block.count(b"\n", 0, at + 1)))
                    left.pop(0)
                base, number = base + len(block), number + block.count(b"\n")
    except OSError as wrong:
        raise SourceUnavailable(f"{path.name} cannot be read.") from wrong
    return [start for start in dict.fromkeys(found) if start[0] < base]


def _opened(path: Path) -> IO[bytes]:
    opener = _OPENERS.get(path.suffix)
    return path.open("rb") if opener is None else cast(IO[bytes], opener(path))
