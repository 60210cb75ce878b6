"""What a store must hold of a list at the moment: found to hold still, or made anew."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.sync.domain.promotions.canonical import canonical, sha256
from services.sync.domain.promotions.manifests import Entry
from services.sync.domain.promotions.settings import SyncSettings
from services.sync.domain.promotions.windows import local_date
from services.sync.models import EdgeManifest, EdgeVersion
from services.sync.operations.promotions.compiling import bring_up_to_date
from services.sync.operations.promotions.objects import keep_objects
from services.sync.operations.promotions.settings import effective_settings
from services.sync.queries.edges.lists import EdgeList, rows_of
from services.sync.queries.edges.manifests import Made, Wanted, given_entries, keep, promotion_entries
from services.sync.queries.edges.standing import Standing, State
from services.sync.queries.selection import Standpoint
from shared.errors import Busy
from shared.tenancy import tenant_of

PROMOTIONS: Final = "promotions"
# An edit between two looks at the same promotion is rare; one at each of three looks is a flood.
_LOOKS: Final = 3
_DAY: Final = timedelta(days=1)


def present_state(
    session: Session, standing: Standing, listed: EdgeList | None, now: datetime
) -> tuple[Standing, State]:
    """The state of a list (None: promotions) for the store that calls, and the standing with the number it holds for.

    Without news this writes nothing and reads nothing more. Raises Busy.
    """
    today = local_date(now, standing.time_zone)
    standing = replace(standing, version=notice_date(session, standing, standing.time_zone, today))
    state = standing.state
    if state is not None and state.version == standing.version and state.today == today:
        _touch(session, state, now)
        return standing, state
    if listed is None:
        return standing, _promotions(session, standing, today, now)
    return standing, _rows(session, standing, listed, today)


def notice_date(session: Session, standing: Standing, zone: str, today: date) -> int:
    """The number of the last visible change; a new date in a time zone in use is one, whoever notices it first."""
    text = today.isoformat()
    if standing.dates.get(zone, "") >= text:
        return standing.version
    known = EdgeVersion
    put = insert(known).values(tenant_id=tenant_of(session), version=1, dates={zone: text})
    changed = put.on_conflict_do_update(
        index_elements=["tenant_id"],
        set_={
            "version": known.version + 1,
            "changed_at": func.now(),
            "dates": known.dates.op("||")(put.excluded.dates),
        },
        where=func.coalesce(known.dates.op("->>")(zone), "") < text,
    ).returning(known.version)
    found = session.scalar(changed)
    if found is None:  # somebody else has just noticed
        found = session.scalar(select(known.version).where(known.tenant_id == tenant_of(session)))
    return found or 0


def keep_promotions(
    session: Session, standpoints: Sequence[Standpoint], wanted: Sequence[Wanted], now: datetime
) -> list[Made]:
    """Manifests of promotions for any number of stores: a constant number of statements. Raises Busy."""
    for _look in range(_LOOKS):
        bring_up_to_date(session, now)
        made = keep(session, promotion_entries(standpoints), wanted)
        if len(made) == len(wanted):
            return made
    raise Busy("The promotions are being edited at the moment; try again.")


def _promotions(session: Session, standing: Standing, today: date, now: datetime) -> State:
    store_id, brand_id = standing.store.id, standing.brand.id
    settings, _origins = effective_settings(session, store_id=store_id, brand_id=brand_id)
    standpoint = Standpoint(store_id, brand_id, settings.window(today), settings.include_inactive)
    wanted = Wanted(store_id, brand_id, PROMOTIONS, standing.version, today, remembered(settings, standing.forced))
    (made,) = keep_promotions(session, [standpoint], [wanted], now)
    return _state(made, wanted, now)


def remembered(settings: SyncSettings, forced: int) -> dict[str, Any]:
    """What a state remembers of the settings in force: what answers tell of them."""
    return {
        "strategy": settings.sync_strategy,
        "future_days": settings.future_days,
        "past_days": settings.past_days,
        "max_promotions": settings.max_promotions_per_sync,
        "include_inactive": settings.include_inactive,
        "enable_compression": settings.enable_compression,
        "forced": forced,
    }


def _rows(session: Session, standing: Standing, listed: EdgeList, today: date) -> State:
    rows = rows_of(session, listed, standing)
    bodies = [canonical(row) for row in rows]
    entries = [Entry(row["id"], sha256(body)) for row, body in zip(rows, bodies, strict=True)]
    keep_objects(session, [(entry.checksum, body.decode()) for entry, body in zip(entries, bodies, strict=True)])
    store_id = standing.store.id if standing.store is not None else None
    brand_id = standing.brand.id if standing.brand is not None else None
    settings, _origins = effective_settings(session, store_id=store_id, brand_id=brand_id)
    remember = store_id is not None and brand_id is not None
    wanted = Wanted(
        store_id if remember else None,
        brand_id if remember else None,
        listed.name,
        standing.version,
        today,
        remembered(settings, standing.forced),
    )
    (made,) = keep(session, given_entries(entries), [wanted])
    return _state(made, wanted, made.built_at)


def _state(made: Made, wanted: Wanted, now: datetime) -> State:
    assert wanted.today is not None  # what is made for somebody is made for a day
    return State(
        manifest=made.digest,
        checksum=made.checksum,
        version=wanted.version,
        today=wanted.today,
        settings=wanted.settings or {},
        built_at=made.built_at,
        used_at=now,
        count=made.count,
    )


def _touch(session: Session, state: State, now: datetime) -> None:
    """Says once a day that a manifest is in use, so that it is kept."""
    if now - state.used_at > _DAY:
        table = EdgeManifest.__table__
        session.execute(
            table.update().where(table.c.digest == state.manifest).values(used_at=func.now())  # type: ignore[attr-defined]
        )
