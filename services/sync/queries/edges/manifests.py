"""Manifests: kept by their content, and remembered for the stores that must hold them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    Date,
    Select,
    and_,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import (
    ARRAY,
    BIGINT,
    INTEGER,
    JSONB,
    TEXT,
    UUID,
    aggregate_order_by,
    distinct_on,
    insert,
)
from sqlalchemy.orm import Session

from services.sync.domain.promotions.manifests import Entry
from services.sync.models import EdgeManifest, EdgeState, PromotionCompilation
from services.sync.queries.compiling import of_promotion, stale
from services.sync.queries.selection import Standpoint, in_order, selection

# Nobody may be told a time at which a change was still under way that its own time will lie before.
_NOTHING_UNDER_WAY_BEFORE = text(
    "least(now(), (select min(xact_start) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid()))"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """For whom a manifest is made. It is remembered as the state of a list where a store is named."""

    store_id: uuid.UUID | None = None
    brand_id: uuid.UUID | None = None
    listed: str = ""
    version: int = 0
    today: date | None = None
    settings: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A manifest as it is kept. `errors` are those of its promotions."""

    n: int
    digest: str
    checksum: str
    built_at: datetime
    count: int


def promotion_entries(standpoints: Sequence[Standpoint]) -> Select[Any]:
    """What each standpoint must hold; `is_stale` where a promotion has to be compiled first."""
    chosen = selection(standpoints).cte("chosen")
    position = func.row_number().over(partition_by=chosen.c.n, order_by=in_order(chosen))
    compiled = PromotionCompilation
    return select(
        chosen.c.n,
        chosen.c.id,
        compiled.checksum,
        compiled.error,
        stale(chosen.c).label("is_stale"),
        position.label("position"),
    ).outerjoin_from(chosen, compiled, of_promotion(chosen.c))


def given_entries(entries: Sequence[Entry]) -> Select[Any]:
    """Entries that are known already, for one."""
    rows = (
        func.unnest(
            literal([uuid.UUID(entry.id) for entry in entries], ARRAY(UUID)),
            literal([entry.checksum for entry in entries], ARRAY(TEXT)),
        )
        .table_valued(column("id", UUID), column("checksum", TEXT), with_ordinality="position")
        .render_derived(name="given")
    )
    return select(
        literal(0).label("n"),
        rows.c.id,
        rows.c.checksum,
        cast(null(), JSONB).label("error"),
        false().label("is_stale"),
        rows.c.position,
    )


def keep(session: Session, entries: Select[Any], wanted: Sequence[Wanted]) -> list[Made]:
    """Keeps the manifest of each of those for whom it is wanted, all in one statement and so of one state.

    Whoever has a stale entry is left out of the result: the promotions are to be compiled, and this asked again.
    """
    whole = _whole(entries, wanted)
    good = ~whole.c.is_stale
    put = insert(EdgeManifest).from_select(
        ["digest", "checksum", "ids", "checksums", "errors"],
        select(whole.c.digest, whole.c.checksum, whole.c.ids, whole.c.checksums, whole.c.errors)
        .ext(distinct_on(whole.c.digest))
        .where(good)
        .order_by(whole.c.digest),
    )
    kept = (
        put.on_conflict_do_update(index_elements=["tenant_id", "digest"], set_={"used_at": func.now()})
        .returning(EdgeManifest.digest, EdgeManifest.created_at)
        .cte("kept")
    )
    states = _remembered(whole, good).cte("remembered")
    found = (
        select(
            whole.c.n,
            whole.c.digest,
            whole.c.checksum,
            func.coalesce(states.c.built_at, kept.c.created_at).label("built_at"),
            func.cardinality(whole.c.ids).label("count"),
        )
        .join_from(whole, kept, kept.c.digest == whole.c.digest)
        .outerjoin(
            states,
            and_(
                states.c.store_id == whole.c.store_id,
                states.c.brand_id == whole.c.brand_id,
                states.c.list == whole.c.listed,
            ),
        )
        .where(good)
        .order_by(whole.c.n)
    )
    return [Made(*row) for row in session.execute(found)]


def entries_of(session: Session, digests: Sequence[str]) -> dict[str, tuple[list[Entry], list[dict[str, Any]]]]:
    """Entries in order and errors, by digest; a manifest that has been forgotten is left out."""
    manifest = EdgeManifest
    found = select(manifest.digest, manifest.ids, manifest.checksums, manifest.errors).where(
        manifest.digest.in_(set(digests))
    )
    return {
        row.digest: ([Entry(str(each), mark) for each, mark in zip(row.ids, row.checksums, strict=True)], row.errors)
        for row in session.execute(found)
    }


def _whole(entries: Select[Any], wanted: Sequence[Wanted]) -> CTE:
    """One row for each of those for whom a manifest is wanted, an empty manifest included."""
    for_whom = _table_of(wanted)
    entry = entries.cte("entry")
    has_checksum = entry.c.checksum.is_not(None)
    line = entry.c.id.cast(TEXT) + ":" + entry.c.checksum
    # Failures belong to the state, though not to what edges prove: they are told with the first page.
    whole_line = entry.c.id.cast(TEXT) + ":" + func.concat(entry.c.checksum, entry.c.error.cast(TEXT))
    by_position = entry.c.position
    return (
        select(
            for_whom.c.n,
            for_whom.c.store_id,
            for_whom.c.brand_id,
            for_whom.c.listed,
            for_whom.c.version,
            for_whom.c.today,
            for_whom.c.settings,
            func.coalesce(func.bool_or(entry.c.is_stale), false()).label("is_stale"),
            _array(entry.c.id, by_position, has_checksum, UUID).label("ids"),
            _array(entry.c.checksum, by_position, has_checksum, TEXT).label("checksums"),
            _sha256(_joined(line, entry.c.id).filter(has_checksum)).label("checksum"),
            _sha256(_joined(whole_line, by_position)).label("digest"),
            func.coalesce(
                func.jsonb_agg(aggregate_order_by(entry.c.error, by_position)).filter(entry.c.error.is_not(None)),
                text("'[]'::jsonb"),
            ).label("errors"),
        )
        .select_from(for_whom)
        .outerjoin(entry, entry.c.n == for_whom.c.n)
        .group_by(*(each for each in for_whom.c))
        .cte("whole")
    )


def _array(values: Any, order: Any, condition: Any, kind: Any) -> Any:
    gathered = func.array_agg(aggregate_order_by(values, order)).filter(condition)
    return func.coalesce(gathered, cast(literal([], ARRAY(kind)), ARRAY(kind)))


def _joined(line: Any, order: Any) -> Any:
    return func.string_agg(line, aggregate_order_by(literal("\n", TEXT), order))


def _sha256(content: Any) -> Any:
    return func.encode(func.sha256(func.convert_to(func.coalesce(content, ""), "UTF8")), "hex")


def _remembered(whole: CTE, good: Any) -> Any:
    """The states, built anew or found to hold still; what has not changed keeps the time at which it was built."""
    names = ["store_id", "brand_id", "list", "manifest", "version", "today", "settings", "built_at"]
    values = [whole.c[name] for name in ("store_id", "brand_id", "listed", "digest", "version", "today", "settings")]
    put = insert(EdgeState).from_select(
        names,
        select(*values, _NOTHING_UNDER_WAY_BEFORE).where(good, whole.c.store_id.is_not(None)).order_by(*values[:3]),
    )
    same = EdgeState.manifest == put.excluded.manifest
    changed: dict[str, Any] = {name: put.excluded[name] for name in names[3:7]}
    changed["built_at"] = case((same, EdgeState.built_at), else_=put.excluded.built_at)
    return put.on_conflict_do_update(
        index_elements=["tenant_id", "store_id", "brand_id", "list"],
        set_=changed,
        # Whoever looked earlier and comes later must not take the state back.
        where=or_(EdgeState.version <= put.excluded.version, same),
    ).returning(EdgeState.store_id, EdgeState.brand_id, EdgeState.list, EdgeState.built_at)


def _table_of(wanted: Sequence[Wanted]) -> Any:
    rows = [
        {
            "n": n,
            "store_id": each.store_id,
            "brand_id": each.brand_id,
            "listed": each.listed,
            "version": each.version,
            "today": each.today,
            "settings": each.settings,
        }
        for n, each in enumerate(wanted)
    ]
    return (
        func.jsonb_to_recordset(bindparam("wanted", rows, JSONB))
        .table_valued(
            column("n", INTEGER),
            column("store_id", UUID),
            column("brand_id", UUID),
            column("listed", TEXT),
            column("version", BIGINT),
            column("today", Date),
            column("settings", JSONB),
        )
        .render_derived(name="wanted", with_types=True)
    )
