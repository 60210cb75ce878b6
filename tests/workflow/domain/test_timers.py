from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.workflow.domain.timers import Clock, ClockRule, Mode, mode_in, target_seconds
from services.workflow.domain.working_time import CalendarTime, WorkingTime

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
TIME = CalendarTime()
RESOLUTION = ClockRule("resolution", frozenset({"OPEN", "NEW"}), hours=10, hours_from="sla_hours", due_from="due_at")
RESPONSE = ClockRule("first_response", frozenset({"NEW"}), hours=4, once=True)


def running(hours: float = 10) -> Clock:
    return Clock(hours * 3600, Mode.RUNNING, runs_since=START)


def test_warns_at_80_percent_and_breaches_at_all_of_it() -> None:
    clock = running()
    assert (clock.next_at(TIME), clock.due_at(TIME)) == (START + 8 * HOUR, START + 10 * HOUR)
    assert clock.told(START + 8 * HOUR - HOUR / 3600, TIME) == (clock, None)
    clock, told = clock.told(START + 8 * HOUR, TIME)
    assert (told, clock.next_at(TIME)) == ("warning", START + 10 * HOUR)
    assert clock.told(START + 9 * HOUR, TIME) == (clock, None)
    clock, told = clock.told(START + 10 * HOUR, TIME)
    assert (told, clock.next_at(TIME)) == ("breached", None)
    assert clock.told(START + 99 * HOUR, TIME) == (clock, None)


def test_a_pause_is_not_counted_and_the_rest_goes_on() -> None:
    paused = running().turned(Mode.PAUSED, START + 3 * HOUR, TIME)
    assert (paused.next_at(TIME), paused.due_at(TIME)) == (None, None)
    assert paused.told(START + 99 * HOUR, TIME) == (paused, None)
    resumed = paused.turned(Mode.RUNNING, START + 50 * HOUR, TIME)
    assert resumed.due_at(TIME) == START + 57 * HOUR
    assert resumed.spent(START + 51 * HOUR, TIME) == 4 * 3600


def test_an_end_is_kept_until_the_clock_runs_again() -> None:
    ended = running().turned(Mode.ENDED, START + 2 * HOUR, TIME)
    assert (ended.ended_at, ended.spent(START + 9 * HOUR, TIME)) == (START + 2 * HOUR, 7200)
    assert ended.turned(Mode.RUNNING, START + 20 * HOUR, TIME).due_at(TIME) == START + 28 * HOUR
    assert ended.turned(Mode.RUNNING, START + 20 * HOUR, TIME).ended_at is None


def test_late_lookers_hear_of_the_breach_only() -> None:
    clock, told = running().told(START + 30 * HOUR, TIME)
    assert told == "breached"
    assert clock.warned_at == clock.breached_at == START + 30 * HOUR


def test_a_later_target_is_told_of_again_and_an_earlier_one_is_not() -> None:
    breached, _ = running().told(START + 11 * HOUR, TIME)
    assert breached.aimed(20 * 3600).next_at(TIME) == START + 16 * HOUR
    assert breached.aimed(5 * 3600).next_at(TIME) is None


def test_working_hours_hold_the_clock_over_a_weekend() -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    office = WorkingTime.of(ZoneInfo("UTC"), {day: [["08:00", "16:00"]] for day in days})
    assert running().due_at(office) == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule_", "state", "pauses", "has_ended", "mode"),
    [
        (RESOLUTION, "NEW", False, False, Mode.RUNNING),
        (RESOLUTION, "ONHOLD", True, False, Mode.PAUSED),
        (RESOLUTION, "CLOSED", False, False, Mode.ENDED),
        (RESOLUTION, "OPEN", False, True, Mode.RUNNING),
        (RESPONSE, "OPEN", False, False, Mode.ENDED),
        (RESPONSE, "NEW", False, True, Mode.ENDED),
        (RESPONSE, "ONHOLD", True, True, Mode.ENDED),
    ],
)
def test_the_state_says_what_a_clock_does(
    rule_: ClockRule, state: str, pauses: bool, has_ended: bool, mode: Mode
) -> None:
    assert mode_in(rule_, state, pauses=pauses, has_ended=has_ended) is mode


def test_the_target_is_the_items_own_where_it_has_one() -> None:
    assert target_seconds(RESOLUTION, {"due_at": START + HOUR, "sla_hours": 5}, START) == 3600
    assert target_seconds(RESOLUTION, {"due_at": START - HOUR}, START) == 0
    assert target_seconds(RESOLUTION, {"due_at": None, "sla_hours": 5}, START) == 5 * 3600
    assert target_seconds(RESOLUTION, {}, START) == 10 * 3600


class ClockLife(RuleBasedStateMachine):
    """Any life of a clock, against the plain sum of the seconds in which it ran."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.ran, self.clock, self.heard = START, 0.0, running(2), list[str]()

    @rule(seconds=st.integers(0, 5000))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.ran += seconds if self.clock.mode is Mode.RUNNING else 0

    @rule(mode=st.sampled_from(Mode))
    def turn(self, mode: Mode) -> None:
        self.clock = self.clock.turned(mode, self.now, TIME)

    @precondition(lambda self: self.clock.mode is Mode.RUNNING)
    @rule()
    def look(self) -> None:
        self.clock, told = self.clock.told(self.now, TIME)
        self.heard += [told] if told else []
        assert ("breached" in self.heard) == (self.ran >= 7200)
        assert bool(self.heard) == (self.ran >= 0.8 * 7200)

    @invariant()
    def adds_up(self) -> None:
        assert self.clock.spent(self.now, TIME) == self.ran
        assert len(self.heard) == len(set(self.heard))


TestClockLife = ClockLife.TestCase
