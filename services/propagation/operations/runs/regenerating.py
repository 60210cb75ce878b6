"""Names made again because the structure changed under them: a value renamed or replaced, a rule edited.

The edit and the first wave are one transaction; if the run is rolled back, so is the edit. The strings concerned are
found by a query, whole families together, so memory is bounded by the wave.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.freshness import caught_up
from services.propagation.domain.generation import RuleLevel
from services.propagation.domain.planner import names_to_look_up, plan_wave
from services.propagation.domain.values import Value
from services.propagation.domain.wave import Node, Scope, Update, UpdateKind, Wave
from services.propagation.operations.runs.families import PagedWalk, whole_families
from services.propagation.operations.runs.walking import Planned
from services.propagation.queries import walk as rows
from shared.db import execute_prepared
from shared.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the structure, as it is stored in the job's row.

    `table` is `dimension_value` or `rule_detail`; `action` create, update or delete. `before` is what it replaces, for
    the way back. A value that goes (`replace_with`) leaves its place to another one first.
    """

    table: str
    action: str
    row_id: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    dimension_id: int | None = None
    rule_id: int | None = None
    field_id: int | None = None
    replace_with: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, packed: Mapping[str, Any]) -> "Edit":
        return cls(**packed)

    @property
    def inverse(self) -> "Edit":
        """The edit that takes this one back."""
        action = {"create": "delete", "delete": "create"}.get(self.action, self.action)
        return Edit(
            self.table,
            action,
            self.row_id,
            values=self.before,
            before=self.values,
            dimension_id=self.dimension_id,
            rule_id=self.rule_id,
            field_id=self.field_id,
        )


@dataclass
class SelectionWalk(PagedWalk):
    """Where a regeneration stands: the place (parent, string) of the last string that was looked at.

    `replacement` is the value that takes the place of the one that goes; `refused` are strings that the database would
    not take.
    """

    edit: Edit
    scope: Scope
    replacement: Value | None = None
    place: list[int] = field(default_factory=lambda: [-1, 0])
    is_done: bool = False
    levels: Mapping[int, int] | None = None
    refused: Mapping[int, Failure] = field(default_factory=dict)

    def next_wave(self, session: Session, *, size: int) -> Planned:
        if self.levels is None:
            self.levels = rows.field_levels(session)
        ids = self._page(session, size)
        nodes = rows.load(session, self._keys(), ids=ids, levels=self.levels)
        for node in nodes:
            node.parts = _parts(node, self.scope.levels.get((node.rule_id, node.field_id)))
        again = {node.id for node in nodes}
        wave = Wave(nodes=nodes, updates=self._updates(nodes), regenerate=again, refused=self.refused)
        taken = rows.holders(session, names_to_look_up(wave, self.scope))
        plan = plan_wave(wave, self.scope, taken=taken)
        return Planned(plan, nodes, caught_up=caught_up(plan, nodes, self.scope))

    def _keys(self) -> set[int | str]:
        """All dimensions that the names concerned are built from."""
        dimension_id = self.edit.dimension_id
        place = (self.edit.rule_id, self.edit.field_id)
        concerned = [
            level
            for at, level in self.scope.levels.items()
            if at == place or (self.edit.table == "dimension_value" and dimension_id in level.positions)
        ]
        found: set[int | str] = {key for level in concerned for key in level.positions}
        found |= self.scope.dependencies.dimensions
        return found | ({dimension_id} if dimension_id is not None else set())

    def _updates(self, nodes: list[Node]) -> list[Update]:
        if self.replacement is None or self.edit.dimension_id is None:
            return []
        return [Update(0, node.id, self.edit.dimension_id, self.replacement, UpdateKind.REPLACE) for node in nodes]

    def count_on(self, session: Session, *, enough: int) -> int:
        """How many are still to come, at most `enough`."""
        return 0 if self.is_done else len(self._found(session, enough))

    def _page(self, session: Session, size: int) -> list[int]:
        """Ids of the next strings concerned, up to the end of a family."""
        found = self._found(session, size + 1)
        self.is_done = len(found) <= size
        found = whole_families(found, size=size, named_by=1)
        if found:
            self.place = list(found[-1])
        return [row[1] for row in found]

    def _found(self, session: Session, limit: int) -> list[tuple[int, int]]:
        """(parent, string) of those after the place."""
        by_value = self.edit.table == "dimension_value"
        source = (
            """string_details d join strings s on s.tenant_id = d.tenant_id and s.id = d.string_id
               where d.tenant_id = %(tenant)s and d.dimension_id = %(dimension)s
                 and d.dimension_value_id = %(value)s"""
            if by_value
            else "strings s where s.tenant_id = %(tenant)s and s.rule_id = %(rule)s and s.field_id = %(field)s"
        )
        found: list[tuple[int, int]] = execute_prepared(
            session,
            f"""select coalesce(s.parent_id, 0), s.id from {source}
                and (coalesce(s.parent_id, 0), s.id) > (%(parent)s, %(string)s)
                order by 1, 2 limit %(limit)s""",  # noqa: S608 - one of the two texts above
            {
                "tenant": tenant_of(session),
                "dimension": self.edit.dimension_id,
                "value": self.edit.row_id,
                "rule": self.edit.rule_id,
                "field": self.edit.field_id,
                "parent": self.place[0],
                "string": self.place[1],
                "limit": limit,
            },
        ).fetchall()
        return found


def _parts(node: Node, level: RuleLevel | None) -> list[str | None]:
    """The projection made anew from the details, in the rule's present order."""
    if level is None:
        return []
    details = [node.details.get(part.dimension_id) for part in level.parts]
    return [detail.value.effective if detail is not None else None for detail in details]


def write_projections(session: Session, planned: Planned) -> None:
    """Strings whose name stays what it is (or cannot change) still get the parts that their details give."""
    changed = {change.node.id for change in planned.plan.changes}
    left = [node for node in planned.nodes if node.id not in changed]
    if left:
        execute_prepared(
            session,
            """update strings s set parts = coalesce(x.parts, '')
               from unnest(%(ids)s::bigint[], string_to_array(%(parts)s, chr(30))) as x(id, parts)
               where s.tenant_id = %(tenant)s and s.id = x.id and s.parts <> coalesce(x.parts, '')""",
            {
                "tenant": tenant_of(session),
                "ids": rows.array(node.id for node in left),
                "parts": rows.texts(rows.SEPARATOR.join([part or "" for part in node.parts]) for node in left),
            },
        )
