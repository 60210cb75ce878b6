"""Pages of this service, in the order of its menu."""

from services.validation.config import QUEUES
from services.validation.console import characters, health, integrity, requests, rule_sets, scenes
from services.validation.models import Job
from shared.console.audit import audit_pages
from shared.console.jobs import job_pages
from shared.console.overview import overview_pages
from shared.console.queues import queue_pages

PAGES = (
    health.pages,
    integrity.pages,
    rule_sets.pages,
    characters.pages,
    requests.pages,
    scenes.pages,
    job_pages("validation", Job),
    audit_pages("validation"),
    queue_pages("validation", QUEUES),
    overview_pages("validation"),
)
