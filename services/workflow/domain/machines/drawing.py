"""Diagrams of machines: Mermaid text, and an SVG that needs nothing from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from services.workflow.domain.machines.definition import Edge, Machine

WIDTH, HEIGHT = 150, 36
COLUMN, ROW, MARGIN = 230, 84, 40
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1f2933;text-anchor:middle}"
    ".verb{font-size:10px;fill:#52606d}"
    ".state{fill:#f5f7fa;stroke:#52606d}.initial{stroke-width:2.5}.terminal{fill:#e4e7eb;stroke-width:1}"
    ".edge{fill:none;stroke:#7b8794}.system{stroke-dasharray:4 3}"
)


def mermaid(machine: Machine) -> str:
    """A state diagram in Mermaid's language; edges of the system alone are marked."""
    lines = ["stateDiagram-v2", f"    [*] --> {machine.initial}"]
    for edge in machine.edges:
        mark = " (system)" if edge.system_only else ""
        lines.append(f"    {edge.origin} --> {edge.target}: {edge.verb}{mark}")
    lines += [f"    {name} --> [*]" for name in machine.states if name in machine.terminal]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Middle of a state's box."""

    x: float
    y: float


def svg(machine: Machine) -> str:
    """States in columns by their distance from the initial one, edges as curves between them."""
    places = _places(machine)
    width = max(place.x for place in places.values()) + WIDTH / 2 + MARGIN
    height = max(place.y for place in places.values()) + HEIGHT / 2 + MARGIN + ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img"'
        f' aria-label="{escape(machine.name)}">',
        f"<title>{escape(machine.name)} {machine.version}</title><style>{STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#7b8794"/></marker></defs>',
        *(line for edge in machine.edges for line in _edge(edge, places)),
        *(line for name in machine.states for line in _state(machine, name, places[name])),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def distances(machine: Machine) -> dict[str, int]:
    """Least number of edges from the initial state to each state."""
    found, frontier = {machine.initial: 0}, [machine.initial]
    while frontier:
        here = frontier.pop(0)
        for target in machine.targets(here, as_system=True):
            if target not in found:
                found[target] = found[here] + 1
                frontier.append(target)
    return found


def _places(machine: Machine) -> dict[str, Place]:
    columns: dict[int, list[str]] = {}
    distance = distances(machine)
    for name in machine.states:
        columns.setdefault(distance[name], []).append(name)
    return {
        name: Place(MARGIN + WIDTH / 2 + number * COLUMN, MARGIN + HEIGHT / 2 + row * ROW)
        for number, names in columns.items()
        for row, name in enumerate(names)
    }


def _state(machine: Machine, name: str, place: Place) -> Iterator[str]:
    kind = "initial" if name == machine.initial else "terminal" if name in machine.terminal else ""
    x, y = place.x - WIDTH / 2, place.y - HEIGHT / 2
    yield f'<rect class="state {kind}" x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    if kind == "terminal":
        yield (
            f'<rect class="state terminal" x="{x + 3:g}" y="{y + 3:g}" width="{WIDTH - 6}" height="{HEIGHT - 6}"'
            ' rx="6"/>'
        )
    yield f'<text x="{place.x:g}" y="{place.y + 4:g}">{escape(name)}</text>'


def _edge(edge: Edge, places: Mapping[str, Place]) -> Iterator[str]:
    """Forward edges leave on the right; those that go back or stay in a column bend below."""
    start, end = places[edge.origin], places[edge.target]
    kind = "edge system" if edge.system_only else "edge"
    if end.x > start.x:
        x1, y1, x2, y2 = start.x + WIDTH / 2, start.y, end.x - WIDTH / 2, end.y
        bend = (x2 - x1) / 2
        path = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
        label = Place((x1 + x2) / 2, (y1 + y2) / 2 - 4)
    else:
        depth = ROW * 0.6 + abs(end.x - start.x) * 0.08
        x1, y1, x2, y2 = start.x - 20, start.y + HEIGHT / 2, end.x + 20, end.y + HEIGHT / 2
        low = max(y1, y2) + depth
        path = f"M{x1:g} {y1:g}C{x1:g} {low:g} {x2:g} {low:g} {x2:g} {y2:g}"
        label = Place((x1 + x2) / 2, (y1 + y2) / 8 + low * 0.75 - 2)
    yield f'<path class="{kind}" d="{path}" marker-end="url(#tip)"/>'
    yield f'<text class="verb" x="{label.x:g}" y="{label.y:g}">{escape(edge.verb)}</text>'
