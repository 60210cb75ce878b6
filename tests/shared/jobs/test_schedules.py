from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from sqlalchemy import event, func, select, update

from shared.db import Database
from shared.errors import Invalid
from shared.schedules import fire_due, first_tick, put_schedule, ticks_after
from shared.tenancy import Context
from tests.shared.jobs.sample import Job, Schedule


def ticks(cron: str, zone: str, start: str, number: int) -> list[str]:
    moments = ticks_after(cron, zone, datetime.fromisoformat(start))
    return [moment.strftime("%d %H:%M") for moment in islice(moments, number)]


def put(db: Database, context: Context, *, late: timedelta | None = None, **options: object) -> Schedule:
    """Stores a schedule; `late` moves its next time that far into the past."""
    with db.transaction(context) as session:
        values = {"name": "s", "kind": "once", "queue": "sample", "cron": "0 2 * * *"} | options
        schedule = put_schedule(session, Schedule, **values)  # type: ignore[arg-type]
        if late is not None:
            past = (datetime.now(UTC) - late).replace(second=0, microsecond=0)
            session.execute(update(Schedule).where(Schedule.id == schedule.id).values(next_run_at=past))
    return schedule


def fire(relay_db: Database) -> int:
    with relay_db.transaction(Context(tenant_id=None)) as session:
        return fire_due(session, Schedule, Job)


def jobs_of(db: Database, context: Context) -> list[Job]:
    with db.transaction(context) as session:
        return list(session.scalars(select(Job).order_by(Job.run_at)))


def test_ticks_follow_the_local_clock() -> None:
    assert ticks("30 2 * * *", "UTC", "2026-01-01T02:30Z", 2) == ["02 02:30", "03 02:30"]
    assert ticks("0 9 * * 1-5", "Europe/Berlin", "2026-03-27T12:00Z", 2) == ["30 07:00", "31 07:00"]


def test_a_local_time_that_is_left_out_is_due_at_the_next_that_exists() -> None:
    # Clocks in Berlin go from 02:00 to 03:00 on 29 March 2026, at 01:00 UTC.
    assert ticks("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 2) == ["29 01:00", "30 00:30"]
    assert ticks("*/20 * * * *", "Europe/Berlin", "2026-03-29T00:30Z", 4) == [
        "29 00:40",
        "29 01:00",
        "29 01:20",
        "29 01:40",
    ]
    # Half an hour only: Lord Howe Island, 4 October 2026, 02:00 to 02:30.
    assert ticks("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00Z", 1) == ["03 15:30"]


def test_a_local_time_that_occurs_twice_is_due_once() -> None:
    # 25 October 2026: 03:00 becomes 02:00 at 01:00 UTC.
    assert ticks("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2) == ["25 00:30", "26 01:30"]
    assert ticks("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30Z", 1) == ["26 01:30"]
    assert ticks("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10Z", 1) == ["26 01:30"]


@pytest.mark.parametrize("cron", ["", "* * * *", "* * * * * *", "61 * * * *", "x", "0 0 30 2 *", "@daily"])
def test_a_rule_that_is_none_is_refused(cron: str) -> None:
    with pytest.raises(Invalid) as refusal:
        first_tick(cron, "UTC")
    assert refusal.value.code == "invalid_cron"


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "UTC\0"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(Invalid) as refusal:
        first_tick("0 0 * * *", zone)
    assert refusal.value.code == "unknown_time_zone"


def test_three_relays_fire_a_tick_once(db: Database, relay_db: Database, context: Context) -> None:
    put(db, context, late=timedelta(hours=1), payload={"days": 30})
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: fire(relay_db), range(3)))
    [job] = jobs_of(db, context)
    assert (job.kind, job.payload["days"], job.requested_by) == ("once", 30, None)
    [schedule] = _schedules(db, context)
    assert schedule.next_run_at > datetime.now(UTC)
    assert schedule.last_run_at == job.run_at


def test_a_tick_that_was_forgotten_does_not_fire_again(db: Database, relay_db: Database, context: Context) -> None:
    schedule = put(db, context, late=timedelta(hours=1))
    fire(relay_db)
    [job] = jobs_of(db, context)
    with db.transaction(context) as session:
        session.execute(update(Schedule).where(Schedule.id == schedule.id).values(next_run_at=job.run_at))
    fire(relay_db)
    assert len(jobs_of(db, context)) == 1


@pytest.mark.parametrize(("policy", "fired"), [("skip", 0), ("once", 1), ("all", 3)])
def test_missed_ticks_follow_their_policy(
    db: Database, relay_db: Database, context: Context, policy: str, fired: int
) -> None:
    half_past = datetime.now(UTC) + timedelta(minutes=30)
    put(db, context, cron=f"{half_past.minute} * * * *", catch_up=policy, late=timedelta(hours=2, minutes=30))
    fire(relay_db)
    assert len(jobs_of(db, context)) == fired


def test_an_inactive_schedule_does_not_fire(db: Database, relay_db: Database, context: Context) -> None:
    put(db, context, active=False, late=timedelta(hours=1))
    fire(relay_db)
    assert jobs_of(db, context) == []


def test_changing_the_rule_moves_the_next_time_and_nothing_else_does(db: Database, context: Context) -> None:
    first = put(db, context, late=timedelta(hours=1))
    assert put(db, context, queue="other").next_run_at < datetime.now(UTC)
    changed = put(db, context, cron="0 3 * * *")
    assert (changed.id, changed.next_run_at.hour) == (first.id, 3)
    assert changed.next_run_at > datetime.now(UTC)


def test_statements_do_not_grow_with_schedules(db: Database, relay_db: Database, context: Context) -> None:
    counts = []
    for size in (1, 20):
        for number in range(size):
            put(db, context, name=f"{size}-{number}", late=timedelta(hours=1))
        statements: list[str] = []

        def count(_c: object, _cursor: object, statement: str, *_: object, seen: list[str] = statements) -> None:
            seen.append(statement)

        event.listen(relay_db.engine, "before_cursor_execute", count)
        fire(relay_db)
        event.remove(relay_db.engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts == [5, 5]
    with db.transaction(context) as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 21


def test_one_unreadable_schedule_does_not_hold_up_the_others(
    db: Database, relay_db: Database, context: Context
) -> None:
    put(db, context, name="good", late=timedelta(hours=1))
    bad = put(db, context, name="bad", late=timedelta(hours=1))
    with db.transaction(context) as session:
        session.execute(update(Schedule).where(Schedule.id == bad.id).values(cron="never"))
    fire(relay_db)
    assert len(jobs_of(db, context)) == 1


def _schedules(db: Database, context: Context) -> list[Schedule]:
    with db.transaction(context) as session:
        return list(session.scalars(select(Schedule)))
