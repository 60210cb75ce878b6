"""The loader of HTTP interfaces, such as a sibling: what its configuration has to say, and how a request is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from services.sync.domain.components import Component
from services.sync.domain.filters.evaluating import Row, value_at
from services.sync.domain.storing import canonical, fingerprint, storable

BATCH = 100
_PLACE = re.compile(r"\{(\w+)\}")
_NAME = {"type": "string", "minLength": 1}
_FIELDS = {"type": "object", "additionalProperties": _NAME}
_KEY = {"anyOf": [_NAME, {"type": "array", "minItems": 1, "uniqueItems": True, "items": _NAME}]}
_PATH = {"type": "string", "description": "{field} stands for the value of a mapped field."}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["path"],
    "oneOf": [{"required": ["service"]}, {"required": ["base_url"]}],
    "properties": {
        "service": {"enum": ["propagation"], "description": "A sibling, asked with this service's own token."},
        "base_url": {"type": "string", "pattern": "^https?://"},
        "auth": {"type": ["object", "string"], "description": "As for the source `rest`; with base_url."},
        "path": _PATH,
        "key": _KEY
        | {"description": "The mapped fields that tell one row from another [those of `find`; else all of them]."},
        "method": {"enum": ["POST", "PUT", "PATCH"], "description": "What sends a new row [POST]."},
        "body": _FIELDS
        | {"minProperties": 1, "description": "Field of the body to mapped field; absent: all of them."},
        "find": {
            "type": "object",
            "additionalProperties": False,
            "required": ["query"],
            "properties": {
                "path": _PATH,
                "query": _FIELDS | {"minProperties": 1},
                "id": _NAME,
                "version": _NAME,
            },
            "description": "Finds the row that is there, which is then changed by PATCH at its id.",
        },
        "on_delete": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "method": {"enum": ["DELETE", "PATCH", "POST", "PUT"], "description": "[DELETE]"},
                "path": _PATH,
                "body": {"type": "object", "minProperties": 1},
                "restore": {"type": "object", "minProperties": 1},
            },
            "description": "What `deletes` sends for a row: to its id where `find` leads there, else to `path`;"
            " `restore` joins the body of one that comes back.",
        },
        "batch": {"type": "integer", "minimum": 1, "maximum": 10_000, "description": f"Rows of a commit [{BATCH}]."},
    },
}


@dataclass(frozen=True)
class Addressed:
    """Requests for the rows of a target whose configuration was checked."""

    config: Mapping[str, Any]

    @property
    def method(self) -> str:
        return str(self.config.get("method", "POST"))

    @property
    def finds(self) -> bool:
        return "find" in self.config

    @property
    def has_versions(self) -> bool:
        return "version" in self.config.get("find", {})

    def body(self, row: Row, *, restores: bool = False) -> dict[str, Any]:
        wanted = self.config.get("body") or {name: name for name in row}
        said = {field: storable(row.get(name)) for field, name in wanted.items()}
        return said | self.config.get("on_delete", {}).get("restore", {}) if restores else said

    def address(self, row: Row) -> dict[str, Any]:
        """What it takes to find the row again."""
        find, ending = self.config.get("find", {}), self.config.get("on_delete", {})
        paths = (self.config["path"], find.get("path", ""), ending.get("path", ""))
        names = {name for path in paths for name in _PLACE.findall(path)} | set(find.get("query", {}).values())
        return {name: storable(row.get(name)) for name in sorted(names)}

    def removal(self, row: Row, found: Row | None) -> tuple[str, str, Any]:
        """Method, path and body of what ends a row."""
        ending = self.config.get("on_delete", {})
        path = _filled(ending["path"], row) if "path" in ending else self.path_of(row, found or {})
        return ending.get("method", "DELETE"), path, ending.get("body")

    def path(self, row: Row) -> str:
        return _filled(self.config["path"], row)

    def path_of(self, row: Row, found: Row) -> str:
        """Of what is there already."""
        identity = value_at(found, self.config["find"].get("id", "id"))
        return f"{self.path(row).rstrip('/')}/{quote(str(identity), safe='')}"

    def search(self, row: Row) -> tuple[str, dict[str, Any]]:
        find = self.config["find"]
        query = {name: _text(row.get(field)) for name, field in find["query"].items()}
        return _filled(find.get("path", self.config["path"]), row), query

    def tag_of(self, found: Row) -> str | None:
        version = value_at(found, self.config["find"]["version"])
        return None if version is None else f'"{version}"'


def idempotency_key(pipeline: str, key: str, method: str, path: str, content: str, *, revision: int) -> str:
    """The same for a call that is repeated; another one for each time that a content is delivered again."""
    said = canonical([pipeline, key, method, path, content, revision])
    return f"sync-{fingerprint(said)}"


def is_same(body: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether what is there says what would be sent; numbers may stand there as texts."""
    return all(_text(found.get(name)) == _text(value) for name, value in body.items())


def _filled(path: str, row: Row) -> str:
    return _PLACE.sub(lambda place: quote(_text(row.get(place[1])), safe=""), path)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(storable(value))


COMPONENT = Component("http", SCHEMA, Addressed, ends_rows=True)
