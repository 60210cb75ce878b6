"""The loader of HTTP interfaces, such as a sibling: what its configuration has to say, and how a request is made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from services.sync.domain.components import Component
from services.sync.domain.filters.evaluating import Row, value_at
from services.sync.domain.storing import canonical, fingerprint, storable
from services.sync.loaders.targets import TargetTable

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

    def body(self, row: Row) -> dict[str, Any]:
        wanted = self.config.get("body") or {name: name for name in row}
        return {field: storable(row.get(name)) for field, name in wanted.items()}

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


def stand_in(config: Mapping[str, Any], fields: Sequence[str]) -> TargetTable:
    """In the place of a table: its columns are the mapped fields."""
    name = f"http:{config.get('service') or 'outside'}"
    table = sa.Table(name, sa.MetaData(), *(sa.Column(field, sa.Text) for field in fields))
    return TargetTable(name, table, dict(table.columns))


def _filled(path: str, row: Row) -> str:
    return _PLACE.sub(lambda place: quote(_text(row.get(place[1])), safe=""), path)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(storable(value))


COMPONENT = Component("http", SCHEMA, Addressed)
