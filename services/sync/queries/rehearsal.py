"""What stores would be sent, and told to forget, if they looked from one standpoint instead of another."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from services.sync.models import EdgeObject, PromotionCompilation
from services.sync.queries.compiling import of_promotion
from services.sync.queries.selection import Standpoint, selection


def moved(session: Session, stores: Sequence[tuple[Standpoint, Standpoint]]) -> Any:
    """`stores` (how many), `sent`, `deleted` and `bytes` over all (before, after); one statement."""
    chosen = selection([standpoint for pair in stores for standpoint in pair]).subquery()
    number = chosen.c.n
    side = select((number // 2).label("store"), (number % 2 == 1).label("comes"), chosen.c.tenant_id, chosen.c.id).cte()
    of_one = (side.c.store, side.c.tenant_id, side.c.id)
    # What both sides select does not move.
    move = (
        select(*of_one, func.bool_or(side.c.comes).label("comes"))
        .group_by(*of_one)
        .having(func.count() == 1)
        .cte("move")
    )
    # A promotion weighs the same in all stores.
    each = (
        select(move.c.tenant_id, move.c.id, move.c.comes, func.count().label("times"))
        .group_by(move.c.tenant_id, move.c.id, move.c.comes)
        .cte("each")
    )
    compiled, sent = PromotionCompilation, EdgeObject
    of_compiled = and_(sent.tenant_id == compiled.tenant_id, sent.checksum == compiled.checksum)
    return session.execute(
        select(
            select(func.count())
            .select_from(select(move.c.store).distinct().subquery())
            .scalar_subquery()
            .label("stores"),
            _sum(each.c.times, each.c.comes).label("sent"),
            _sum(each.c.times, ~each.c.comes).label("deleted"),
            _sum(each.c.times * func.octet_length(sent.body), each.c.comes).label("bytes"),
        )
        .select_from(each)
        .outerjoin(compiled, of_promotion(each.c))
        .outerjoin(sent, of_compiled)
    ).one()


def _sum(values: Any, condition: Any) -> Any:
    return func.coalesce(func.sum(values).filter(condition), 0)
