"""A pipeline's configuration as a plain mapping that has passed its checks, read with its defaults."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

DEFAULT_MAX_SHARE = 0.2
LAG_SECONDS = 300
# What makes a run partial: it loads, but says nothing about what it did not look at.
NARROWING = ("since", "until", "days", "top", "filters")


def narrowing(asked: Mapping[str, Any]) -> str | None:
    """The first word of a request by which a run looks at less than all."""
    return next((name for name in NARROWING if asked.get(name) is not None), None)


@dataclass(frozen=True)
class Configuration:
    """The sections of a checked file. A run changes none of it."""

    given: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.given["name"])

    @property
    def entity(self) -> str:
        return str(self.given["entity"])

    @property
    def active(self) -> bool:
        return bool(self.given.get("active", True))

    @property
    def source(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.given["source"]
        return found

    @property
    def parent_filter(self) -> "ParentFilter | None":
        found = self.source.get("parent_filter")
        return ParentFilter(found) if found is not None else None

    @property
    def transform(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.given["transform"]
        return found

    @property
    def validate(self) -> Mapping[str, Any]:
        return self._section("validate")

    @property
    def target(self) -> "Target":
        return Target(self.given["target"])

    @property
    def incremental(self) -> "Incremental | None":
        """None where the file has none, or has switched it off."""
        found = self.given.get("incremental")
        return Incremental(found) if found is not None and found.get("enabled", True) else None

    @property
    def cursor_field(self) -> str | None:
        return self.incremental.field if self.incremental else None

    @property
    def detects_deletes(self) -> bool:
        return bool(self._section("deletes").get("detect", False))

    @property
    def max_deleted_share(self) -> float | None:
        """None is the default, which lets a few rows go in any case."""
        found = self._section("deletes").get("max_share")
        return None if found is None else float(found)

    @property
    def max_bad_share(self) -> float | None:
        found = self._section("bad_rows").get("max_share")
        return None if found is None else float(found)

    @property
    def max_bad_count(self) -> int | None:
        found = self._section("bad_rows").get("max_count")
        return None if found is None else int(found)

    @property
    def batch_size(self) -> int | None:
        found = self.given.get("batch_size")
        return None if found is None else int(found)

    @property
    def partitions(self) -> "Partitions | None":
        """None where the run is not to be cut into parts."""
        found = self.given.get("partitions")
        return Partitions(found) if found is not None and found["by"] != "none" else None

    @property
    def executor(self) -> str | None:
        """Who works on the partitions; None leaves it to the settings."""
        return self.given.get("executor")

    @property
    def depends_on(self) -> tuple[str, ...]:
        return tuple(self.given.get("depends_on", ()))

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.given.get("groups", ()))

    @property
    def schedule(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.given.get("schedule", ()))

    @property
    def require_clean(self) -> bool:
        return bool(self.given.get("require_clean", False))

    @property
    def alerts(self) -> Mapping[str, Any]:
        return self._section("alerts")

    @property
    def timeout_seconds(self) -> int:
        return int(self.given.get("timeout_seconds", 21_600))

    @cached_property
    def mapping_checksum(self) -> str:
        """Changes with whatever makes another row of the same source row: then what was loaded says nothing any more
        about what has to be."""
        said = [self.given["transform"], self.target.table, list(self.target.key)]
        if self.target.type != "table":
            said.append(self.target.config)
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    def _section(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.given.get(name) or {}
        return found


@dataclass(frozen=True)
class Target:
    given: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.given["type"])

    @property
    def config(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.given["config"]
        return found

    @property
    def table(self) -> str:
        return str(self.config.get("table", ""))

    @property
    def place(self) -> str:
        """What a target elsewhere is called in lists."""
        return f"{self.type}:{self.table or self.config.get('service') or 'outside'}"

    @property
    def key(self) -> tuple[str, ...]:
        """Where a target elsewhere names none, what a row is found by there; empty: its content tells it apart."""
        key = self.config.get("key") or tuple(self.config.get("find", {}).get("query", {}).values())
        return (key,) if isinstance(key, str) else tuple(key)

    @property
    def write(self) -> str:
        return str(self.given.get("write", "upsert"))

    @property
    def update_existing(self) -> bool:
        return bool(self.given.get("update_existing", True))

    @property
    def conflict_strategy(self) -> str:
        return str(self.given.get("conflict_strategy", "source_wins"))

    @property
    def timestamp_field(self) -> str | None:
        return self.given.get("timestamp_field")


@dataclass(frozen=True)
class Incremental:
    given: Mapping[str, Any]

    @property
    def field(self) -> str:
        return str(self.given["field"])

    @property
    def initial(self) -> Any:
        return self.given.get("initial")

    @property
    def watermark(self) -> str | None:
        """start or max_seen; None leaves it to the kind of source and of cursor."""
        return self.given.get("watermark")

    @property
    def lag_seconds(self) -> int | None:
        found = self.given.get("lag_seconds")
        return None if found is None else int(found)

    @property
    def on_missing(self) -> str:
        return str(self.given.get("on_missing", "include"))

    @property
    def full_sync_fallback(self) -> bool:
        return bool(self.given.get("full_sync_fallback", True))

    @property
    def advance_on_errors(self) -> bool:
        return bool(self.given.get("advance_on_errors", False))


@dataclass(frozen=True)
class ParentFilter:
    given: Mapping[str, Any]

    @property
    def pipeline(self) -> str:
        return str(self.given["pipeline"])

    @property
    def parent_key(self) -> str:
        """A column of the table that the parents are in."""
        return str(self.given["parent_key"])

    @property
    def field(self) -> str:
        """The field of the children's source that holds it."""
        return str(self.given["field"])

    @property
    def chunk_size(self) -> int:
        return int(self.given.get("chunk_size", 100))


@dataclass(frozen=True)
class Partitions:
    given: Mapping[str, Any]

    @property
    def by(self) -> str:
        return str(self.given["by"])

    @property
    def field(self) -> str | None:
        return self.given.get("field")

    @property
    def count(self) -> int | None:
        found = self.given.get("count")
        return None if found is None else int(found)

    @property
    def values(self) -> list[Any] | None:
        return self.given.get("values")

    @property
    def max_parallel(self) -> int | None:
        found = self.given.get("max_parallel")
        return None if found is None else int(found)
