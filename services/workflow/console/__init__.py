"""Pages of this service, in the order of its menu."""

from services.workflow.config import QUEUES
from services.workflow.console import approvals, delegations, erasures, jobs, machines, search, settings
from services.workflow.console.items import item_pages
from services.workflow.console.kinds import KINDS
from services.workflow.console.references import REFERENCES, reference_pages
from services.workflow.operations.lifecycles import event_types
from shared.console import api
from shared.console.audit import audit_pages
from shared.console.overview import Figure, overview_pages
from shared.console.queues import queue_pages
from shared.console.webhooks import webhook_pages
from shared.current import current_context


def figures() -> list[Figure]:
    """What the start page says of this service."""
    permissions, found = current_context().permissions, list[Figure]()
    if "approval.view" in permissions:
        mine = api.get("approvals", mine=["true"], limit=1, count="exact")["count"]
        found.append(("approvals wait for you", mine, "/workflow/approvals"))
    if "workorder.view" in permissions:
        overdue = api.get("work-orders", overdue=["true"], limit=1, count="exact")["count"]
        found.append(("work orders overdue", overdue, "/workflow/work-orders?overdue=true"))
    return found


PAGES = (
    *(item_pages(kind) for kind in KINDS),
    approvals.pages,
    search.pages,
    machines.pages,
    jobs.pages,
    audit_pages("workflow"),
    queue_pages("workflow", QUEUES),
    *(reference_pages(kind) for kind in REFERENCES),
    delegations.pages,
    erasures.pages,
    webhook_pages("workflow", event_types()),
    settings.pages,
    overview_pages("workflow", figures, about="Work orders, tasks, tickets, and what people approve"),
)
