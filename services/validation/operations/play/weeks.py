"""Weeks: made by hand or by the scenes that end in them."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.validation.domain.ledger.weeks import is_sunday, week_end
from services.validation.errors import NotASunday
from services.validation.models import Scene, Week, WeeklyXpRequest
from services.validation.queries.play import cast_of_week, scenes_of_week
from shared.errors import InUse, Invalid
from shared.tenancy import tenant_of


def end_of(day: date, pointer: str) -> date:
    """The Sunday on or after a day. Raises Invalid for the days after the last one there is."""
    try:
        return week_end(day)
    except OverflowError:
        raise Invalid.field(pointer, "out_of_range", "The week of this day has no end.") from None


def check_week(session: Session, week: Week | None, values: dict[str, Any]) -> dict[str, Any]:
    """Raises NotASunday, and InUse where something was played or asked for in the week that would move."""
    end = values.get("end_date")
    if end is not None and not is_sunday(end):
        raise NotASunday("/end_date", f"{end} is not a Sunday.")
    if week is not None and end not in (None, week.end_date) and _is_used(session, week):
        raise InUse("Something was played in this week; it stays where it is.")
    return values


def played(session: Session, week: Week) -> dict[str, Any]:
    """What a week shows beside its dates."""
    return {"scenes": list(scenes_of_week(session, week.id)), "participants": list(cast_of_week(session, week.id))}


def _is_used(session: Session, week: Week) -> bool:
    uses = (
        select(model.id).where(model.tenant_id == tenant_of(session), model.week_id == week.id).exists()
        for model in (Scene, WeeklyXpRequest)
    )
    return any(session.execute(select(*uses)).one())
