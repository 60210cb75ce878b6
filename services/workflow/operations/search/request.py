"""A search as it was understood, and what its answer consists of."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.workflow.domain.search.entities import ENTITIES
from services.workflow.domain.search.query import Query
from services.workflow.domain.search.ranking import Scheme
from services.workflow.queries.search.matches import Place


@dataclass(frozen=True, slots=True)
class Request:
    """`conditions` are those of `search_matches` by entity. A page is asked for by its number or by the place where
    the last one ended; `now` is the moment for which ages count and `counted` the total (and whether it is estimated),
    the same on all pages that a cursor leads to."""

    typed: str
    query: Query
    now: datetime
    entities: tuple[str, ...] = ENTITIES
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    limit: int = 20
    page: int = 1
    after: Place | None = None
    counted: tuple[int, bool] | None = None
    scheme: Scheme = "search"


@dataclass(frozen=True, slots=True)
class Answer:
    """`results` are shapes, ready to be sent. `last` is the place of the last result if more follow."""

    query_id: uuid.UUID
    results: Sequence[Mapping[str, Any]]
    total: int
    is_estimated: bool
    searched: Sequence[str]
    failed: Sequence[str]
    warnings: Sequence[str]
    corrected: Sequence[str]
    last: Place | None
