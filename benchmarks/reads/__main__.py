"""`python -m benchmarks.reads`: one row read through each service; `--write` also into the reference."""

import uuid
from collections.abc import Callable
from functools import partial

from benchmarks import web
from benchmarks.measuring import Figures, Meter, metered
from benchmarks.page import Suite
from benchmarks.reads import limit
from tests.fixtures.people import Issuer, Person

ABOUT = """One row by its id, called as WSGI in this process, so that no program for HTTP hides what the code costs.

- **limit**: Flask and SQLAlchemy Core, a select and JSON; nobody is asked who they are.
- **service**: token, quota in Redis, tenant and row-level security, permission, the row, its ETag, metrics, headers.
- **unchanged**: the same with If-None-Match, answered by 304."""
SUITE = Suite("reads", "Any simple read", ABOUT)
READS = {
    "propagation": ("platforms", {"name": "Video", "slug": "video", "platform_type": "dsp"}),
    "workflow": ("work-orders", {"title": "Repair the lift"}),
    "validation": ("chronicles", {"name": "Berlin by Night"}),
    "sync": ("brands", {"name": "North", "code": "north"}),
}
FIRST = {"sync": ("company", {"name": "North", "code": "north"})}
HEAD = "| work | CPU per read, times the limit: median [min, max] | µs CPU | of it in the server | statements |"


def readers(ada: Person, path: str, body: dict[str, str]) -> dict[str, Callable[[], int]]:
    made = ada.post(path, body)
    assert made.status_code == 201, made.get_json()
    key = made.get_json()["id"]
    tag = ada.get(f"{path}/{key}").headers["ETag"]
    return {
        "read": lambda: ada.get(f"{path}/{key}").status_code,
        "unchanged": lambda: ada.get(f"{path}/{key}", headers={"If-None-Match": tag}).status_code,
    }


def measure(meter: Meter, works: dict[str, Callable[[], int]], *, reads: int, rounds: int) -> Figures:
    """In turns; the first round is not counted."""
    figures = Figures()
    for number in range(rounds + 1):
        kept = figures if number else Figures()
        for name, work in works.items():
            work()
            with meter.measuring(reads) as cost:
                for _ in range(reads):
                    assert work() in (200, 304)
            kept.add(name, cost)
    return figures


def table(figures: Figures) -> str:
    lines = [HEAD, "|" + "---|" * 5]
    for name in figures.costs:
        median, least, most = figures.ratio(name, "limit")
        cells = (
            name,
            "1.0" if name == "limit" else f"**{median:.2f}** [{least:.2f}, {most:.2f}]",
            f"{figures.median(name, lambda cost: cost.cpu / cost.items * 1e6):.0f}",
            f"{figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9)):.0%}",
            f"{figures.median(name, lambda cost: cost.statements / cost.items):.1f}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def works_of(admin_url: str, redis_url: str, issuer: Issuer) -> dict[str, Callable[[], int]]:
    least = limit.app(admin_url)
    works: dict[str, Callable[[], int]] = {"limit": lambda: least.get("/things/1").status_code}
    for service, (path, body) in READS.items():
        app = web.application(service, web.migrate(admin_url, service), redis_url, issuer)
        ada = web.admin(app, issuer, uuid.uuid4())
        if service in FIRST:
            ada.post(*FIRST[service])
        found = readers(ada, path, body)
        works |= {f"{service}: {path}, {kind}": partial(work) for kind, work in found.items()}
    return works


def main() -> None:
    parser = SUITE.parser(__doc__)
    parser.add_argument("--reads", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with metered() as meter, web.running_redis() as redis_url, web.issuing() as issuer:
        works = works_of(meter.server.url, redis_url, issuer)
        figures = measure(meter, works, reads=given.reads, rounds=given.rounds)
        machine = meter.server.machine()
    SUITE.publish(machine, table(figures), figures.as_json(), write=given.write)


if __name__ == "__main__":
    main()
