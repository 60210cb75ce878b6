"""The rows of this suite as tables."""

from collections.abc import Iterable, Sequence

from benchmarks.measuring import Cost, Figures

HEAD = (
    "| {} | work | CPU each, times the limit: median [min, max] | µs CPU each | of it in the server | wall s "
    "| WAL bytes each | statements | peak MiB |"
)
WORK = {
    "apply": "apply",
    "preview": "preview",
    "edit": "one edit, in the request",
    "worker": "one edit, by workers",
    "undo": "the same undone, by a worker",
    "batch": "batches of 100 edits, in the request",
    "rename": "a value renamed, by a worker",
    "rule": "a rule edited, by a worker",
    "editors": "two editors at once, two workers",
    "names": "names checked",
    "export": "strings exported as CSV",
    "import": "new strings imported from CSV",
    "edited": "an exported file imported, one row of 100 edited",
    "faults": "new strings imported, one row of 100 wrong",
}


def table(parts: Sequence[tuple[str, Figures]], *, heading: str = "strings") -> str:
    """One line per kind of work and side; each part has its label in the first column, "" is the number of items."""
    head = HEAD.format(heading)
    lines = [head, "|" + "---|" * head.count(" | ") + "---|"]
    for label, figures in parts:
        lines += [_line(figures, name, label) for name in sorted(figures.costs, key=_place)]
    return "\n".join(lines)


def _place(name: str) -> tuple[int, bool, bool]:
    """By work, the limit first, the peer last."""
    work, side = name.split("/")
    return list(WORK).index(work), side != "limit", side == "peer"


def _line(figures: Figures, name: str, label: str) -> str:
    work, side = name.split("/")
    reference = f"{work}/limit"

    def each(cost: Cost) -> float:
        return cost.cpu / cost.items * 1e6

    server = figures.median(name, lambda cost: cost.server_cpu / max(cost.cpu, 1e-9))
    cells: Iterable[str] = (
        label or f"{figures.costs[name][0].items:,}",
        f"{side}: {WORK[work]}",
        _ratio(figures, name, reference),
        f"{figures.median(name, each):.1f}",
        f"{server:.0%}",
        f"{figures.median(name, lambda cost: cost.seconds):.2f}",
        f"{figures.median(name, lambda cost: cost.wal_bytes / cost.items):.0f}",
        f"{figures.median(name, lambda cost: cost.statements):.0f}",
        _peak(figures, name),
    )
    return f"| {' | '.join(cells)} |"


def _ratio(figures: Figures, name: str, reference: str) -> str:
    if name == reference:
        return "1.0"
    if reference not in figures.costs:
        return ""
    median, least, most = figures.ratio(name, reference)
    return f"**{median:.2f}** [{least:.2f}, {most:.2f}]"


def _peak(figures: Figures, name: str) -> str:
    known = [cost.peak_mib for cost in figures.costs[name] if cost.peak_mib is not None]
    return f"{max(known):.0f}" if known else ""
