"""The rows of this suite as tables."""

from collections.abc import Iterable

from benchmarks.measuring import Cost, Figures

HEAD = (
    "| strings | work | CPU per string, times the limit: median [min, max] | µs CPU per string | of it in the server "
    "| wall s | WAL bytes per string | statements | peak MiB |"
)
WORK = {
    "limit": "limit: one statement",
    "run": "service: run, all jobs",
    "peer": "peer: ORM recursion",
    "preview_limit": "limit: find and build",
    "preview": "service: preview",
}
REFERENCE = {"preview": "preview_limit", "preview_limit": "preview_limit"}


def table(figures: Figures, *, named: str | None = None) -> str:
    """One line per kind of work and size. `named` replaces the number of strings."""
    lines = [HEAD, "|" + "---|" * HEAD.count(" | ") + "---|"]
    sizes = sorted({int(name.rsplit(".", 1)[1]) for name in figures.costs})
    for size in sizes:
        lines += [_line(figures, kind, size, named) for kind in WORK if f"{kind}.{size}" in figures.costs]
    return "\n".join(lines)


def _line(figures: Figures, kind: str, size: int, named: str | None) -> str:
    name, reference = f"{kind}.{size}", f"{REFERENCE.get(kind, 'limit')}.{size}"
    median, least, most = figures.ratio(name, reference)

    def per_string(cost: Cost) -> float:
        return cost.cpu / cost.items * 1e6

    server = figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9))
    cells: Iterable[str] = (
        named or f"{size:,}",
        WORK[kind],
        "1.0" if name == reference else f"**{median:.2f}** [{least:.2f}, {most:.2f}]",
        f"{figures.median(name, per_string):.1f}",
        f"{server:.0%}",
        f"{figures.median(name, lambda cost: cost.seconds):.2f}",
        f"{figures.median(name, lambda cost: cost.wal_bytes / cost.items):.0f}",
        f"{figures.median(name, lambda cost: cost.statements):.0f}",
        _peak(figures, name),
    )
    return f"| {' | '.join(cells)} |"


def _peak(figures: Figures, name: str) -> str:
    known = [cost.peak_mib for cost in figures.costs[name] if cost.peak_mib is not None]
    return f"{max(known):.0f}" if known else ""
