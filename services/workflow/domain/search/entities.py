"""What can be found: the service's own items and the documents of other owners."""

OWN = ("work_order", "ticket", "task", "tour")
OUTSIDE = ("people", "asset", "location", "knowledge", "report")
ENTITIES = (*OWN, *OUTSIDE)

# Area of the permissions `<area>.view` and `<area>.view_own`.
AREAS = {"work_order": "workorder", "ticket": "ticket", "task": "task", "tour": "task"}
MACHINES = {"work_order": "work_order", "ticket": "ticket", "task": "task", "tour": "task"}
PATHS = {"work_order": "work-orders", "ticket": "tickets", "task": "tasks", "tour": "tasks"}
# Modules of the unified search, and what they hold.
MODULES = {
    "tickets": ("ticket",),
    "work_orders": ("work_order",),
    "assets": ("asset",),
    "people": ("people",),
    "knowledge_base": ("knowledge",),
    "tasks": ("task", "tour"),
}


def found_as(entity: str) -> tuple[str, ...]:
    """Under which names items of this kind are found; none for a kind that the search does not know."""
    if entity == "task":
        return "task", "tour"
    return (entity,) if entity in ENTITIES else ()
