"""Uses that tills report: each stored once, and counted in the same transaction."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT, BOOLEAN, JSONB, NUMERIC, TEXT, TIMESTAMP, distinct_on, insert
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE
from sqlalchemy.orm import Session

from services.sync.domain.promotions.usages import RowError, Usage, read_rows
from services.sync.models import AuditEvent, Brand, Promotion, PromotionUsage, Store
from services.sync.operations.edges.checking import bound_store
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.tenancy import context_of


@dataclass(frozen=True, slots=True)
class Stored:
    """`stores` are those whose uses were good."""

    created: int
    duplicates: int
    errors: list[RowError]
    total: int
    stores: frozenset[UUID] = frozenset()

    def as_answer(self) -> dict[str, Any]:
        return {
            "created": self.created,
            "duplicates": self.duplicates,
            "errors": [asdict(error) for error in self.errors],
            "total": self.total,
        }


def store_uses(session: Session, rows: list[Any], now: datetime) -> Stored:
    """Stores what is good of the rows; a repeat, also within them, is a duplicate. Statements do not grow with rows."""
    read, errors = read_rows(rows, now=now)
    good, refused = _known(session, read, rows)
    errors = sorted([*errors, *refused], key=lambda error: error.index)
    created = _insert(session, good) if good else 0
    if created:
        told = {"created": created, "duplicates": len(good) - created, "errors": len(errors)}
        record(
            session,
            AuditEvent,
            action="promotion_usages.stored",
            entity_type="promotion_usages",
            event_type=EventType.CREATED,
            metadata=told,
        )
    return Stored(created, len(good) - created, errors, len(rows), frozenset(usage.store_id for usage in good))


def _known(session: Session, read: Sequence[Usage], rows: list[Any]) -> tuple[list[Usage], list[RowError]]:
    """The rows whose promotion and store exist. The promotions are locked, in order, until they are counted."""
    if not read:
        return [], []
    promotions = _locked_promotions(session, {usage.promotion_id for usage in read})
    stores = _stores(session, {usage.store_id for usage in read})
    bound = bound_store(context_of(session))
    good, refused = [], []
    for usage in read:
        wrong = _what_is_wrong(usage, promotions, stores, bound)
        if wrong is None:
            good.append(usage)
        else:
            refused.append(RowError(usage.index, rows[usage.index], *wrong))
    return good, refused


def _what_is_wrong(
    usage: Usage, promotions: set[UUID], stores: dict[UUID, datetime | None], bound: str | None
) -> tuple[str, str] | None:
    if usage.promotion_id not in promotions:
        return "PROMOTION_NOT_FOUND", "There is no such promotion."
    if usage.store_id not in stores or (bound is not None and bound != str(usage.store_id)):
        return "STORE_NOT_FOUND", "There is no such store."
    switched_off_at = stores[usage.store_id]
    if switched_off_at is not None and usage.used_at > switched_off_at:
        return "STORE_INACTIVE", "The store had been switched off by then."
    return None


def _locked_promotions(session: Session, ids: set[UUID]) -> set[UUID]:
    """Those that exist; deleted ones count, for they may have been used before."""
    wanted = Promotion.id == func.any(literal(sorted(ids), ARRAY(UUID_TYPE)))
    return set(
        session.scalars(select(Promotion.id).where(wanted).order_by(Promotion.id).with_for_update(key_share=True))
    )


def _stores(session: Session, ids: set[UUID]) -> dict[UUID, datetime | None]:
    """Id to the time since when the store is off, itself or through its brand; None while it is on."""
    wanted = Store.id == func.any(literal(sorted(ids), ARRAY(UUID_TYPE)))
    off_since = func.least(_off_since(Store), _off_since(Brand)).label("off_since")
    found = (
        select(Store.id, off_since)
        .join(Brand, (Brand.tenant_id == Store.tenant_id) & (Brand.id == Store.brand_id))
        .where(wanted, Store.deleted_at.is_(None))
    )
    return {row.id: row.off_since for row in session.execute(found)}


def _off_since(model: type[Brand | Store]) -> Any:
    return case((~model.is_active, func.coalesce(model.switched_off_at, model.updated_at)))


def _insert(session: Session, good: Sequence[Usage]) -> int:
    """Inserts what is new and raises the counters by exactly that, in one statement."""
    table = PromotionUsage
    kept: dict[str, Any] = {
        "store_id": UUID_TYPE,
        "bill_id": TEXT,
        "promotion_id": UUID_TYPE,
        "discount_amount": NUMERIC,
        "used_at": TIMESTAMP(timezone=True),
        "customer_id": TEXT,
        "clock_suspect": BOOLEAN,
    }
    rows = [{name: getattr(usage, name) for name in kept} | {"n": usage.index} for usage in good]
    given = (
        func.jsonb_to_recordset(literal(rows, JSONB))
        .table_valued(*(column(name, kind) for name, kind in kept.items()), column("n", BIGINT))
        .render_derived(name="given", with_types=True)
    )
    key = (given.c.store_id, given.c.bill_id, given.c.promotion_id)
    first = select(*(given.c[name] for name in kept)).ext(distinct_on(*key)).order_by(*key, given.c.n)
    new = (
        insert(table)
        .from_select(list(kept), first)
        .on_conflict_do_nothing(index_elements=["tenant_id", "store_id", "bill_id", "promotion_id"])
        .returning(table.promotion_id)
        .cte("new")
    )
    per_promotion = select(new.c.promotion_id, func.count().label("uses")).group_by(new.c.promotion_id).cte("counted")
    uses = Promotion.current_uses + per_promotion.c.uses
    reached = (Promotion.current_uses < Promotion.max_uses) & (uses >= Promotion.max_uses)
    raised = (
        update(Promotion)
        .where(Promotion.id == per_promotion.c.promotion_id)
        .values(
            current_uses=uses,
            exhausted_changed_at=case((reached, func.now()), else_=Promotion.exhausted_changed_at),
            # Being used is no change of the promotion.
            updated_at=Promotion.updated_at,
        )
        .returning(Promotion.id)
        .cte("raised")
    )
    counted = select(func.count()).select_from(new).add_cte(raised)
    return int(session.scalar(counted) or 0)
