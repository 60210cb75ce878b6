"""What the search knows: words and where they stand, documents of other owners, and what people searched for."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, TEXT, UUID
from sqlalchemy.orm import Mapped, mapped_column

from services.workflow.domain.search.entities import ENTITIES, OUTSIDE
from services.workflow.models.rows import Base, Kept
from shared.db import Name
from shared.rows import Row, at_most, belongs_to, one_of, unique
from shared.tenancy import TenantOwned

CODES = ARRAY(BIGINT)
NO_TEXTS = text("'{}'::text[]")
FREQUENCIES = ("realtime", "hourly", "daily", "weekly")


class SearchEntry(TenantOwned, Base):
    """The words of one item as terms (see domain/search/terms.py), those of its title first.

    Only a change of the item's texts writes here; state, assignee and times are read where they stand.
    """

    __tablename__ = "search_entries"
    __table_args__ = (
        one_of("entity", *ENTITIES),
        Index("ix_search_entries_terms", "terms", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    entity: Mapped[str] = mapped_column(Name, primary_key=True)
    entity_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column()
    title_terms: Mapped[int]
    terms: Mapped[list[int]] = mapped_column(CODES)


class SearchWord(TenantOwned, Base):
    """A distinct word of the tenant. `code` is the number that terms are made of, `variants` are the codes of its
    deletion variants, `frequency` is about how many items have it."""

    __tablename__ = "search_words"
    __table_args__ = (
        Index("ix_search_words_variants", "variants", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
    )

    word: Mapped[str] = mapped_column(Name, primary_key=True)
    code: Mapped[int]
    frequency: Mapped[int]
    variants: Mapped[list[int]] = mapped_column(CODES)


class SearchDocument(Row, Base):
    """Something that another service owns and lets people find here. `document_id` is its owner's id."""

    __tablename__ = "search_documents"
    __table_args__ = (
        unique("entity", "document_id"),
        one_of("entity", *OUTSIDE),
        at_most("document_id", 100),
        at_most("title", 200),
        at_most("subtitle", 200),
        at_most("body", 10_000),
    )

    entity: Mapped[str] = mapped_column(Name)
    document_id: Mapped[str] = mapped_column(Name)
    title: Mapped[str]
    subtitle: Mapped[str | None]
    body: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    owner: Mapped[str | None] = mapped_column(Name)
    assigned_to_user: Mapped[str | None] = mapped_column(Name)
    assigned_to_team: Mapped[str | None] = mapped_column(Name)
    priority: Mapped[str | None]
    state: Mapped[str | None]
    required_permission: Mapped[str | None]
    source_updated_at: Mapped[datetime]


class SearchQuery(TenantOwned, Base):
    """One search of a person; the texts are redacted. `normalised` is null where they held personal data."""

    __tablename__ = "search_queries"
    __table_args__ = (
        Index("ix_search_queries_person", "tenant_id", "person", "normalised"),
        Index("ix_search_queries_normalised", "tenant_id", "normalised"),
        Index("ix_search_queries_created", "tenant_id", "created_at"),
        Index("ix_search_queries_correlation", "tenant_id", "correlation_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    person: Mapped[str | None] = mapped_column(Name)
    query: Mapped[str]
    normalised: Mapped[str | None] = mapped_column(Name)
    entities: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    total: Mapped[int]
    duration_ms: Mapped[float]
    correlation_id: Mapped[uuid.UUID] = mapped_column(UUID)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SearchClick(Row, Base):
    """A result that somebody opened."""

    __tablename__ = "search_clicks"
    __table_args__ = (
        belongs_to("search_queries", "query_id", ondelete="CASCADE"),
        one_of("entity_type", *ENTITIES),
        at_most("entity_id", 100),
        CheckConstraint("position >= 1", name="position"),
        Index("ix_search_clicks_query", "tenant_id", "query_id"),
    )

    query_id: Mapped[uuid.UUID] = mapped_column(UUID)
    entity_type: Mapped[str]
    entity_id: Mapped[str] = mapped_column(Name)
    position: Mapped[int]


class SavedSearch(Kept, Base):
    """A search kept under a name by the person in `created_by`. Items up to `alerted_until` have been looked at."""

    __tablename__ = "saved_searches"
    __table_args__ = (
        one_of("alert_frequency", *FREQUENCIES),
        at_most("name", 100),
        at_most("description", 500),
        at_most("query", 500),
        Index("ix_saved_searches_owner", "tenant_id", "created_by", "created_at"),
        Index("ix_saved_searches_alerts", "tenant_id", "next_alert_at", postgresql_where=text("alert_enabled")),
    )

    name: Mapped[str]
    description: Mapped[str | None]
    query: Mapped[str]
    entities: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NO_TEXTS)
    filters: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    alert_enabled: Mapped[bool] = mapped_column(server_default=text("false"))
    alert_frequency: Mapped[str] = mapped_column(server_default=text("'daily'"))
    is_public: Mapped[bool] = mapped_column(server_default=text("false"))
    next_alert_at: Mapped[datetime | None]
    alerted_until: Mapped[datetime | None]
    owner_permissions: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NO_TEXTS)
    owner_teams: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=NO_TEXTS)


class SearchAlert(Row, Base):
    """One message about new items of a saved search: `items` are entity, id and title."""

    __tablename__ = "search_alerts"
    __table_args__ = (
        belongs_to("saved_searches", "saved_search_id", ondelete="CASCADE"),
        Index("ix_search_alerts_search", "tenant_id", "saved_search_id", "id"),
    )

    saved_search_id: Mapped[int]
    person: Mapped[str] = mapped_column(Name)
    items: Mapped[list[Any]]


class ReportedItem(TenantOwned, Base):
    """An item that a saved search has reported, or that was there when its alerts were switched on."""

    __tablename__ = "reported_items"
    __table_args__ = (belongs_to("saved_searches", "saved_search_id", ondelete="CASCADE"),)

    saved_search_id: Mapped[int] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(Name, primary_key=True)
    entity_id: Mapped[str] = mapped_column(Name, primary_key=True)
