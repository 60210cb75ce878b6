"""Pages of this service, in the order of its menu."""

from services.workflow.console.items import item_pages
from services.workflow.console.kinds import KINDS
from services.workflow.models import Job
from shared.console.audit import audit_pages
from shared.console.jobs import job_pages
from shared.console.overview import overview_pages

PAGES = (
    *(item_pages(kind) for kind in KINDS),
    job_pages("workflow", Job),
    audit_pages("workflow"),
    overview_pages("workflow"),
)
