"""Items to be found, stored as the operations of their resources store them."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from services.workflow.config import Settings
from services.workflow.models import Task, Ticket, WorkOrder
from services.workflow.operations.search.indexing import index_items
from shared.app import ServiceApp
from shared.tenancy import Context

Store = Callable[..., list[int]]
_INITIAL: dict[type[Any], dict[str, Any]] = {
    Ticket: {"state": "NEW"},
    Task: {"state": "ASSIGNED", "kind": "task"},
    WorkOrder: {"state": "DRAFT"},
}


@pytest.fixture
def store(app: ServiceApp, settings: Settings, tenant_id: uuid.UUID) -> Store:
    """Stores and indexes: `store(Ticket, "Elevator stuck", {"subject": …, "priority": "HIGH"})` gives the ids."""

    def keep(model: type[Any], *items: str | dict[str, Any], tenant: uuid.UUID | None = None) -> list[int]:
        title = "subject" if model is Ticket else "title"
        owner = tenant or tenant_id
        with app.runtime.db.transaction(Context(tenant_id=owner, actor="setup")) as session:
            session.info["settings"] = settings
            rows = []
            for item in items:
                values = {title: item} if isinstance(item, str) else item
                number = {} if model is Task else {"number": f"N-{uuid.uuid4().hex[:12]}"}
                rows.append(model(tenant_id=owner, **_INITIAL[model] | number | values))
            session.add_all(rows)
            session.flush()
            index_items(session, model, [row.id for row in rows])
            return [row.id for row in rows]

    return keep
