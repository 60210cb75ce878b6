"""What a service tells about itself on the start page of the console."""

from collections.abc import Callable, Sequence

from shared.console import api
from shared.console.pages import Pages, Values

Figure = tuple[str, object, str]


def overview_pages(service: str, figures: Callable[[], Sequence[Figure]] = tuple, *, about: str = "") -> Pages:
    """The fragment `/<service>/overview`. `figures` are the service's own: label, number, address; `about` says what it
    is for."""
    pages = Pages(service, "overview", __name__, folder="console")

    @pages.fragment("/overview", "job.view")
    def overview() -> Values:
        summary = api.get("jobs/summary")
        failed = api.get("jobs", status=["failed", "partial_failure"], limit=3)
        return {"summary": summary, "failed": failed["results"], "figures": list(figures()), "about": about}

    return pages
