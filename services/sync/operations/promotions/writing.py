"""Makes, changes and deletes promotions with all that belongs to them; any change of a part is one of the promotion."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, insert, select
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import Session

from services.sync.domain.promotions.drafts import Fault, faults, scope_of, warnings
from services.sync.models import (
    Brand,
    MenuCategory,
    MenuProduct,
    Promotion,
    PromotionLink,
    PromotionPackage,
    PromotionPackageItem,
    PromotionTier,
    Store,
)
from services.sync.models.promotions.promotions import LINKS
from services.sync.operations.edges.refusals import CodeTaken
from services.sync.operations.promotions.reference import refuse_new_id
from services.sync.queries.promotion_parts import Parts, parts_of
from shared import editing
from shared.auditing.classification import diff
from shared.auditing.models import EventType
from shared.errors import AlreadyExists, FieldError, Invalid
from shared.tenancy import context_of, tenant_of

Values = dict[str, Any]

PARTS: Final = frozenset({*LINKS, "tiers", "package"})
_MODELS: Final[Mapping[str, type[Any]]] = {
    "brands": Brand,
    "stores": Store,
    "menu_categories": MenuCategory,
    "menu_products": MenuProduct,
    "promotions": Promotion,
}
_NAMED: Final[Mapping[str, str]] = {
    "brand_id": "brands",
    "get_product": "menu_products",
    "required_product": "menu_products",
    "upsell_product": "menu_products",
}
_COLUMNS: Final = tuple(each.key for each in inspect(Promotion).column_attrs)


def whole_of(row: Promotion, parts: Parts) -> Values:
    """The promotion with its parts, as it is shown."""
    return {name: getattr(row, name) for name in _COLUMNS} | dict(parts)


def warnings_of(row: Promotion, parts: Parts) -> list[Fault]:
    return warnings(whole_of(row, parts))


def create(session: Session, body: Values) -> tuple[Promotion, Parts]:
    """Raises CodeTaken, AlreadyExists, Invalid per field."""
    refuse_new_id(session, Promotion, None, body)
    _demand_free_code(session, body["code"], None)
    values = body | {"scope": scope_of(body)}
    _demand_sound(session, values)
    own = {name: value for name, value in values.items() if name not in PARTS}
    row = Promotion(tenant_id=tenant_of(session), created_by=context_of(session).actor, **own)
    session.add(row)
    _flush(session, row)
    session.refresh(row)
    parts = parts_of(session, [row.id])[row.id] | _parts(values)
    _write_parts(session, row.id, parts, PARTS)
    editing.audit(session, row, "created", event_type=EventType.CREATED)
    return row, parts_of(session, [row.id])[row.id]


def change(session: Session, row: Promotion, body: Values) -> Parts:
    """Stores what differs; a change that changes nothing leaves no trace. Returns the parts. Raises as `create`."""
    refuse_new_id(session, Promotion, row, body)
    before = parts_of(session, [row.id])[row.id]
    whole = whole_of(row, before)
    values = body | _scope_after(whole, body)
    if "code" in values:
        _demand_free_code(session, values["code"], row.id)
    _demand_sound(session, whole | values, only=values)
    changed = {name: value for name, value in values.items() if not _same(whole[name], value)}
    if not changed:
        return before
    for name in changed.keys() - PARTS:
        setattr(row, name, changed[name])
    # Written even where only parts differ: version and time of the promotion are those of the whole.
    row.updated_at = func.now()
    _flush(session, row)
    session.refresh(row)
    _write_parts(session, row.id, changed, PARTS & changed.keys())
    editing.audit(session, row, "updated", changes=diff({name: whole[name] for name in changed}, changed))
    return parts_of(session, [row.id])[row.id]


def delete(session: Session, row: Promotion) -> None:
    """Leaves a tombstone; code and name in the shop are free again."""
    session.execute(delete_rows(PromotionPackage).where(PromotionPackage.promotion_id == row.id))
    editing.delete(session, row)


def _parts(values: Values) -> Parts:
    return {name: values[name] for name in PARTS & values.keys()}


def _scope_after(whole: Values, body: Values) -> Values:
    """The scope that a change leads to: asked anew where the brands change and the scope is not named."""
    if not {"scope", "brand_id", "brands"} & body.keys():
        return {}
    merged = whole | body
    if "scope" not in body:
        merged["scope"] = None if body.keys() & {"brand_id", "brands"} else whole["scope"]
    return {"scope": scope_of(merged)}


def _same(stored: Any, given: Any) -> bool:
    if isinstance(stored, list) and isinstance(given, list) and all(isinstance(each, uuid.UUID) for each in stored):
        return stored == sorted(given)
    if isinstance(stored, (list, dict)) or isinstance(given, (list, dict)):
        return diff({"": stored}, {"": given}) == {}
    return bool(stored == given)


def _demand_free_code(session: Session, code: str, own_id: uuid.UUID | None) -> None:
    taken = select(Promotion.id).where(Promotion.code == code, Promotion.deleted_at.is_(None))
    found = session.scalar(taken)
    if found is not None and found != own_id:
        raise CodeTaken(code)


def _flush(session: Session, row: Promotion) -> None:
    try:
        editing.flush(session, "promotion")
    except AlreadyExists as failure:
        if failure.members.get("constraint") == "uq_promotions_code":
            raise CodeTaken(row.code) from failure
        raise


def _demand_sound(session: Session, whole: Values, *, only: Values | None = None) -> None:
    """Raises Invalid with one entry per field: rules of the whole, and ids (of `only`) that are nobody's."""
    found = [FieldError(f"/{fault.field}", fault.code, fault.text) for fault in faults(whole)]
    found += _unknown(session, whole if only is None else only)
    if found:
        code = found[0].code if len(found) == 1 else "invalid"
        raise Invalid(found[0].detail, code=code, errors=found)


def _unknown(session: Session, values: Values) -> list[FieldError]:
    """One statement for each kind of thing that is named."""
    named: dict[str, list[tuple[str, uuid.UUID]]] = {}
    for pointer, table, target in _mentions(values):
        named.setdefault(table, []).append((pointer, target))
    errors = []
    for table, mentions in named.items():
        model = _MODELS[table]
        wanted = {target for _pointer, target in mentions}
        known = set(session.scalars(select(model.id).where(model.id.in_(wanted), model.deleted_at.is_(None))))
        errors += [
            FieldError(pointer, "unknown_reference", f"There is no such row: {target}.")
            for pointer, target in mentions
            if target not in known
        ]
    return errors


def _mentions(values: Values) -> Iterable[tuple[str, str, uuid.UUID]]:
    for name, table in _NAMED.items():
        if values.get(name) is not None:
            yield f"/{name}", table, values[name]
    for name, table in LINKS.items():
        for place, target in enumerate(values.get(name) or []):
            yield f"/{name}/{place}", table, target
    yield from _mentions_of_parts(values)


def _mentions_of_parts(values: Values) -> Iterable[tuple[str, str, uuid.UUID]]:
    if (values.get("mix_match_rules") or {}).get("category_id") is not None:
        yield "/mix_match_rules/category_id", "menu_categories", uuid.UUID(values["mix_match_rules"]["category_id"])
    for place, tier in enumerate(values.get("tiers") or []):
        if tier.get("free_product") is not None:
            yield f"/tiers/{place}/free_product", "menu_products", tier["free_product"]
    for place, item in enumerate((values.get("package") or {}).get("items") or []):
        for name, table in (("product", "menu_products"), ("category", "menu_categories")):
            if item.get(name) is not None:
                yield f"/package/items/{place}/{name}", table, item[name]


def _write_parts(session: Session, promotion_id: uuid.UUID, parts: Parts, names: Iterable[str]) -> None:
    """Puts these parts in the place of the stored ones: a constant number of statements."""
    names, key = set(names), {"tenant_id": tenant_of(session), "promotion_id": promotion_id}
    roles = names & LINKS.keys()
    if roles:
        session.execute(
            delete_rows(PromotionLink).where(
                PromotionLink.promotion_id == promotion_id, PromotionLink.role.in_(sorted(roles))
            )
        )
        links = [key | {"role": role, "target_id": target} for role in sorted(roles) for target in set(parts[role])]
        _insert(session, PromotionLink, links)
    if "tiers" in names:
        session.execute(delete_rows(PromotionTier).where(PromotionTier.promotion_id == promotion_id))
        _insert(session, PromotionTier, [key | tier for tier in parts["tiers"]])
    if "package" in names:
        session.execute(delete_rows(PromotionPackage).where(PromotionPackage.promotion_id == promotion_id))
        package = parts["package"]
        if package is not None:
            own = {name: value for name, value in package.items() if name != "items"}
            _insert(session, PromotionPackage, [key | own])
            _insert(session, PromotionPackageItem, [key | item for item in package.get("items") or []])


def _insert(session: Session, model: type[Any], rows: list[Values]) -> None:
    if rows:
        session.execute(insert(model), rows)
