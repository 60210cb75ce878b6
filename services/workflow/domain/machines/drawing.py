"""Diagrams of machines: Mermaid text, and an SVG that needs nothing from outside."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Marks:
    """What an item (or all of them) adds to a diagram that is part of a page, whose style sheet knows the classes.

    `taken` has the edges of its way and what is said about each, `blocked` targets with the reasons, `notes` texts
    below states.
    """

    present: str | None = None
    taken: Mapping[tuple[str, str], str] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    blocked: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    def of_edge(self, edge: Edge) -> tuple[str, str]:
        """Its further classes, and what is told about it."""
        taken = self.taken.get((edge.origin, edge.target))
        found, told = (["taken"], [f"taken {taken}"]) if taken else ([], [])
        if edge.origin == self.present and edge.target in self.open:
            found.append("open")
        if edge.origin == self.present and edge.target in self.blocked:
            found.append("blocked")
            told.append(f"blocked: {self.blocked[edge.target]}")
        return " ".join(found), "; ".join(told)


def svg(machine: Machine, marks: Marks | None = None) -> str:
    """States in columns by their distance from the initial one, edges as curves between them. Without marks it stands
    alone and brings its style."""
    places = _places(machine)
    width = max(place.x for place in places.values()) + WIDTH / 2 + MARGIN
    height = max(place.y for place in places.values()) + HEIGHT / 2 + MARGIN + ROW * 0.7
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img"'
        f' aria-label="{escape(machine.name)}">',
        f"<title>{escape(machine.name)} {machine.version}</title>" + (f"<style>{STYLE}</style>" if not marks else ""),
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
        ' orient="auto" markerUnits="userSpaceOnUse">'
        '<path class="tip" d="M0 0L8 4L0 8z" fill="#7b8794"/></marker></defs>',
        *(line for edge in machine.edges for line in _edge(edge, places, marks or Marks())),
        *(line for name in machine.states for line in _state(machine, name, places[name], marks or Marks())),
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


def _state(machine: Machine, name: str, place: Place, marks: Marks) -> Iterator[str]:
    kind = "initial" if name == machine.initial else "terminal" if name in machine.terminal else ""
    if name == marks.present:
        kind += " present"
    x, y = place.x - WIDTH / 2, place.y - HEIGHT / 2
    yield f'<rect class="state {kind}" x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    if name in machine.terminal:
        yield (
            f'<rect class="state terminal" x="{x + 3:g}" y="{y + 3:g}" width="{WIDTH - 6}" height="{HEIGHT - 6}"'
            ' rx="6"/>'
        )
    note = marks.notes.get(name)
    yield f'<text x="{place.x:g}" y="{place.y + (-1 if note else 4):g}">{escape(name)}</text>'
    if note:
        yield f'<text class="verb" x="{place.x:g}" y="{place.y + 12:g}">{escape(note)}</text>'


def _edge(edge: Edge, places: Mapping[str, Place], marks: Marks) -> Iterator[str]:
    """Forward edges leave on the right; within a column those downwards bend on the right, those upwards on the left;
    those that go back bend below."""
    start, end = places[edge.origin], places[edge.target]
    further, told = marks.of_edge(edge)
    kind = " ".join(["edge", *(["system"] if edge.system_only else []), *([further] if further else [])])
    if end.x > start.x:
        x1, y1, x2, y2 = start.x + WIDTH / 2, start.y, end.x - WIDTH / 2, end.y
        bend = (x2 - x1) / 2
        path = f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"
        label = Place((x1 + x2) / 2, (y1 + y2) / 2 - 4)
    elif end.x == start.x:
        side = 1 if end.y > start.y else -1
        x, y1, y2 = start.x + side * WIDTH / 2, start.y + side * 6, end.y - side * 6
        bend = side * (12 + abs(end.y - start.y) * 0.22)
        path = f"M{x:g} {y1:g}C{x + bend:g} {y1:g} {x + bend:g} {y2:g} {x:g} {y2:g}"
        label = Place(x + bend * 0.75, (y1 + y2) / 2 + 4)
    else:
        depth = ROW * 0.6 + abs(end.x - start.x) * 0.08
        x1, y1, x2, y2 = start.x - 20, start.y + HEIGHT / 2, end.x + 20, end.y + HEIGHT / 2
        low = max(y1, y2) + depth
        path = f"M{x1:g} {y1:g}C{x1:g} {low:g} {x2:g} {low:g} {x2:g} {y2:g}"
        label = Place((x1 + x2) / 2, (y1 + y2) / 8 + low * 0.75 - 2)
    title = f"<title>{escape(edge.verb)} {escape(told)}</title>" if told else ""
    yield f'<path class="{kind}" d="{path}" marker-end="url(#tip)">{title}</path>'
    yield f'<text class="verb {further}" x="{label.x:g}" y="{label.y:g}">{escape(edge.verb)}{title}</text>'
