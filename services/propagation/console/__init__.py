"""Pages of this service, in the order of its menu."""

from services.propagation.console import naming
from services.propagation.models import Job
from shared.console.audit import audit_pages
from shared.console.jobs import job_pages
from shared.console.overview import overview_pages

PAGES = (
    naming.pages,
    job_pages("propagation", Job, manage="run.manage", label="Runs"),
    audit_pages("propagation"),
    overview_pages("propagation"),
)
