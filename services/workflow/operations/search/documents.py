"""Documents of other owners, as they put and take them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.workflow.models import SearchDocument
from services.workflow.operations.search.indexing import forget_items, index_items
from shared import editing
from shared.errors import NotFound
from shared.redaction import redact
from shared.tenancy import context_of, tenant_of


def put_document(session: Session, entity: str, document_id: str, values: Mapping[str, Any]) -> tuple[Any, bool]:
    """Stores what its owner says; returns the document and whether it is new. What is older than what is stored is
    ignored. Documents of people lose mail addresses and phone numbers."""
    said = redact(dict(values)) if entity == "people" else dict(values)
    row = {
        "tenant_id": tenant_of(session),
        "entity": entity,
        "document_id": document_id,
        "created_by": context_of(session).actor,
        **_EMPTY,
        **said,
    }
    existed = _find(session, entity, document_id)
    statement = insert(SearchDocument).values(row)
    new = statement.excluded
    kept = ("tenant_id", "entity", "document_id", "created_by")
    upsert = statement.on_conflict_do_update(
        index_elements=["tenant_id", "entity", "document_id"],
        set_={name: new[name] for name in row if name not in kept},
        where=SearchDocument.source_updated_at <= new.source_updated_at,
    )
    session.execute(upsert, execution_options={"populate_existing": True})
    stored = _find(session, entity, document_id)
    assert stored is not None
    index_items(session, SearchDocument, [stored.id])
    editing.audit(session, stored, "updated" if existed else "created", metadata={"entity": entity})
    return stored, existed is None


def remove_document(session: Session, entity: str, document_id: str) -> None:
    """Raises NotFound."""
    stored = _find(session, entity, document_id)
    if stored is None:
        raise NotFound("There is no such document.")
    gone = delete(SearchDocument).where(SearchDocument.tenant_id == tenant_of(session), SearchDocument.id == stored.id)
    session.execute(gone)
    forget_items(session, entity, [stored.id])
    editing.audit(session, stored, "deleted", metadata={"entity": entity})


_EMPTY: dict[str, Any] = {
    "subtitle": None,
    "body": None,
    "data": {},
    "owner": None,
    "assigned_to_user": None,
    "assigned_to_team": None,
    "priority": None,
    "state": None,
    "required_permission": None,
}


def _find(session: Session, entity: str, document_id: str) -> SearchDocument | None:
    row = select(SearchDocument).where(
        SearchDocument.tenant_id == tenant_of(session),
        SearchDocument.entity == entity,
        SearchDocument.document_id == document_id,
    )
    return session.scalar(row.execution_options(populate_existing=True))
