"""Pages of this service, in the order of its menu."""

from services.propagation.config import QUEUES
from services.propagation.console import checking, importing, naming, rules, runs, settings, tree, values
from shared.console import api
from shared.console.audit import audit_pages
from shared.console.overview import Figure, overview_pages
from shared.console.queues import queue_pages
from shared.current import current_context


def figures() -> list[Figure]:
    """What the start page says of this service."""
    if "string.view" not in current_context().permissions:
        return []
    names = api.get("strings", limit=1, count="exact")["count"]
    behind = api.get("strings", stale=["true"], limit=1, count="exact")["count"]
    values = api.get("dimension-values", limit=1, count="exact")["count"]
    late: list[Figure] = [("names behind", behind, "/propagation/?stale=true")] if behind else []
    return [("names", names, "/propagation/"), ("brands and other values", values, "/propagation/values"), *late]


PAGES = (
    naming.pages,
    tree.pages,
    values.pages,
    rules.pages,
    checking.pages,
    importing.pages,
    runs.pages,
    settings.pages,
    audit_pages("propagation"),
    queue_pages("propagation", QUEUES),
    overview_pages("propagation", figures, about="Names built from parts, which follow when a part changes"),
)
