"""What changed since a time, for edges that keep no cursor."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from services.sync.domain.promotions.settings import SyncSettings
from services.sync.domain.promotions.windows import Window, local_date
from services.sync.models import Promotion, PromotionSettingsSave
from services.sync.queries.edges.lists import EdgeList, touched_ids
from services.sync.queries.edges.standing import Standing, State


def everything_changed(session: Session, standing: Standing, since: datetime) -> bool:
    """Whether settings, store or brand were edited since then: nobody can say what the edge held before."""
    rows = [standing.company, standing.store, standing.store_brand, standing.brand]
    if any(row is not None and row.updated_at >= since for row in rows):
        return True
    targets = [row.id for row in rows[1:] if row is not None]
    saves = PromotionSettingsSave
    last = select(func.max(saves.saved_at)).where(or_(saves.target_id.is_(None), saves.target_id.in_(targets)))
    saved_at = session.scalar(last)
    return saved_at is not None and saved_at >= since


def touched(session: Session, standing: Standing, state: State, listed: EdgeList | None, since: datetime) -> set[str]:
    """Ids of what changed since then, whether it is in the list now or not."""
    if listed is not None:
        return touched_ids(session, listed, since)
    told = state.settings
    settings = SyncSettings(
        sync_strategy=told["strategy"], future_days=told["future_days"], past_days=told["past_days"]
    )
    now, then = settings.window(state.today), settings.window(local_date(since, standing.time_zone))
    promotion = Promotion
    changed = or_(
        promotion.updated_at >= since,
        promotion.exhausted_changed_at >= since,
        _held_by(now) != _held_by(then),
    )
    return {str(each) for each in session.scalars(select(promotion.id).where(changed))}


def _held_by(window: Window) -> ColumnElement[bool]:
    if window.starts_by is None or window.ends_from is None:
        return true()
    return (Promotion.start_date <= window.starts_by) & (Promotion.end_date >= window.ends_from)
