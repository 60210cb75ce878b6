"""A forest of strings in memory: it loads waves as queries would, and applies plans as a run would."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from services.propagation.domain.flow import Flow
from services.propagation.domain.generation import RuleLevel, RulePart
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.plan import WavePlan
from services.propagation.domain.planner import names_to_look_up, plan_wave
from services.propagation.domain.values import EMPTY, Above, Detail, Key, Value, listed
from services.propagation.domain.wave import NameKey, Node, Scope, Update, Wave

RULE = 1
BRAND, SEASON, NOTE, ITEM = 1, 2, 3, 4
NAMES = {BRAND: "Brand", SEASON: "Season", NOTE: "Note", ITEM: "Item"}


# An own value by its number, an empty detail, or a ready one.
Held: TypeAlias = Detail | int | None


def value(number: int | None) -> Value:
    return EMPTY if number is None else listed(number, f"v{number}")


def level_of(*dimensions: int, optional: Iterable[int] = ()) -> RuleLevel:
    return RuleLevel(
        [
            RulePart(dimension, NAMES[dimension], order, is_required=dimension not in set(optional))
            for order, dimension in enumerate(dimensions, start=1)
        ]
    )


@dataclass
class Item:
    id: int
    parent_id: int | None
    level: int
    value: str
    details: dict[Key, Detail]
    is_auto_generated: bool = True
    version: int = 1


@dataclass
class Forest:
    """Field and level are the same number here, and there is one rule."""

    levels: dict[int, RuleLevel]
    rules: dict[Key, Rule] = field(default_factory=lambda: dict.fromkeys(NAMES, Rule.ALWAYS))
    items: dict[int, Item] = field(default_factory=dict)

    def scope(self, **options: object) -> Scope:
        levels = {(RULE, number): level for number, level in self.levels.items()}
        return replace(Scope(levels=levels, rules=self.rules), **options)  # type: ignore[arg-type]

    def add(self, parent_id: int | None, held: Mapping[int, Held], *, name: str | None = None) -> int:
        """A string; its name is made if it can be."""
        details: dict[Key, Detail] = {
            key: one if isinstance(one, Detail) else Detail(value(one)) for key, one in held.items()
        }
        new = Item(
            id=len(self.items) + 1,
            parent_id=parent_id,
            level=1 if parent_id is None else self.items[parent_id].level + 1,
            value="",
            details=details,
        )
        made = self.levels[new.level].render(self.parts(new))
        new.is_auto_generated = isinstance(made, str)
        new.value = made if isinstance(made, str) else name or f"imported {new.id}"
        self.items[new.id] = new
        return new.id

    def inherited(self, parent_id: int, key: Key) -> Detail:
        above = self.nearest(parent_id, key)
        assert above is not None
        return Detail(above.value, is_inherited=True, source_id=above.source_id)

    def nearest(self, string_id: int | None, key: Key) -> Above | None:
        """From the string itself upwards."""
        while string_id is not None:
            item = self.items[string_id]
            if key in item.details:
                detail = item.details[key]
                source = detail.source_id if detail.is_inherited and detail.source_id else item.id
                return Above(item.id, detail.value, source)
            string_id = item.parent_id
        return None

    def parts(self, item: Item) -> tuple[str | None, ...]:
        held = (item.details.get(part.dimension_id) for part in self.levels[item.level].parts)
        return tuple(detail.value.effective if detail else None for detail in held)

    def children(self, string_id: int) -> list[Item]:
        return [item for item in self.items.values() if item.parent_id == string_id]

    def name_keys(self) -> dict[NameKey, int]:
        return {(RULE, item.level, item.parent_id, item.value): item.id for item in self.items.values()}

    def node(self, item: Item) -> Node:
        return Node(
            item.id,
            item.parent_id,
            item.level,
            RULE,
            item.level,
            item.value,
            item.version,
            self.parts(item),
            deepcopy(item.details),
            item.is_auto_generated,
            len(self.children(item.id)),
        )

    def choose(self, string_id: int, key: Key, number: int | None, *, index: int = 0, own: bool = False) -> Update:
        above = self.nearest(self.items[string_id].parent_id, key)
        return Update(index, string_id, key, value(number), own=own, above=above)

    def plan(self, *updates: Update, scope: Scope | None = None, **wanted: object) -> WavePlan:
        """Everything as one wave."""
        nodes = [self.node(item) for item in self.items.values()]
        wave = replace(Wave(nodes=nodes, updates=updates), **wanted)  # type: ignore[arg-type]
        return self.plan_one(wave, scope or self.scope())

    def plan_one(self, wave: Wave, scope: Scope) -> WavePlan:
        held = self.name_keys()
        taken = {key: held[key] for key in names_to_look_up(wave, scope) if key in held}
        return plan_wave(wave, scope, taken=taken)

    def plan_in_waves(self, updates: Sequence[Update], *, scope: Scope, size: int) -> list[WavePlan]:
        """Wave after wave, each applied before the next is loaded; the forest itself stays as it is."""
        now, plans = deepcopy(self), []
        waiting = {update.string_id for update in updates}
        tops = [string_id for string_id in sorted(waiting) if not waiting & set(self.way_up(string_id))]
        spine = {one for string_id in waiting for one in self.way_up(string_id) if waiting & set(self.way_up(one))}
        spine |= {one for string_id in waiting for one in self.way_up(string_id) if one in waiting}
        loaded, inflows = tops, dict[int, tuple[Flow, ...]]()
        while loaded or inflows:
            loaded, entering, inflows = now.fill(loaded, inflows, size=size)
            fresh = [now.refreshed(update) for update in updates if update.string_id in loaded]
            nodes = [now.node(now.items[string_id]) for string_id in loaded]
            plan = now.plan_one(Wave(nodes=nodes, updates=fresh, inflows=entering, spine=spine), scope)
            plans.append(plan)
            now.apply(plan)
            inflows.update(plan.frontier)
            loaded = []
        return plans

    def fill(
        self, loaded: list[int], inflows: Mapping[int, tuple[Flow, ...]], *, size: int
    ) -> tuple[list[int], dict[int, tuple[Flow, ...]], dict[int, tuple[Flow, ...]]]:
        """Whole families, at least one, until the wave is full; the parents that did not get in wait for the next."""
        loaded, entering, waiting = list(loaded), dict[int, tuple[Flow, ...]](), dict(inflows)
        while waiting and (len(loaded) < size or not loaded):
            parent_id = min(waiting)
            entering[parent_id] = waiting.pop(parent_id)
            loaded += [child.id for child in self.children(parent_id)]
        position = 0
        while position < len(loaded) and len(loaded) < size:
            loaded += [child.id for child in self.children(loaded[position]) if child.id not in loaded]
            position += 1
        return loaded, entering, waiting

    def way_up(self, string_id: int) -> list[int]:
        way: list[int] = []
        parent_id = self.items[string_id].parent_id
        while parent_id is not None:
            way.append(parent_id)
            parent_id = self.items[parent_id].parent_id
        return way

    def refreshed(self, update: Update) -> Update:
        return replace(update, above=self.nearest(self.items[update.string_id].parent_id, update.key))

    def apply(self, *plans: WavePlan) -> None:
        for plan in plans:
            for change in plan.changes:
                item = self.items[change.string_id]
                item.parent_id, item.value, item.version = change.parent_id, change.value, item.version + 1
                item.is_auto_generated = change.is_auto_generated
                for move in change.moves:
                    if move.after is None:
                        del item.details[move.key]
                    else:
                        item.details[move.key] = replace(move.after)
            for relink in plan.relinks:
                detail = self.items[relink.string_id].details[relink.key]
                detail.is_inherited, detail.source_id = relink.is_inherited, relink.source_id
