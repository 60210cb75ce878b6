"""Clocks of an item, which count towards a target while it is in some states, and timers of its states.

A definition declares both. A clock runs, pauses or has ended depending on the item's state alone; it warns when
`WARNING_SHARE` of its target is spent and is breached when all of it is. A timer is due some time after its state was
entered and dies when the state is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.workflow.domain.working_time import Counted

WARNING_SHARE = 0.8


class Mode(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One clock of a definition. The target comes from the item: the time `due_from`, else the hours `hours_from`,
    else `hours`. One that counts `once` never runs again when it has ended."""

    name: str
    runs_in: frozenset[str]
    hours: float
    hours_from: str | None = None
    due_from: str | None = None
    once: bool = False
    working: bool = False


@dataclass(frozen=True, slots=True)
class TimerRule:
    """One timer of a definition: exactly one of `target` (take that edge), `event` (tell it) and `action` (a named
    action of the entity). Without hours it is off until a tenant gives it some."""

    name: str
    state: str
    hours: float | None = None
    target: str | None = None
    event: str | None = None
    action: str | None = None
    comments: str = ""
    working: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds spent up to `runs_since`, which is None while the clock stands."""

    target_seconds: float
    mode: Mode
    spent_seconds: float = 0.0
    runs_since: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None

    def spent(self, now: datetime, time: Counted) -> float:
        running = time.between(self.runs_since, now) if self.runs_since is not None else 0.0
        return self.spent_seconds + running

    def turned(self, mode: Mode, now: datetime, time: Counted) -> "Clock":
        """The clock after the item entered a state that means `mode`; going on with the rest where it had stood."""
        if mode is self.mode:
            return self
        runs = mode is Mode.RUNNING
        return replace(
            self,
            mode=mode,
            spent_seconds=self.spent(now, time),
            runs_since=now if runs else None,
            ended_at=now if mode is Mode.ENDED else None,
        )

    def aimed(self, target_seconds: float) -> "Clock":
        """The clock with another target; what it had told too early it will tell again."""
        if target_seconds <= self.target_seconds:
            return replace(self, target_seconds=target_seconds)
        return replace(self, target_seconds=target_seconds, warned_at=None, breached_at=None)

    def due_at(self, time: Counted, share: float = 1.0) -> datetime | None:
        """When this share of the target will be spent; None while the clock stands."""
        if self.runs_since is None:
            return None
        return time.later(self.runs_since, self.target_seconds * share - self.spent_seconds)

    def next_at(self, time: Counted) -> datetime | None:
        """When the clock has something to tell; None if never, as it stands."""
        if self.warned_at is None:
            return self.due_at(time, WARNING_SHARE)
        return self.due_at(time) if self.breached_at is None else None

    def told(self, now: datetime, time: Counted) -> tuple["Clock", str | None]:
        """What there is to tell now, `warning` or `breached`, each once; a breach makes a warning needless."""
        due_at, warns_at = self.due_at(time), self.due_at(time, WARNING_SHARE)
        if due_at is not None and self.breached_at is None and due_at <= now:
            return replace(self, warned_at=self.warned_at or now, breached_at=now), "breached"
        if warns_at is not None and self.warned_at is None and warns_at <= now:
            return replace(self, warned_at=now), "warning"
        return self, None


def mode_in(rule: ClockRule, state: str, *, pauses: bool, has_ended: bool = False) -> Mode:
    """What a clock does while the item is in this state; `pauses` says that the state is marked so."""
    if has_ended and rule.once:
        return Mode.ENDED
    if state in rule.runs_in:
        return Mode.RUNNING
    return Mode.PAUSED if pauses else Mode.ENDED


def target_seconds(rule: ClockRule, item: Mapping[str, object], started_at: datetime) -> float:
    """The target for an item, from its own columns where the rule names some and they have a value."""
    due_at = item.get(rule.due_from or "")
    if isinstance(due_at, datetime):
        return max((due_at - started_at).total_seconds(), 0.0)
    hours = item.get(rule.hours_from or "")
    return 3600.0 * (float(hours) if isinstance(hours, int | float) else rule.hours)
