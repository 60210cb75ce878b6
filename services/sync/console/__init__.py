"""Pages of this service, in the order of its menu."""

from services.sync.config import QUEUES
from services.sync.console import compiler, conflicts, pipelines, promotion_settings, quarantine, runs, stores
from services.sync.domain.events import EVENT_TYPES
from services.sync.models import Job
from services.sync.operations.edges.refusals import CompanyNotFound
from shared.console import api
from shared.console.audit import audit_pages
from shared.console.jobs import job_pages
from shared.console.overview import Figure, overview_pages
from shared.console.queues import queue_pages
from shared.console.webhooks import webhook_pages
from shared.current import current_context


def figures() -> list[Figure]:
    """What the start page says of this service."""
    permissions, found = current_context().permissions, list[Figure]()
    if "quarantine.view" in permissions:
        rows = api.get("quarantine", status=["open"], limit=1, count="exact")["count"]
        found.append(("rows in quarantine", rows, "/sync/quarantine"))
    if "conflict.view" in permissions:
        conflicts = api.get("conflicts", status=["open"], limit=1, count="exact")["count"]
        found.append(("conflicts to decide", conflicts, "/sync/conflicts"))
    if "promotion.view" in permissions:
        found += _window()
    return found


def _window() -> list[Figure]:
    try:
        ahead = api.get("promotion-settings")["future_days"]
    except CompanyNotFound:
        return []
    return [("days ahead for promotions", ahead, "/sync/promotions/settings")]


PAGES = (
    pipelines.pages,
    runs.pages,
    quarantine.pages,
    conflicts.pages,
    promotion_settings.pages,
    compiler.pages,
    stores.pages,
    job_pages("sync", Job),
    audit_pages("sync"),
    queue_pages("sync", QUEUES),
    webhook_pages("sync", EVENT_TYPES),
    overview_pages("sync", figures, about="Rows from other systems, and promotions for stores"),
)
