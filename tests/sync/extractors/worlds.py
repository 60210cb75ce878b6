"""Worlds for extractors: where their files and secrets lie, which addresses they may reach, how long they waited."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.sync.clients.outside import Outside
from services.sync.clients.secrets import Secrets
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.hosts import HostList
from services.sync.domain.pages import Extractor, Page, Position
from services.sync.extractors.world import World
from shared.outbound_guard import Rules

SECRETS = {"SYNC_SECRET_KEY": "s3cret", "SYNC_SECRET_USER": "ada"}


@dataclass
class Worlds:
    """Makes worlds; `waits` are the seconds that extractors wanted to wait (nobody waits here)."""

    folder: Path
    tenant_id: uuid.UUID
    waits: list[float] = field(default_factory=list)

    def of(self, *urls: str, **more: Any) -> World:
        """A world that may reach these addresses, private as they are."""
        doors = HostList([f"{urlsplit(url).hostname}:{urlsplit(url).port}" for url in urls])
        given: dict[str, Any] = {
            "secrets": Secrets(self.tenant_id, self.folder / "secrets", SECRETS),
            "outside": lambda rules: outside(rules, doors),
            "data_dir": self.folder,
            "pause": self.waits.append,
        }
        return World(**(given | more))


def outside(rules: Rules, private: HostList) -> Outside:
    return Outside(HostList([]), private, rules)


def read(
    extractor: Extractor,
    start: Position | None = None,
    conditions: Sequence[Condition] = (),
    limit: int | None = None,
) -> list[Page]:
    with extractor:
        return list(extractor.pages(start, conditions, limit=limit))


def rows(pages: Sequence[Page]) -> list[dict[str, Any]]:
    return [row for page in pages for row in page.rows]


def resumes_everywhere(build: Any, pages: Sequence[Page], conditions: Sequence[Condition] = ()) -> bool:
    """Whether reading that begins at any position brings the same pages as reading that came there."""
    return all(
        read(build(), page.next, conditions) == list(pages[at + 1 :]) for at, page in enumerate(pages) if page.next
    )
