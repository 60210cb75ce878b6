"""Pages of this service, in the order of its menu."""

from services.propagation.config import QUEUES
from services.propagation.console import naming, rules, runs, settings, tree, values
from shared.console.audit import audit_pages
from shared.console.overview import overview_pages
from shared.console.queues import queue_pages

PAGES = (
    naming.pages,
    tree.pages,
    values.pages,
    rules.pages,
    runs.pages,
    settings.pages,
    audit_pages("propagation"),
    queue_pages("propagation", QUEUES),
    overview_pages("propagation"),
)
