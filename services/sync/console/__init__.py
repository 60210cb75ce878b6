"""Pages of this service, in the order of its menu."""

from services.sync.config import QUEUES
from services.sync.console import compiler, conflicts, pipelines, promotion_settings, quarantine, runs, stores
from services.sync.models import Job
from shared.console.audit import audit_pages
from shared.console.jobs import job_pages
from shared.console.overview import overview_pages
from shared.console.queues import queue_pages

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
    overview_pages("sync"),
)
