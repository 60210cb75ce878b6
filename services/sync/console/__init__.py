"""Pages of this service, in the order of its menu."""

from services.sync.console import conflicts, pipelines, quarantine, runs
from services.sync.models import Job
from shared.console.audit import audit_pages
from shared.console.jobs import job_pages
from shared.console.overview import overview_pages

PAGES = (
    pipelines.pages,
    runs.pages,
    quarantine.pages,
    conflicts.pages,
    job_pages("sync", Job),
    audit_pages("sync"),
    overview_pages("sync"),
)
