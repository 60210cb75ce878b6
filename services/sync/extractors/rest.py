"""HTTP interfaces that answer with JSON: four ways of paging, six ways of showing who asks."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from urllib.parse import urljoin

import msgspec

from services.sync.domain.components import Component
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.filters.parameters import TimeFormat, since_until
from services.sync.domain.pages import MAX_ROWS, Extractor, Position
from services.sync.errors import BadResponse
from services.sync.extractors import credentials
from services.sync.extractors.asking import Asker
from services.sync.extractors.http_pages import Call, HttpPages, below, with_params
from services.sync.extractors.records import at_pointer
from services.sync.extractors.sources import schema
from services.sync.extractors.world import World
from shared.outbound_guard import Fetched

_NAME = {"type": "string", "minLength": 1}
_POINTER = {"type": "string", "pattern": "^(/.*)?$"}

_TOTAL = _POINTER | {"description": "How many records there are in all; lets a run be divided by pages."}


def _paging(kind: str, required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    return schema(["type", *required], type={"const": kind}, has_more=_POINTER, **properties)


SCHEMA = schema(
    ["base_url", "path"],
    base_url={"type": "string", "pattern": "^https?://"},
    path={"type": "string"},
    method={"enum": ["GET", "POST"]},
    params={"type": "object"},
    headers={"type": "object"},
    body={"type": "object", "description": "JSON of a POST; parameters of the paging join it."},
    records=_POINTER | {"description": "JSON pointer to the list of records; absent: the answer is the list."},
    page_size={"type": "integer", "minimum": 1, "maximum": MAX_ROWS},
    order_by={"type": "string", "description": "Sent as the parameter `order_param` [order_by]."},
    order_param=_NAME,
    since_param=_NAME,
    until_param=_NAME,
    time_format={"enum": list(get_args(TimeFormat))},
    auth=credentials.SCHEMA,
    paging={
        "oneOf": [
            {"const": "none"},
            _paging("none"),
            _paging("page", param=_NAME, size_param=_NAME, first={"enum": [0, 1]}, total=_TOTAL),
            _paging("offset", skip_param=_NAME, take_param=_NAME, total=_TOTAL),
            _paging("cursor", ["next", "param"], next=_POINTER, param=_NAME, size_param=_NAME),
            _paging("link", next=_POINTER, size_param=_NAME),
        ]
    },
)


class Rest(HttpPages):
    """Made from the section `source`."""

    def __init__(self, source: Mapping[str, Any], world: World) -> None:
        config = source["config"]
        shown = credentials.credentials(config.get("auth"), world.secrets)
        asker = Asker(source, world, base_url=config["base_url"], credentials=shown)
        super().__init__(world, asker, records=config.get("records", ""), page_size=config.get("page_size"))
        self._config = config
        self._url = below(config["base_url"], config["path"])
        paging = config.get("paging", "none")
        self._paging: Mapping[str, Any] = paging if isinstance(paging, Mapping) else {"type": paging}

    def first(self) -> Position:
        paging = self._paging
        match paging["type"]:
            case "page":
                return {"page": paging.get("first", 1) + self.world.part.get("from", 0) // (self.page_size or 1)}
            case "offset":
                return {"offset": self.world.part.get("from", 0)}
            case "cursor":
                return {"cursor": None}
            case _:
                return {"url": None}

    def rows_before(self, position: Position) -> int | None:
        paging = self._paging
        match paging["type"]:
            case "page" if self.page_size is not None:
                return int(position["page"] - paging.get("first", 1)) * self.page_size
            case "offset":
                return int(position["offset"])
            case _:
                return None

    def total(self, body: Any) -> int | None:
        found = at_pointer(body, self._paging["total"]) if "total" in self._paging else None
        return int(found) if isinstance(found, int) else None

    def cut(self, size: int | None, left: int | None, position: Position) -> int | None:
        # Pages are counted in their full size; only the very first one may be smaller.
        is_counted = self._paging["type"] == "page" and position["number"] > 1
        return size if is_counted else super().cut(size, left, position)

    def call(self, position: Position, conditions: Sequence[Condition], size: int | None) -> Call:
        config = self._config
        headers = {"Accept": "application/json", **self.world.secrets.resolved(config.get("headers", {}))}
        if position.get("url") is not None:
            return Call("GET", position["url"], headers)
        paging = self._page_params(position, size)
        params = {**self.world.secrets.resolved(config.get("params", {})), **self._asked(conditions)}
        if "order_by" in config:
            params[config.get("order_param", "order_by")] = config["order_by"]
        if "body" not in config:
            return Call(config.get("method", "GET"), with_params(self._url, params | paging), headers)
        content = msgspec.json.encode({**self.world.secrets.resolved(config["body"]), **paging})
        return Call("POST", with_params(self._url, params), {**headers, "Content-Type": "application/json"}, content)

    def _asked(self, conditions: Sequence[Condition]) -> dict[str, str]:
        config = self._config
        return since_until(
            conditions,
            since=config.get("since_param"),
            until=config.get("until_param"),
            written=config.get("time_format", "rfc3339"),
        )

    def _page_params(self, position: Position, size: int | None) -> dict[str, Any]:
        paging = self._paging
        size_param = paging.get("take_param", "limit") if paging["type"] == "offset" else paging.get("size_param")
        sized = {} if size is None or size_param is None else {size_param: size}
        match paging["type"]:
            case "page":
                return {paging.get("param", "page"): position["page"], **sized}
            case "offset":
                return {paging.get("skip_param", "offset"): position["offset"], **sized}
            case "cursor" if position["cursor"] is not None:
                return {paging["param"]: position["cursor"], **sized}
            case _:
                return sized

    def following(
        self, position: Position, body: Any, answer: Fetched, *, count: int, size: int | None
    ) -> Position | None:
        paging = self._paging
        if "has_more" in paging and at_pointer(body, paging["has_more"]) is not True:
            return None
        is_short = size is not None and count < size
        match paging["type"]:
            case "page":
                return None if is_short else {"page": position["page"] + 1}
            case "offset":
                return None if is_short else {"offset": position["offset"] + count}
            case "cursor":
                cursor = at_pointer(body, paging["next"])
                return {"cursor": _plain(cursor)} if cursor not in (None, "", False) else None
            case "link":
                return self._link(body, answer)
            case _:
                return None

    def _link(self, body: Any, answer: Fetched) -> Position | None:
        pointer = self._paging.get("next")
        url = next_link(answer.headers.get_list("Link")) if pointer is None else at_pointer(body, pointer)
        if not url:
            return None
        return {"url": urljoin(answer.url, _plain(url))}


def _plain(value: Any) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise BadResponse("The next page of the source is neither a text nor a number.")
    return str(value)


def next_link(headers: Sequence[str]) -> str | None:
    """The target of the link with the relation `next` (RFC 8288)."""
    for header in headers:
        for part in header.split("<")[1:]:
            target, closed, rest = part.partition(">")
            parameters = [parameter.strip() for parameter in rest.split(",")[0].split(";")]
            for parameter in parameters if closed else ():
                name, _, value = parameter.partition("=")
                if name.strip().lower() == "rel" and "next" in value.strip(' "').lower().split():
                    return target.strip()
    return None


def build(source: Mapping[str, Any], world: World) -> Extractor:
    return Rest(source, world)


COMPONENT = Component("rest", SCHEMA, build, divides=frozenset({"pages"}))
