"""Which limit profile holds for a character, and which characters a change of profiles reaches."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from services.validation.domain.limits import DEFAULTS
from services.validation.models import Character, LimitProfile
from shared.tenancy import tenant_of

CONDITIONS = ("chronicle_id", "gameline_id", "character_type")
# What a condition weighs; no two profiles that match the same character weigh the same.
WEIGHTS = {"character_type": 4, "chronicle_id": 2, "gameline_id": 1}
LIMITS = tuple(DEFAULTS)


def best_for(session: Session, place: Mapping[str, Any]) -> LimitProfile | None:
    """The profile of a character in this place: `place` has its chronicle_id, gameline_id, character_type."""
    table = LimitProfile.__table__
    matching = select(LimitProfile).where(LimitProfile.tenant_id == tenant_of(session), _matches(table.c, place))
    return session.scalars(matching.order_by(_weight(table.c).desc()).limit(1)).one_or_none()


def after(session: Session, profile_id: int | None, values: Mapping[str, Any] | None) -> FromClause:
    """The profiles as they would be: without that of the id, and with one of these values (id 0) if there are any."""
    names = ("id", *CONDITIONS, *LIMITS)
    stored = select(*(getattr(LimitProfile, name) for name in names)).where(
        LimitProfile.tenant_id == tenant_of(session), LimitProfile.id != (profile_id or 0)
    )
    if values is None:
        return stored.subquery("profiles")
    types = {name: getattr(LimitProfile, name).type for name in names}
    new = select(*(literal({"id": 0, **values}[name], types[name]).label(name) for name in names))
    return stored.union_all(new).subquery("profiles")


def reached(profile_id: int | None, values: Mapping[str, Any] | None) -> ColumnElement[bool]:
    """Characters that have the profile of the id, or that one of these values would match."""
    has = Character.limit_profile_id == profile_id
    if values is None:
        return has
    wanted = [getattr(Character, name) == values[name] for name in CONDITIONS if values[name] is not None]
    return and_(*wanted) if profile_id is None else or_(has, and_(*wanted))


def with_limits(session: Session, profiles: FromClause, reach: ColumnElement[bool]) -> Select[Any]:
    """Each character in reach, with the id of its profile and its limits as they would be."""
    place = {name: getattr(Character, name) for name in CONDITIONS}
    best = select(profiles).where(_matches(profiles.c, place)).order_by(_weight(profiles.c).desc()).limit(1).lateral()
    limits = [func.coalesce(best.c[name], usual).label(f"new_{name}") for name, usual in DEFAULTS.items()]
    return (
        select(Character, best.c.id.label("profile_id"), *limits)
        .join_from(Character, best, true(), isouter=True)
        .where(Character.tenant_id == tenant_of(session), reach)
    )


def _matches(profile: Any, place: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(or_(profile[name].is_(None), profile[name] == place[name]) for name in CONDITIONS))


def _weight(profile: Any) -> ColumnElement[int]:
    parts = [case((profile[name].is_not(None), weight), else_=0) for name, weight in WEIGHTS.items()]
    total: ColumnElement[int] = literal(0, Integer)
    for part in parts:
        total = total + part
    return total
