"""What stands in the console's tests of this service, and its pages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.console.world import World

LISTS: tuple[str, ...] = ()
PAGES = (*LISTS, "/validation/jobs", "/validation/audit?limit=10")


def arrange(_world: "World") -> dict[str, object]:
    return {}
