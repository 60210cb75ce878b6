"""Sources of the library dlt: its items are taken as pages, its own state is not used."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from itertools import islice
from typing import Any

from services.sync.domain.components import Component
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import MAX_ROWS, Extractor, Page, Position
from services.sync.errors import AdapterNotInstalled, BadResponse, SourceUnavailable
from services.sync.extractors.records import sorted_out
from services.sync.extractors.sources import Source, number_of, schema
from services.sync.extractors.world import World

GROUP = "dlt"
# A package registers the source functions that pipelines may name.
REGISTERED = "concord.sync.dlt_sources"
_NAME = {"type": "string", "minLength": 1}
SCHEMA = schema(
    ["source", "resource"],
    source=_NAME | {"description": f"Registered in the entry-point group {REGISTERED}."},
    resource=_NAME,
    arguments={"type": "object"},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
)
PAGE_SIZE = 1_000


def is_installed() -> bool:
    return find_spec("dlt") is not None


class DltSource(Source):
    """Made from the section `source`. A position counts the items: going on means reading past those before it."""

    def __init__(self, source: Mapping[str, Any], world: World) -> None:
        super().__init__(world)
        self._config = source["config"]
        self._size = int(self._config.get("page_size", PAGE_SIZE))

    def read(self, start: Position | None, _conditions: Sequence[Condition], _limit: int | None) -> Iterator[Page]:
        position: Position = start or {"item": 0, "number": 1}
        items = islice(self._items(), position["item"], None)
        found = list(islice(items, self._size))
        while True:
            following = list(islice(items, self._size))
            number = number_of(position)
            rows, bad, places = sorted_out(found, number=number, check_nul=True)
            after = {"item": position["item"] + len(found), "number": number + 1} if following else None
            yield Page(rows, bad, position, after, number, places)
            if after is None:
                return
            found, position = following, after

    def _items(self) -> Iterator[Any]:
        found = {entry.name: entry for entry in entry_points(group=REGISTERED)}
        entry = found.get(self._config["source"])
        if entry is None:
            known = ", ".join(sorted(found)) or "none"
            raise BadResponse(f"There is no registered source {self._config['source']}; known are {known}.")
        arguments = self.world.secrets.resolved(self._config.get("arguments", {}))
        try:
            for item in entry.load()(**arguments).with_resources(self._config["resource"]):
                yield from item if isinstance(item, list) else [item]
        except Exception as failure:
            raise SourceUnavailable(f"The source {entry.name} failed ({type(failure).__name__}).") from failure


def build(source: Mapping[str, Any], world: World) -> Extractor:
    """Raises AdapterNotInstalled."""
    if not is_installed():
        raise AdapterNotInstalled("dlt", GROUP)
    return DltSource(source, world)


COMPONENT = Component("dlt", SCHEMA, build, group=None if is_installed() else GROUP)
