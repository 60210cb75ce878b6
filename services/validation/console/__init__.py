"""Pages of this service, in the order of its menu."""

from services.validation.config import QUEUES
from services.validation.console import characters, health, integrity, quarantine, requests, rule_sets, scenes, stories
from services.validation.console.asking import STORY, WEEKLY, asking_pages
from services.validation.domain.events import EVENT_TYPES
from services.validation.models import Job
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
    if "health.view" in permissions:
        # As it was recorded last: to make a report looks at every table.
        score = api.get("health", fresh="false").get("health_score")
        found += [] if score is None else [("of 100 points of health", score, "/validation/")]
    if "character.view" in permissions:
        waiting = api.get("spend-requests", state=["Pending"], limit=1, count="exact")["count"]
        found.append(("requests to decide", waiting, "/validation/requests"))
    return found


PAGES = (
    health.pages,
    integrity.pages,
    rule_sets.pages,
    characters.pages,
    requests.pages,
    scenes.pages,
    stories.pages,
    asking_pages(WEEKLY),
    asking_pages(STORY),
    quarantine.pages,
    job_pages("validation", Job),
    audit_pages("validation"),
    queue_pages("validation", QUEUES),
    webhook_pages("validation", EVENT_TYPES),
    overview_pages("validation", figures, about="Rules for data, what breaks them, and characters with their points"),
)
