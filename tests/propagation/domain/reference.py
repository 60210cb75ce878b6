"""Planning written as the specification reads: from the roots down, everything again after each failure."""

from dataclasses import dataclass, field

from services.propagation.domain.failures import Failure
from services.propagation.domain.inheritance import Rule
from services.propagation.domain.plan import StaleReason
from services.propagation.domain.values import Detail, Key, Value
from services.propagation.domain.wave import Update
from tests.propagation.domain.forest import RULE, Forest

# What a string does with a value that arrives, by what it holds: the table of the specification.
TABLE = {
    Rule.ALWAYS: {"same": "pass", "empty": "take", "inherited": "take", "own": "take"},
    Rule.IF_EMPTY: {"same": "stop", "empty": "take", "inherited": "stop", "own": "stop"},
    Rule.UNLESS_OVERRIDDEN: {"same": "pass", "empty": "take", "inherited": "take", "own": "stop"},
}


@dataclass(frozen=True)
class Arriving:
    value: Value
    source: int
    start_level: int
    index: int
    fate: str = "live"


@dataclass
class Expected:
    details: dict[int, dict[Key, Detail]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    causes: dict[int, set[int]] = field(default_factory=dict)
    ranks: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    skipped: set[int] = field(default_factory=set)
    relinked: dict[int, dict[Key, Detail]] = field(default_factory=dict)
    stale: dict[int, set[StaleReason]] = field(default_factory=dict)
    truncated: bool = False


@dataclass
class Visit:
    """What has met one string: its details after it, the updates of its own and from above, what goes on below."""

    after: dict[Key, Detail] = field(default_factory=dict)
    own_indexes: set[int] = field(default_factory=set)
    causes: dict[int, int] = field(default_factory=dict)
    going: dict[Key, Arriving] = field(default_factory=dict)


@dataclass
class Reference:
    forest: Forest
    updates: list[Update]
    reach: int
    says_truncated: bool = True

    def plan(self) -> Expected:
        left_out: dict[int, str] = {}
        while True:
            expected = self.attempt(left_out)
            failing = self.failures(expected)
            if not failing:
                expected.failed = left_out
                expected.skipped -= set(left_out) | set(expected.names)
                return expected
            top = min(self.forest.items[string_id].level for string_id in failing)
            left_out |= {one: code for one, code in failing.items() if self.forest.items[one].level == top}

    def attempt(self, left_out: dict[int, str]) -> Expected:
        self.left_out, self.expected = left_out, Expected()
        for item in self.forest.items.values():
            if item.parent_id is None:
                self.visit(item.id, {})
        return self.expected

    def visit(self, string_id: int, arriving: dict[Key, Arriving]) -> None:
        chosen = {update.key: update for update in self.updates if update.string_id == string_id}
        is_left_out = string_id in self.left_out
        visit = Visit()
        for key, one in arriving.items():
            if key not in chosen or is_left_out:
                self.receive(string_id, visit, key, one)
        for key, update in chosen.items():
            beats = key in arriving and self.would_change_or_pass(string_id, key, arriving[key])
            self.choose(string_id, visit, update, beats=beats)
        if is_left_out:
            visit.going = {key: self.stopped(one) for key, one in visit.going.items()}
        elif visit.after:
            self.change(string_id, visit)
        for child in self.forest.children(string_id):
            self.visit(child.id, visit.going)

    def receive(self, string_id: int, visit: Visit, key: Key, one: Arriving) -> None:
        item, does = self.forest.items[string_id], self.does(string_id, key, one)
        is_left_out = string_id in self.left_out
        if does == "stop":
            return
        visit.going[key] = one
        if does == "pass" and key in item.details and not is_left_out:
            visit.going[key] = self.passed(string_id, key, one)
        elif does == "take" and (one.fate != "live" or item.level - one.start_level >= self.reach):
            self.miss(string_id, one)
        elif does == "take" and is_left_out:
            self.mark(string_id, StaleReason.FAILED)
        elif does == "take":
            visit.after[key] = Detail(one.value, is_inherited=True, source_id=one.source)
            visit.causes[one.index] = item.level - one.start_level

    def choose(self, string_id: int, visit: Visit, update: Update, *, beats: bool) -> None:
        item, key, detail = self.forest.items[string_id], update.key, self.chosen_detail(update)
        source = detail.source_id if detail.is_inherited and detail.source_id else string_id
        stored = item.details.get(key)
        is_left_out = string_id in self.left_out
        changes = stored is None or stored.value != update.value
        flows = self.forest.rules[key] is not Rule.NEVER and not (is_left_out and key in visit.going)
        if (changes or beats) and flows:
            fate = "lost" if is_left_out else "live"
            visit.going[key] = Arriving(update.value, source, item.level, update.index, fate)
        if is_left_out:
            return
        if changes:
            visit.after[key] = detail
            visit.own_indexes.add(update.index)
        elif stored is not None and (update.own or beats):
            self.relink(string_id, key, detail)
            if not beats and stored.is_inherited:
                visit.going[key] = Arriving(update.value, source, item.level, update.index, "lineage")

    def passed(self, string_id: int, key: Key, one: Arriving) -> Arriving:
        item = self.forest.items[string_id]
        if one.fate != "lineage" and (one.fate != "live" or item.level - one.start_level >= self.reach):
            return one
        if item.details[key].is_inherited:
            self.relink(string_id, key, Detail(one.value, is_inherited=True, source_id=one.source))
            return one
        return Arriving(one.value, string_id, one.start_level, one.index)

    def relink(self, string_id: int, key: Key, detail: Detail) -> None:
        stored = self.forest.items[string_id].details[key]
        if (stored.is_inherited, stored.source_id) != (detail.is_inherited, detail.source_id):
            self.expected.relinked.setdefault(string_id, {})[key] = detail

    def change(self, string_id: int, visit: Visit) -> None:
        item = self.forest.items[string_id]
        self.expected.details[string_id] = visit.after
        self.expected.causes[string_id] = visit.own_indexes | set(visit.causes)
        level = 0 if visit.own_indexes else min(visit.causes.values())
        self.expected.levels[string_id] = level
        self.expected.ranks[string_id] = (min(visit.own_indexes or visit.causes), level, string_id)
        made = self.made(string_id)
        self.expected.names[string_id] = made if isinstance(made, str) else item.value
        if not isinstance(made, str):
            self.mark(string_id, StaleReason.INCOMPLETE)

    def made(self, string_id: int) -> str | Failure:
        item = self.forest.items[string_id]
        held = item.details | self.expected.details[string_id]
        texts = [held[part.dimension_id].value.effective if part.dimension_id in held else None
                 for part in self.forest.levels[item.level].parts]  # fmt: skip
        return self.forest.levels[item.level].render(texts)

    def failures(self, expected: Expected) -> dict[int, str]:
        failing = {one: made.code for one in expected.names
                   if isinstance(made := self.made(one), Failure) and not self.may_lack(one, made)}  # fmt: skip
        wanting: dict[tuple[int, int, int | None, str], list[int]] = {}
        for item in self.forest.items.values():
            name = item.value if item.id in failing else expected.names.get(item.id, item.value)
            wanting.setdefault((RULE, item.level, item.parent_id, name), []).append(item.id)
        for (_, _, _, name), ids in wanting.items():
            keepers = [one for one in ids if self.forest.items[one].value == name]
            claimants = sorted(set(ids) - set(keepers), key=lambda one: expected.ranks[one])
            for loser in claimants if keepers else claimants[1:]:
                failing[loser] = "duplicate_value"
        return failing

    def may_lack(self, string_id: int, made: Failure) -> bool:
        """An incomplete string goes on lacking what it lacked, but loses nothing that is required."""
        item = self.forest.items[string_id]
        if item.is_auto_generated or made.code != "required_dimension_missing":
            return False
        required = [part.dimension_id for part in self.forest.levels[item.level].parts if part.is_required]
        after = self.expected.details[string_id]
        return not any(
            key in after and after[key].value.is_empty and key in item.details and not item.details[key].value.is_empty
            for key in required
        )

    def does(self, string_id: int, key: Key, one: Arriving) -> str:
        stored = self.forest.items[string_id].details.get(key)
        if stored is None:
            return "pass"
        if one.fate == "lineage":
            return "pass" if stored.is_inherited and stored.value == one.value else "stop"
        state = "inherited" if stored.is_inherited else "own"
        if stored.value.is_empty:
            state = "empty"
        if stored.value == one.value:
            state = "same"
        return TABLE[self.forest.rules[key]][state]

    def would_change_or_pass(self, string_id: int, key: Key, one: Arriving) -> bool:
        is_near = self.forest.items[string_id].level - one.start_level < self.reach
        held = key in self.forest.items[string_id].details
        return one.fate == "live" and is_near and held and self.does(string_id, key, one) != "stop"

    def chosen_detail(self, update: Update) -> Detail:
        above = self.forest.items[update.string_id].parent_id
        while above is not None:
            held = self.held_after(above)
            if update.key in held:
                detail = held[update.key]
                if update.own or detail.value.effective != update.value.effective:
                    break
                source = detail.source_id if detail.is_inherited and detail.source_id else above
                return Detail(update.value, is_inherited=True, source_id=source)
            above = self.forest.items[above].parent_id
        return Detail(update.value)

    def held_after(self, string_id: int) -> dict[Key, Detail]:
        relinked, moved = self.expected.relinked.get(string_id, {}), self.expected.details.get(string_id, {})
        return self.forest.items[string_id].details | relinked | moved

    def miss(self, string_id: int, one: Arriving) -> None:
        is_beyond = self.forest.items[string_id].level - one.start_level >= self.reach
        if one.fate != "live" and not is_beyond:
            self.expected.skipped.add(string_id)
        if one.fate == "lost":
            return
        self.mark(string_id, StaleReason.PENDING_PROPAGATION if is_beyond else StaleReason.FAILED)
        self.expected.truncated |= is_beyond and one.fate == "live" and self.says_truncated

    def mark(self, string_id: int, reason: StaleReason) -> None:
        self.expected.stale.setdefault(string_id, set()).add(reason)

    def stopped(self, one: Arriving) -> Arriving:
        fate = "blocked" if one.fate == "live" else one.fate
        return Arriving(one.value, one.source, one.start_level, one.index, fate)
