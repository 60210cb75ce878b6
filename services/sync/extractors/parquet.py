"""Parquet files, a part of a row group at a time; only the columns that somebody looks at are read."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import MAX_ROWS, Extractor, Page, Position
from services.sync.domain.partitions import MOST, shared_out
from services.sync.errors import AdapterNotInstalled, BadResponse, SourceUnavailable
from services.sync.extractors.files import PAGE_ROWS, files_of
from services.sync.extractors.records import sorted_out
from services.sync.extractors.sources import Source, number_of, schema
from services.sync.extractors.world import World

GROUP = "parquet"
SCHEMA = schema(
    ["path"],
    path={"type": "string", "minLength": 1, "description": "File or pattern below the folder of data."},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
)


def is_installed() -> bool:
    return find_spec("pyarrow") is not None


class Parquet(Source):
    """Made from the section `source`. A position is file, row group and the rows of it that were read."""

    def __init__(self, source: Mapping[str, Any], world: World) -> None:
        super().__init__(world)
        self._pattern: str = source["config"]["path"]
        self._size = int(source["config"].get("page_size", PAGE_ROWS))

    def read(self, start: Position | None, conditions: Sequence[Condition], _limit: int | None) -> Iterator[Page]:
        paths = self._paths()
        names = self.world.part.get("files") or list(paths)
        position: Position = start or {"file": names[0], "group": 0, "row": 0, "number": 1}
        for name in (position["file"], *names):
            if name not in paths:
                raise SourceUnavailable(f"The file {name} is not there any more.")
        needed = {condition.field.partition(".")[0] for condition in conditions}
        for name in names[names.index(position["file"]) :]:
            after = next(iter(names[names.index(name) + 1 :]), None)
            for page in self._pages_of(paths[name], name, position, needed, after):
                yield page
                if page.next is None:
                    return
                position = page.next

    def divide(self, _by: str, count: int | None, _conditions: Sequence[Condition]) -> list[dict[str, Any]]:
        return [{"part": {"files": group}} for group in shared_out(list(self._paths()), min(count or MOST, MOST))]

    def _paths(self) -> dict[str, Path]:
        root = self.world.data_dir.resolve()
        return {str(path.relative_to(root)): path for path in files_of(self._pattern, self.world.data_dir)}

    def _pages_of(
        self, path: Path, name: str, position: Position, needed: set[str], after: str | None
    ) -> Iterator[Page]:
        import pyarrow as arrow
        import pyarrow.parquet as parquet

        try:
            file = parquet.ParquetFile(path)
            columns = self._columns(file.schema_arrow.names, needed)
            for group in range(position["group"], file.num_row_groups):
                whole = file.metadata.row_group(group).num_rows
                skipped = position["row"] if group == position["group"] else 0
                done = 0
                for batch in file.iter_batches(self._size, row_groups=[group], columns=columns):
                    done += batch.num_rows
                    if done <= skipped:
                        continue
                    following = _following(name, group, done, whole, file.num_row_groups, after)
                    rows, bad, places = sorted_out(batch.to_pylist(), number=number_of(position), check_nul=True)
                    number = number_of(position)
                    position_after = None if following is None else {**following, "number": number + 1}
                    yield Page(rows, bad, position, position_after, number, places)
                    if position_after is None:
                        return
                    position = position_after
        except arrow.ArrowException as wrong:
            raise BadResponse(f"{path.name} is no Parquet file that can be read.") from wrong
        if position["file"] == name:  # nothing, or nothing more, in this file
            number = number_of(position)
            last = None if after is None else {"file": after, "group": 0, "row": 0, "number": number + 1}
            yield Page([], [], position, last, number)

    def _columns(self, names: Sequence[str], needed: set[str]) -> list[str] | None:
        wanted = self.world.fields
        if wanted is None:
            return None
        tops = {name.partition(".")[0] for name in wanted} | wanted | needed
        return [name for name in names if name in tops]


def _following(file: str, group: int, done: int, whole: int, groups: int, after: str | None) -> Position | None:
    if done < whole:
        return {"file": file, "group": group, "row": done}
    if group + 1 < groups:
        return {"file": file, "group": group + 1, "row": 0}
    return None if after is None else {"file": after, "group": 0, "row": 0}


def build(source: Mapping[str, Any], world: World) -> Extractor:
    """Raises AdapterNotInstalled."""
    if not is_installed():
        raise AdapterNotInstalled("parquet", GROUP)
    return Parquet(source, world)


COMPONENT = Component("parquet", SCHEMA, build, group=None if is_installed() else GROUP, divides=frozenset({"files"}))
