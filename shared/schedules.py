"""Schedules: rows in the service's own database that its relay turns into jobs.

A tick is an insert whose idempotency key is the schedule and the due time, so any number of relays fire it once.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import random
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar
from zoneinfo import ZoneInfo

import structlog
from croniter import croniter
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    and_,
    case,
    cast,
    column,
    func,
    select,
    text,
    update,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID, insert
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from shared.errors import Invalid
from shared.tenancy import TenantOwned, tenant_of

if TYPE_CHECKING:
    from shared.jobs.models import JobMixin

log = structlog.get_logger(__name__)

CatchUp = Literal["skip", "once", "all"]
GRACE = timedelta(seconds=60)
MOST_TICKS = 20  # of those that "all" catches up
DUE_AT_ONCE = 50
_TIME = DateTime(timezone=True)


class ScheduleMixin(TenantOwned):
    """When a kind of job is due. `catch_up` says what becomes of ticks that no relay was there for."""

    __tablename__: str
    __personal__: ClassVar = ""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    queue: Mapped[str]
    cron: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    catch_up: Mapped[str] = mapped_column(server_default="once")
    jitter_seconds: Mapped[int] = mapped_column(Integer, server_default="0")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    next_run_at: Mapped[datetime]
    last_run_at: Mapped[datetime | None]

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("tenant_id", "name"),
            CheckConstraint("catch_up in ('skip', 'once', 'all')", name="catch_up"),
            CheckConstraint("jitter_seconds >= 0", name="jitter_seconds"),
            Index(f"ix_{cls.__tablename__}_due", "next_run_at", postgresql_where=text("active")),
        )


S = TypeVar("S", bound=ScheduleMixin)


def ticks_after(cron: str, time_zone: str, moment: datetime) -> Iterator[datetime]:
    """Due times later than `moment`, in UTC.

    A local time that a clock change leaves out is due at the next one that exists; one that occurs twice is due the
    first time only.
    """
    zone = ZoneInfo(time_zone)
    last = moment
    for local in _local_times(cron, moment.astimezone(zone).replace(tzinfo=None)):
        due = _existing(local, zone)
        if due > last:
            last = due
            yield due


def _local_times(cron: str, start: datetime) -> Iterator[datetime]:
    # On the naive clock: changes of the clock are handled by `_existing`, not by the library.
    times = croniter(cron, start)
    while True:
        yield times.get_next(datetime)


def _existing(local: datetime, zone: ZoneInfo) -> datetime:
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # In a gap, `moment` lies as far behind the clock change as `local` lies inside the gap: go back to the change.
    minute, offset = timedelta(minutes=1), moment.astimezone(zone).utcoffset()
    while (moment - minute).astimezone(zone).utcoffset() == offset:
        moment -= minute
    return moment


def put_schedule(
    session: Session,
    model: type[S],
    *,
    name: str,
    kind: str,
    queue: str,
    cron: str,
    time_zone: str = "UTC",
    payload: dict[str, Any] | None = None,
    catch_up: CatchUp = "once",
    jitter_seconds: int = 0,
    active: bool = True,
) -> S:
    """Makes or changes the schedule of that name; its next time stays unless its rule changed. Raises Invalid."""
    row = {
        "tenant_id": tenant_of(session),
        "name": name,
        "kind": kind,
        "queue": queue,
        "cron": cron,
        "time_zone": time_zone,
        "payload": payload or {},
        "catch_up": catch_up,
        "jitter_seconds": jitter_seconds,
        "active": active,
        "next_run_at": first_tick(cron, time_zone),
    }
    statement = insert(model).values(row)
    new = statement.excluded
    same = and_(model.cron == new.cron, model.time_zone == new.time_zone, model.active)
    changes: dict[str, Any] = {name: new[name] for name in row if name not in ("tenant_id", "name")}
    changes["next_run_at"] = case((same, model.next_run_at), else_=new.next_run_at)
    upsert = statement.on_conflict_do_update(index_elements=["tenant_id", "name"], set_=changes)
    return session.scalars(upsert.returning(model), execution_options={"populate_existing": True}).one()


def first_tick(cron: str, time_zone: str, *, now: datetime | None = None) -> datetime:
    """Next due time of a rule; raises Invalid for one that is none or is never due."""
    try:
        ZoneInfo(time_zone)
    except (ValueError, OSError, LookupError):
        raise Invalid.field("/time_zone", "unknown_time_zone", f"There is no time zone {time_zone!r}.") from None
    try:
        if len(cron.split()) != 5:
            raise ValueError(cron)
        return next(ticks_after(cron, time_zone, now or datetime.now(UTC)))
    except ValueError:
        detail = "Give minute, hour, day of month, month and day of week of a time that comes."
        raise Invalid.field("/cron", "invalid_cron", detail) from None


def fire_due(session: Session, model: type[S], jobs: "type[JobMixin]") -> int:
    """Turns due ticks into jobs and moves the schedules on, with four statements; returns how many were due."""
    now = session.scalars(select(func.clock_timestamp())).one()
    due = session.scalars(
        select(model)
        .where(model.active, model.next_run_at <= now)
        .order_by(model.next_run_at)
        .limit(DUE_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not due:
        return 0
    plans = [(schedule, *_plan(schedule, now)) for schedule in due]
    rows = [_job(schedule, tick) for schedule, ticks, _ in plans for tick in ticks]
    if rows:
        session.execute(insert(jobs).values(rows).on_conflict_do_nothing())
    _move_on(session, model, [(schedule, ticks, following) for schedule, ticks, following in plans])
    return len(due)


def _plan(schedule: ScheduleMixin, now: datetime) -> tuple[list[datetime], datetime]:
    """Ticks to fire, and the first one that lies ahead."""
    try:
        return _ticks(schedule, now)
    except ValueError:
        # Checked when it was stored, but one bad row must not hold up the schedules of all tenants.
        log.exception("schedule_unreadable", schedule=schedule.name, tenant=str(schedule.tenant_id))
        return [], now + timedelta(hours=1)


def _ticks(schedule: ScheduleMixin, now: datetime) -> tuple[list[datetime], datetime]:
    missed: deque[datetime] = deque([schedule.next_run_at], maxlen=MOST_TICKS)
    for tick in ticks_after(schedule.cron, schedule.time_zone, schedule.next_run_at):
        if tick > now:
            break
        missed.append(tick)
    if schedule.catch_up == "all":
        return list(missed), tick
    fires = schedule.catch_up == "once" or now - missed[-1] <= GRACE
    return ([missed[-1]] if fires else []), tick


def _job(schedule: ScheduleMixin, tick: datetime) -> dict[str, Any]:
    return {
        "tenant_id": schedule.tenant_id,
        "kind": schedule.kind,
        "queue": schedule.queue,
        "payload": {**schedule.payload, "scheduled_for": tick.isoformat()},
        "run_at": tick + timedelta(seconds=random() * schedule.jitter_seconds),  # noqa: S311 (spreads load only)
        "idempotency_key": f"schedule:{schedule.id}:{tick.isoformat()}",
    }


def _move_on(session: Session, model: type[S], plans: Sequence[tuple[S, list[datetime], datetime]]) -> None:
    moved = values(
        column("tenant_id", UUID), column("id", BigInteger), column("next", _TIME), column("last", _TIME), name="moved"
    ).data(
        [
            (schedule.tenant_id, schedule.id, following, ticks[-1] if ticks else None)
            for schedule, ticks, following in plans
        ]
    )
    session.execute(
        update(model)
        .where(model.tenant_id == moved.c.tenant_id, model.id == moved.c.id)
        .values(next_run_at=moved.c.next, last_run_at=func.coalesce(cast(moved.c.last, _TIME), model.last_run_at)),
        execution_options={"synchronize_session": False},
    )
