"""What an extractor may use of the world around it; the run builds one for each source it opens."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from services.sync.clients.outside import Outside
from services.sync.clients.secrets import Secrets
from shared.outbound_guard import Rules


@dataclass(frozen=True, slots=True)
class World:
    """`outside` makes the guard for requests under given limits.

    `fields` are the source fields that somebody looks at (the mapping, filters, the cursor), None for all; `key` are
    those of the target's key. `environments` are the settings of 4D servers by name. `pause` waits so many seconds and
    may raise to end the run. `part` is the part of the source that is to be read, in the words of the extractor that
    cut it; empty is all of it.
    """

    secrets: Secrets
    outside: Callable[[Rules], Outside]
    data_dir: Path
    zone: tzinfo = UTC
    fields: frozenset[str] | None = None
    key: tuple[str, ...] = ()
    environments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pause: Callable[[float], None] = time.sleep
    part: Mapping[str, Any] = field(default_factory=dict)
