"""The naming structure: platforms, fields, dimensions, values, rules, submissions, members, the workspace."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.models import (
    Base,
    Constraint,
    Detail,
    Dimension,
    DimensionValue,
    Field,
    Member,
    Platform,
    Rule,
    RuleDetail,
    String,
    Submission,
    Workspace,
)
from services.propagation.operations import constraints, references, settings
from shared.errors import AlreadyExists, InUse, Invalid
from shared.locking import named_lock
from shared.tenancy import tenant_of

Values = dict[str, Any]
Prepare = Callable[[Session, Any, Values], Values]


def prepared(session: Session, row: Base, values: Values) -> Values:
    """What a change would store, after the checks of its kind."""
    return PREPARE[type(row)](session, row, values)


def _platform(session: Session, row: Platform | None, values: Values) -> Values:
    return _with_slug(session, Platform, row, values)


def _field(session: Session, row: Field | None, values: Values) -> Values:
    platform_id = references.fixed(row, values, "platform_id")
    references.demand_reference(session, Platform, platform_id, "/platform")
    next_field = references.demand_reference(session, Field, values.get("next_field_id"), "/next_field")
    level: int = values["field_level"] if row is None else values.get("field_level", row.field_level)
    if row is not None and level != row.field_level:
        named = select(String.id).where(String.tenant_id == row.tenant_id, String.field_id == row.id).limit(1)
        if session.scalar(named) is not None:
            raise InUse("Strings stand at this field; its level cannot change.")
    if next_field and (next_field.platform_id != platform_id or next_field.field_level != level + 1):
        detail = "The next field is of the same platform and exactly one level lower."
        raise Invalid.field("/next_field", "invalid_next_field", detail)
    return values


def _dimension(session: Session, row: Dimension | None, values: Values) -> Values:
    references.demand_reference(session, Dimension, values.get("parent_id"), "/parent")
    if row is not None and values.get("parent_id", row.parent_id) != row.parent_id:
        # Two at once could otherwise close a circle that neither of them sees.
        named_lock(session, tenant_of(session), "parents of dimensions")
        references.demand_acyclic(session, Dimension, row, values["parent_id"])
        _demand_free_values(session, row)
    if row and values.get("type", row.type) != row.type and _is_used(session, row):
        raise Invalid.field("/type", "immutable_field", "The type is fixed once a detail uses the dimension.")
    if row is not None and values.get("name", row.name) != row.name:
        settings.rename_dimension(session, row.name, values["name"])
    return _with_slug(session, Dimension, row, values)


def _demand_free_values(session: Session, dimension: Dimension) -> None:
    """Raises InUse while values belong to values of the present parent dimension."""
    bound = select(DimensionValue.id).where(
        DimensionValue.tenant_id == dimension.tenant_id,
        DimensionValue.dimension_id == dimension.id,
        DimensionValue.parent_id.is_not(None),
    )
    if session.scalar(bound.limit(1)) is not None:
        raise InUse("Values of this dimension belong to values of its parent dimension; set them free first.")


def _is_used(session: Session, dimension: Dimension) -> bool:
    used = select(Detail.id).where(Detail.dimension_id == dimension.id).limit(1)
    return session.scalar(used) is not None


def _dimension_value(session: Session, row: DimensionValue | None, values: Values) -> Values:
    dimension_id = references.fixed(row, values, "dimension_id")
    dimension = references.demand_reference(session, Dimension, dimension_id, "/dimension")
    if dimension.type != "list":
        raise Invalid.field("/dimension", "type_mismatch", "Only a list dimension has values.")
    parent = references.demand_reference(session, DimensionValue, values.get("parent_id"), "/parent")
    if parent and parent.dimension_id != dimension.parent_id:
        raise Invalid.field("/parent", "wrong_dimension", "The parent is a value of the dimension's parent dimension.")
    _demand_order_of_dates(row, values)
    if row is None or values.get("value", row.value) != row.value:
        constraints.demand_kept(session, dimension, values["value"])
    if row is None:
        values.setdefault("label", values["value"])
    return values


def _demand_order_of_dates(row: DimensionValue | None, values: Values) -> None:
    start: date | None = values.get("valid_from", row.valid_from if row else None)
    end: date | None = values.get("valid_until", row.valid_until if row else None)
    if start and end and end < start:
        raise Invalid.field("/valid_until", "order_of_dates", "valid_until lies before valid_from.")


def _rule(session: Session, row: Rule | None, values: Values) -> Values:
    platform_id = references.fixed(row, values, "platform_id")
    references.demand_reference(session, Platform, platform_id, "/platform")
    if values.get("is_default"):
        others = select(Rule.id).where(
            Rule.platform_id == platform_id, Rule.is_default, Rule.id != (row.id if row else 0)
        )
        if session.scalar(others) is not None:
            raise AlreadyExists("This platform has a default rule already.")
    return _with_slug(session, Rule, row, values)


def _rule_detail(session: Session, row: RuleDetail | None, values: Values) -> Values:
    rule = references.demand_reference(session, Rule, references.fixed(row, values, "rule_id"), "/rule")
    field = references.demand_reference(session, Field, references.fixed(row, values, "field_id"), "/field")
    references.demand_reference(session, Dimension, values.get("dimension_id"), "/dimension")
    if field.platform_id != rule.platform_id:
        raise Invalid.field("/field", "wrong_platform", "The field belongs to another platform than the rule.")
    return values if row else values | {"platform_id": rule.platform_id}


def ordered_parts(session: Session, rule_id: int, field_id: int) -> list[RuleDetail]:
    """The parts of a rule at one field, in their order."""
    found = select(RuleDetail).where(
        RuleDetail.tenant_id == tenant_of(session), RuleDetail.rule_id == rule_id, RuleDetail.field_id == field_id
    )
    return list(session.scalars(found.order_by(RuleDetail.dimension_order)))


def demand_no_gap(session: Session, rule_id: int, field_id: int, *, joining: int, leaving: int | None = None) -> None:
    """Raises Invalid if names are built here and the orders would not be 1..n any more; while a rule is being
    written, gaps may be stored."""
    named = select(String.id).where(
        String.tenant_id == tenant_of(session), String.rule_id == rule_id, String.field_id == field_id
    )
    if session.scalar(named.limit(1)) is None:
        return
    orders = select(RuleDetail.dimension_order).where(
        RuleDetail.tenant_id == tenant_of(session), RuleDetail.rule_id == rule_id, RuleDetail.field_id == field_id
    )
    found = [order for order in session.scalars(orders) if order != leaving] + [joining]
    if sorted(found) != list(range(1, len(found) + 1)):
        detail = f"The orders would be {sorted(found)}, not 1 to {len(found)}."
        raise Invalid.field("/dimension_order", "order_not_contiguous", detail)


def _submission(session: Session, row: Submission | None, values: Values) -> Values:
    rule = references.demand_reference(session, Rule, values.get("rule_id", row.rule_id if row else None), "/rule")
    field_id = values.get("starting_field_id", row.starting_field_id if row else None)
    field = references.demand_reference(session, Field, field_id, "/starting_field")
    references.demand_reference(session, String, values.get("selected_parent_string_id"), "/selected_parent_string")
    if field.platform_id != rule.platform_id:
        detail = "The field belongs to another platform than the rule."
        raise Invalid.field("/starting_field", "wrong_platform", detail)
    return _with_slug(session, Submission, row, values)


def _member(_session: Session, row: Member | None, values: Values) -> Values:
    if row is not None:
        references.fixed(row, values, "user_id")
        return values
    return {"name": values["user_id"]} | values


def _workspace(_session: Session, _row: Workspace, values: Values) -> Values:
    zone = values.get("time_zone")
    if zone is not None and zone not in available_timezones():
        raise Invalid.field(
            "/time_zone", "unknown_time_zone", f"{zone} is no time zone; take a name like Europe/Berlin."
        )
    if zone is not None:
        ZoneInfo(zone)
    return values


# What a new row (None) or a change would store, after the checks of its kind.
PREPARE: Mapping[type[Base], Prepare] = {
    Platform: _platform,
    Field: _field,
    Dimension: _dimension,
    DimensionValue: _dimension_value,
    Constraint: constraints.prepare,
    Rule: _rule,
    RuleDetail: _rule_detail,
    Submission: _submission,
    Member: _member,
    Workspace: _workspace,
}


def _with_slug(session: Session, model: type[Any], row: Any, values: Values) -> Values:
    """A new row without a slug gets one made from its name; `-1`, `-2`, … where that is taken."""
    if row is not None or values.get("slug"):
        return values
    stem = re.sub("[^a-z0-9]+", "-", values["name"].lower()).strip("-")[:46] or "x"
    like = select(model.slug).where(model.tenant_id == tenant_of(session), model.slug.startswith(stem, autoescape=True))
    taken = set(session.scalars(like))
    free = (f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return values | {"slug": stem if stem not in taken else next(slug for slug in free if slug not in taken)}
