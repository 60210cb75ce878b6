"""A promotion in the form that a till evaluates: self-contained, independent of the store, equal when nothing changed.

The checksum leaves out what says when it was compiled and how often the promotion had been used by then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.sync.domain.promotions.canonical import amount, amount_or_none, canonical, checksum, clock, ids, instant
from services.sync.domain.promotions.promotion import Promotion
from services.sync.domain.promotions.rules import rules_of

COMPILER_VERSION: Final = "1.0"
RULES_INCOMPLETE: Final = "RULES_INCOMPLETE"
COMPILE_FAILED: Final = "COMPILE_FAILED"


@dataclass(frozen=True, slots=True)
class Compiled:
    """`error` is why the rules cannot be applied; such a promotion is delivered and told of all the same."""

    content: dict[str, Any]
    checksum: str
    error: str | None

    @property
    def body(self) -> bytes:
        return canonical(self.content)


def compile_promotion(promotion: Promotion, *, compiled_at: datetime) -> Compiled:
    """Raises ValueError, TypeError or ArithmeticError for values that no rule can be made of."""
    rules = rules_of(promotion)
    content = _identity(promotion) | {
        "validity": _validity(promotion),
        "scope": _scope(promotion),
        "targeting": _targeting(promotion),
        "rules": rules,
        "limits": _limits(promotion),
        "conditions": {
            "min_purchase": amount(promotion.min_purchase),
            "min_quantity": promotion.min_quantity,
            "min_items": promotion.min_items,
        },
        "combination": {
            "priority": promotion.priority,
            "cannot_combine_with": ids(promotion.cannot_combine_with),
        },
        "compiler_version": COMPILER_VERSION,
    }
    if promotion.is_cross_brand:
        content["cross_brand"] = _cross_brand(promotion)
    mark = content_checksum(content)
    return Compiled(content | {"compiled_at": instant(compiled_at), "checksum": mark}, mark, rules.get("error"))


def content_checksum(content: dict[str, Any]) -> str:
    """What an edge recomputes to prove that it holds a promotion as it was compiled."""
    limits = {name: value for name, value in content["limits"].items() if name != "current_uses"}
    kept = {name: value for name, value in content.items() if name not in ("checksum", "compiled_at")}
    return checksum(kept | {"limits": limits})


def _identity(promotion: Promotion) -> dict[str, Any]:
    return {
        "id": str(promotion.id),
        "code": promotion.code,
        "name": promotion.name,
        "description": promotion.description,
        "terms_conditions": promotion.terms_conditions,
        "company_id": str(promotion.company_id),
        "brand_id": None if promotion.brand_id is None else str(promotion.brand_id),
        "promo_type": promotion.promo_type,
        "apply_to": promotion.apply_to,
        "execution_stage": promotion.execution_stage,
        "execution_priority": promotion.execution_priority,
        "is_active": promotion.is_active,
        "is_auto_apply": promotion.is_auto_apply,
        "require_voucher": promotion.require_voucher,
        "member_only": promotion.member_only,
        "is_stackable": promotion.is_stackable,
    }


def _validity(promotion: Promotion) -> dict[str, Any]:
    return {
        "start_date": promotion.start_date.isoformat(),
        "end_date": promotion.end_date.isoformat(),
        "time_start": clock(promotion.valid_time_start),
        "time_end": clock(promotion.valid_time_end),
        "days_of_week": list(promotion.valid_days),
        "exclude_holidays": promotion.exclude_holidays,
    }


def _scope(promotion: Promotion) -> dict[str, Any]:
    names = {
        "category": ("categories", "exclude_categories"),
        "product": ("products", "exclude_products"),
        "all": ("exclude_categories", "exclude_products"),
    }.get(promotion.apply_to, ())
    return {"apply_to": promotion.apply_to} | {name: ids(getattr(promotion, name)) for name in names}


def _targeting(promotion: Promotion) -> dict[str, Any]:
    brands: str | list[str] = "all"
    if promotion.scope == "brands":
        brands = ids(promotion.brands)
    elif promotion.scope == "single":
        brands = ids([promotion.brand_id] if promotion.brand_id else [])
    optional = {
        "exclude_brands": ids(promotion.exclude_brands),
        "member_tiers": list(promotion.member_tiers),
        "sales_channels": list(promotion.sales_channels),
        "exclude_channels": list(promotion.exclude_channels),
    }
    return {
        "stores": "all" if promotion.all_stores else ids(promotion.stores),
        "brands": brands,
        "member_only": promotion.member_only,
        "customer_type": promotion.customer_type,
    } | _not_empty(optional.items())


def _not_empty(members: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    return {name: values for name, values in members if values}


def _limits(promotion: Promotion) -> dict[str, Any]:
    return {
        "max_uses": promotion.max_uses,
        "max_uses_per_customer": promotion.max_uses_per_customer,
        "max_uses_per_day": promotion.max_uses_per_day,
        "current_uses": promotion.current_uses,
        "exhausted": promotion.is_exhausted,
    }


def _cross_brand(promotion: Promotion) -> dict[str, Any]:
    return {
        "enabled": True,
        "type": promotion.cross_brand_type,
        "trigger_brands": ids(promotion.trigger_brands),
        "trigger_min_amount": amount_or_none(promotion.trigger_min_amount),
        "benefit_brands": ids(promotion.benefit_brands),
        "rules": promotion.cross_brand_rules or {},
    }
