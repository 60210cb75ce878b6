"""What was searched for, clicked and not found."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Select, distinct, func, select

from services.workflow.models import SearchClick, SearchQuery


def clicks(tenant_id: uuid.UUID) -> Select[SearchClick]:
    return select(SearchClick).where(SearchClick.tenant_id == tenant_id)


def usage(tenant_id: uuid.UUID, since: datetime) -> Select[int, int, Any]:
    """Searches, those without results, and their mean duration."""
    return select(
        func.count(),
        func.count().filter(SearchQuery.total == 0),
        func.coalesce(func.avg(SearchQuery.duration_ms), 0.0),
    ).where(SearchQuery.tenant_id == tenant_id, SearchQuery.created_at >= since)


def clicked(tenant_id: uuid.UUID, since: datetime) -> Select[int, int]:
    """Clicks, and the searches that they were on, of searches since then."""
    on = (SearchQuery.tenant_id == SearchClick.tenant_id) & (SearchQuery.id == SearchClick.query_id)
    rows = select(func.count(), func.count(distinct(SearchClick.query_id))).join(SearchQuery, on)
    return rows.where(SearchClick.tenant_id == tenant_id, SearchQuery.created_at >= since)


def missed(tenant_id: uuid.UUID, since: datetime) -> Select[str, int]:
    """Queries without results, the most frequent first."""
    count = func.count()
    rows = select(SearchQuery.query, count).where(
        SearchQuery.tenant_id == tenant_id, SearchQuery.created_at >= since, SearchQuery.total == 0
    )
    return rows.group_by(SearchQuery.query).order_by(count.desc(), SearchQuery.query).limit(50)
