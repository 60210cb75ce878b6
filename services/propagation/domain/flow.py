"""A value on its way down: one object serves the whole subtree, so a string visited costs no allocation for it."""

from enum import Enum

from services.propagation.domain.inheritance import PASS, STOP, Rule, Verdict, decide
from services.propagation.domain.values import Detail, Key, Value


class Fate(Enum):
    LIVE = "changes what it meets"
    BLOCKED = "a string above was left out: what it would have changed is skipped, and behind its source"
    LOST = "its own source was left out: what it would have changed is skipped, but up to date"
    LINEAGE = "the value has become own at its source: only where inherited values come from changes"


class Flow:
    """`origin` is the explicit string it started from, `arrival` the detail as any string that takes it will hold it.

    `onward` is what goes on below the first string that takes it, where that differs from the flow itself.
    """

    __slots__ = ("arrival", "fate", "key", "onward", "origin_id", "origin_level", "rule", "stopped_by", "updates")

    def __init__(
        self,
        key: Key,
        rule: Rule,
        *,
        arrival: Detail,
        updates: tuple[int, ...],
        origin_id: int,
        origin_level: int,
        fate: Fate = Fate.LIVE,
    ) -> None:
        self.key = key
        self.rule = rule
        self.arrival = arrival
        self.updates = updates
        self.origin_id = origin_id
        self.origin_level = origin_level
        self.fate = fate
        self.onward = self
        self.stopped_by: int | None = None

    @property
    def value(self) -> Value:
        return self.arrival.value

    def meets(self, detail: Detail) -> Verdict:
        if self.fate is Fate.LINEAGE:
            return PASS if detail.is_inherited and detail.value == self.arrival.value else STOP
        return decide(self.rule, detail, value=self.arrival.value)

    def from_own(self, string_id: int) -> "Flow":
        """The same value on below a string that holds it as its own, and so is now the nearest source."""
        twin = self._twin(self.fate)
        twin.arrival = Detail(self.value, is_inherited=True, source_id=string_id)
        return twin

    def respecting_own(self) -> "Flow":
        """The same flow until a string takes it, except that it overrides no own value."""
        if self.rule is not Rule.ALWAYS:
            return self
        gentle = self._twin(self.fate)
        gentle.rule = Rule.UNLESS_OVERRIDDEN
        gentle.onward = self
        return gentle

    def stopped(self, *, by: int, fate: Fate = Fate.BLOCKED) -> "Flow":
        """What is left of it below the string `by`, which is left out."""
        if self.fate is not Fate.LIVE:
            return self
        twin = self._twin(fate)
        twin.stopped_by = by
        if self.onward is not self:
            twin.onward = self.onward.stopped(by=by, fate=fate)
        return twin

    def _twin(self, fate: Fate) -> "Flow":
        return Flow(
            self.key,
            self.rule,
            arrival=self.arrival,
            updates=self.updates,
            origin_id=self.origin_id,
            origin_level=self.origin_level,
            fate=fate,
        )
