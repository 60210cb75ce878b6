"""What belongs to promotions beside their own rows: sets, tiers, packages; for any number in four statements."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import Session

from services.sync.models import PromotionLink, PromotionPackage, PromotionPackageItem, PromotionTier
from services.sync.models.promotions.promotions import LINKS

Parts = dict[str, Any]
_NOT_SHOWN: Final = frozenset({"tenant_id", "promotion_id"})


def parts_of(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Parts]:
    """Id to its sets (sorted ids by name), `tiers` (in order) and `package` (None where there is none)."""
    found: dict[uuid.UUID, Parts] = {
        each: {role: [] for role in LINKS} | {"tiers": [], "package": None} for each in ids
    }
    link = PromotionLink
    sets = (
        select(link.promotion_id, link.role, func.array_agg(link.target_id).label("targets"))
        .where(link.promotion_id.in_(ids))
        .group_by(link.promotion_id, link.role)
    )
    for row in session.execute(sets):
        found[row.promotion_id][row.role] = sorted(row.targets)
    for each in _rows(session, PromotionTier, ids, PromotionTier.tier_order):
        found[each.promotion_id]["tiers"].append(_values(each))
    for each in _rows(session, PromotionPackage, ids, PromotionPackage.promotion_id):
        found[each.promotion_id]["package"] = _values(each) | {"items": []}
    for each in _rows(session, PromotionPackageItem, ids, PromotionPackageItem.sort_order):
        found[each.promotion_id]["package"]["items"].append(_values(each))
    return found


def _nothing() -> Parts:
    return {role: [] for role in LINKS} | {"tiers": [], "package": None}


def _rows(session: Session, model: Any, ids: Collection[uuid.UUID], order: Any) -> Any:
    wanted = select(model).where(model.promotion_id.in_(ids)).order_by(model.promotion_id, order)
    return session.scalars(wanted.execution_options(populate_existing=True))


def _values(row: Any) -> Parts:
    return {each.key: getattr(row, each.key) for each in inspect(type(row)).column_attrs if each.key not in _NOT_SHOWN}
