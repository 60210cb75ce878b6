"""What the compiler reads, each time in one statement and so in one state; and what it has compiled."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Text, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.sync.domain.promotions import promotion as domain
from services.sync.domain.promotions.compiling import COMPILER_VERSION
from services.sync.models import (
    EdgeObject,
    Promotion,
    PromotionCompilation,
    PromotionLink,
    PromotionPackage,
    PromotionPackageItem,
    PromotionTier,
)

_KEPT_OUT = frozenset({"tenant_id", "created_at", "updated_at", "created_by", "deleted_at", "exhausted_changed_at"})
_OWN = [each for each in inspect(Promotion).column_attrs if each.key not in _KEPT_OUT]


def stale(promotion: Any = Promotion) -> ColumnElement[bool]:
    """Whether a promotion, outer-joined to its compilation, has moved on since (or was never compiled)."""
    compiled = PromotionCompilation
    return or_(
        compiled.promotion_id.is_(None),
        compiled.version != promotion.version,
        compiled.is_exhausted != promotion.is_exhausted,
        compiled.compiler_version != COMPILER_VERSION,
    )


def of_promotion(promotion: Any = Promotion) -> ColumnElement[bool]:
    """Joins compilations to promotions, or to the columns of a query that has selected some."""
    compiled = PromotionCompilation
    return and_(compiled.tenant_id == promotion.tenant_id, compiled.promotion_id == promotion.id)


def stale_promotions(session: Session) -> list[tuple[int, domain.Promotion]]:
    """All that have to be compiled again, with their versions, in the order of their ids."""
    statement = (
        select(*(getattr(Promotion, each.key) for each in _OWN), _links(), _tiers(), _package())
        .outerjoin(PromotionCompilation, of_promotion())
        .where(Promotion.deleted_at.is_(None), stale())
        .order_by(Promotion.id)
    )
    tenant_id = session.info["context"].tenant_id
    return [_read(dict(row), tenant_id) for row in session.execute(statement).mappings()]


def compiled_objects(session: Session, ids: Sequence[uuid.UUID] | None) -> list[Any]:
    """(id, code, body, error) of the promotions that are not deleted; all of them, in query order, without `ids`."""
    statement = (
        select(Promotion.id, Promotion.code, EdgeObject.body, PromotionCompilation.error)
        .join(PromotionCompilation, of_promotion())
        .outerjoin(
            EdgeObject,
            and_(
                EdgeObject.tenant_id == PromotionCompilation.tenant_id,
                EdgeObject.checksum == PromotionCompilation.checksum,
            ),
        )
        .where(Promotion.deleted_at.is_(None))
        .order_by(Promotion.execution_priority, Promotion.name, Promotion.id)
    )
    if ids is not None:
        statement = statement.where(Promotion.id.in_(ids))
    return list(session.execute(statement))


def bodies_of(session: Session, checksums: Sequence[str]) -> dict[str, str]:
    """Checksum to object as it is sent."""
    if not checksums:
        return {}
    found = select(EdgeObject.checksum, EdgeObject.body).where(
        EdgeObject.checksum == func.any(literal(list(checksums), ARRAY(TEXT)))
    )
    return {checksum: body for checksum, body in session.execute(found)}


def _read(row: dict[str, Any], company_id: uuid.UUID) -> tuple[int, domain.Promotion]:
    version, links = row.pop("version"), row.pop("links") or {}
    row.pop("is_exhausted")
    sets: dict[str, Any] = {role: tuple(map(uuid.UUID, targets)) for role, targets in links.items()}
    tiers = tuple(_tier(each) for each in row.pop("tiers") or ())
    package = row.pop("package")
    for name in ("payment_methods", "member_tiers", "sales_channels", "exclude_channels", "valid_days"):
        row[name] = tuple(row[name])
    return version, domain.Promotion(
        **row, **sets, company_id=company_id, tiers=tiers, package=_package_of(package) if package else None
    )


def _tier(values: dict[str, Any]) -> domain.Tier:
    return domain.Tier(**_typed(values, "min_amount max_amount discount_value points_multiplier", "free_product"))


def _package_of(values: dict[str, Any]) -> domain.Package:
    items = tuple(
        domain.PackageItem(**_typed(each, "upsell_price", "product category")) for each in values.pop("items") or ()
    )
    return domain.Package(**_typed(values, "package_price", ""), items=items)


def _typed(values: dict[str, Any], amounts: str, ids: str) -> dict[str, Any]:
    """JSON holds amounts and ids as text."""
    read: dict[str, Any] = {name: Decimal(values[name]) for name in amounts.split() if values[name] is not None}
    read |= {name: uuid.UUID(values[name]) for name in ids.split() if values[name] is not None}
    return values | read


def _links() -> Any:
    link = PromotionLink
    sets = (
        select(link.role, func.jsonb_agg(link.target_id).label("targets"))
        .where(link.tenant_id == Promotion.tenant_id, link.promotion_id == Promotion.id)
        .correlate(Promotion)
        .group_by(link.role)
        .subquery()
    )
    return select(func.jsonb_object_agg(sets.c.role, sets.c.targets)).scalar_subquery().label("links")


def _tiers() -> Any:
    tier = PromotionTier
    rows = _as_json(
        text=(tier.min_amount, tier.max_amount, tier.discount_value, tier.points_multiplier),
        plain=(tier.tier_name, tier.tier_order, tier.discount_type, tier.free_product, tier.is_active),
    )
    return _all_of(tier, rows, tier.tier_order).label("tiers")


def _package() -> Any:
    package, item = PromotionPackage, PromotionPackageItem
    items = _all_of(
        item,
        _as_json(
            text=(item.upsell_price,),
            plain=(
                item.item_type,
                item.product,
                item.category,
                item.quantity,
                item.is_required,
                item.min_selection,
                item.max_selection,
                item.sort_order,
            ),
        ),
        item.sort_order,
    )
    own = _as_json(
        text=(package.package_price,),
        plain=(
            package.package_name,
            package.package_sku,
            package.allow_modification,
            package.min_items,
            package.max_items,
            package.deduction_strategy,
        ),
    )
    whole = own.op("||")(func.jsonb_build_object("items", items))
    return (
        select(whole)
        .where(package.tenant_id == Promotion.tenant_id, package.promotion_id == Promotion.id)
        .correlate(Promotion)
        .scalar_subquery()
        .label("package")
    )


def _all_of(model: Any, row: ColumnElement[Any], order: Any) -> ScalarSelect[Any]:
    return (
        select(func.jsonb_agg(aggregate_order_by(row, order)))
        .where(model.tenant_id == Promotion.tenant_id, model.promotion_id == Promotion.id)
        .correlate(Promotion)
        .scalar_subquery()
    )


def _as_json(
    *, text: Sequence[InstrumentedAttribute[Any]], plain: Sequence[InstrumentedAttribute[Any]]
) -> ColumnElement[Any]:
    # Amounts go as text: a JSON number would come back as a binary fraction.
    pairs: list[Any] = []
    for each in text:
        pairs += [each.key, cast(each, Text)]
    for each in plain:
        pairs += [each.key, each]
    return func.jsonb_build_object(*pairs)
