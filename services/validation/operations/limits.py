"""Limit profiles: writing one moves the limits of the characters that it reaches, in the same transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import FromClause, func, or_, select, update
from sqlalchemy.orm import Session

from services.validation.domain.limits import BOUNDS, DEFAULTS, crossed, resolved
from services.validation.errors import Duplicate, LimitInUse
from services.validation.models import Character, Chronicle, Gameline, LimitProfile
from services.validation.operations.faults import range_rules, refuse
from services.validation.queries import limits as queries
from services.validation.queries.limits import CONDITIONS, LIMITS
from shared import editing
from shared.errors import AlreadyExists, FieldError, Invalid
from shared.locking import advisory_key
from shared.tenancy import tenant_of

FIRST = 20
SAME = "A profile with the same conditions exists."
_UNSEEN = {"synchronize_session": False}
Values = Mapping[str, Any]


def limits_for(session: Session, place: Values) -> dict[str, int | None]:
    """The columns in which a character in this place carries its profile and limits.

    Until the transaction ends nobody writes a profile, so that they stay true.
    """
    key = advisory_key("limits", tenant_of(session))
    session.execute(select(func.pg_advisory_xact_lock_shared(key)))
    profile = queries.best_for(session, place)
    if profile is None:
        return {"limit_profile_id": None, **DEFAULTS}
    return {"limit_profile_id": profile.id, **{name: getattr(profile, name) for name in LIMITS}}


def create(session: Session, values: Values) -> LimitProfile:
    """A null limit is the usual one. Raises Invalid, Duplicate, LimitInUse."""
    wanted = _checked(session, {**dict.fromkeys(CONDITIONS), **values, **resolved(values)})
    _demand_room(session, queries.after(session, None, wanted), None, wanted)
    try:
        profile = editing.create(session, LimitProfile, wanted)
    except AlreadyExists as taken:
        raise Duplicate(SAME) from taken
    _move(session, None, wanted)
    return profile


def change(session: Session, profile: LimitProfile, values: Values) -> None:
    """Raises Invalid, Duplicate, LimitInUse."""
    before = {name: getattr(profile, name) for name in (*CONDITIONS, *LIMITS)}
    wanted = _checked(session, {**before, **values, **resolved({**before, **values})})
    _demand_room(session, queries.after(session, profile.id, wanted), profile.id, wanted)
    if any(wanted[name] != before[name] for name in CONDITIONS):
        _narrow(session, profile, {name: wanted[name] for name in CONDITIONS})
    editing.change(session, profile, wanted)
    _move(session, None, wanted)


def delete(session: Session, profile: LimitProfile) -> None:
    """Raises LimitInUse."""
    _begin(session)
    without = queries.after(session, profile.id, None)
    _demand_room(session, without, profile.id, None)
    _move(session, profile.id, None, profiles=without)
    editing.delete(session, profile)


def _checked(session: Session, wanted: dict[str, Any]) -> dict[str, Any]:
    """Raises Invalid for what no profile can say."""
    if all(wanted[name] is None for name in CONDITIONS):
        raise Invalid("Name a chronicle, a gameline or a type of character.", code="condition_missing")
    below = {upper: lower for lower, upper in reversed(crossed(wanted))}
    refuse([FieldError(f"/{upper}", "max_below_min", f"{upper} is below {lower}.") for upper, lower in below.items()])
    editing.demand_reference(session, Chronicle, wanted["chronicle_id"], "/chronicle")
    editing.demand_reference(session, Gameline, wanted["gameline_id"], "/gameline")
    _begin(session)
    return wanted


def _begin(session: Session) -> None:
    """One profile is written at a time, and no character is placed meanwhile."""
    session.execute(select(func.pg_advisory_xact_lock(advisory_key("limits", tenant_of(session)))))


def _narrow(session: Session, profile: LimitProfile, conditions: Values) -> None:
    """Whom new conditions leave out goes first: the new limits are not meant for them. Raises Duplicate."""
    alike = [getattr(LimitProfile, name).is_not_distinct_from(value) for name, value in conditions.items()]
    here = LimitProfile.tenant_id == tenant_of(session)
    if session.scalar(select(LimitProfile.id).where(here, LimitProfile.id != profile.id, *alike)) is not None:
        raise Duplicate(SAME)
    narrowed = update(LimitProfile).where(here, LimitProfile.id == profile.id).values(conditions)
    session.execute(narrowed, execution_options=_UNSEEN)
    _move(session, profile.id, None)


def _demand_room(session: Session, profiles: FromClause, profile_id: int | None, values: Values | None) -> None:
    """Raises LimitInUse where stored values would lie outside."""
    rows = queries.with_limits(session, profiles, queries.reached(profile_id, values)).subquery()
    outside, rules = {}, range_rules("characters")
    for column, (lower, upper) in BOUNDS.items():
        low = rows.c[f"new_{lower}"] if lower in LIMITS else int(lower)
        outside[rules[column]] = or_(rows.c[column] < low, rows.c[column] > rows.c[f"new_{upper}"])
    counted = session.execute(
        select(*(func.count().filter(broken).label(rule) for rule, broken in outside.items())).select_from(rows)
    ).one()
    counts = {rule: count for rule, count in counted._asdict().items() if count}
    if counts:
        first = select(rows.c.id).where(or_(*(outside[rule] for rule in counts))).order_by(rows.c.id).limit(FIRST)
        raise LimitInUse(counts, session.scalars(first).all())


def _move(
    session: Session, profile_id: int | None, values: Values | None, *, profiles: FromClause | None = None
) -> None:
    """Gives the characters in reach the profile that holds for them now."""
    stored = queries.after(session, None, None) if profiles is None else profiles
    rows = queries.with_limits(session, stored, queries.reached(profile_id, values)).subquery()
    moving = (
        update(Character)
        .where(
            Character.tenant_id == rows.c.tenant_id,
            Character.id == rows.c.id,
            Character.limit_profile_id.is_distinct_from(rows.c.profile_id),
        )
        .values(limit_profile_id=rows.c.profile_id, **{name: rows.c[f"new_{name}"] for name in LIMITS})
    )
    session.execute(moving, execution_options=_UNSEEN)
