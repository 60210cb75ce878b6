"""Marks of what is behind: strings left out of a run, and the details above that have not reached everyone."""

from collections.abc import Collection, Mapping

from sqlalchemy.orm import Session

from services.propagation.domain.plan import StaleReason
from services.propagation.operations.runs.walking import Planned
from services.propagation.queries.walk import array, texts
from shared.db import execute_prepared
from shared.tenancy import tenant_of

_PLACES = "unnest(%(ids)s::bigint[], %(dimensions)s::bigint[]) as x(string_id, dimension_id)"


def mark(session: Session, planned: Planned) -> None:
    """Sets the marks of a wave and takes away those that it has made untrue."""
    plan = planned.plan
    missing = [(string_id, key) for string_id, key in plan.pending if isinstance(key, int)]
    _reached(session, [detail for detail in planned.resent if detail not in plan.pending])
    mark_strings(session, plan.stale)
    pending(session, missing)
    _forget(session, planned.caught_up)


def mark_strings(session: Session, stale: Mapping[int, StaleReason]) -> None:
    """These strings are behind, each for its reason."""
    if not stale:
        return
    execute_prepared(
        session,
        """update strings s set stale_reason = x.reason, stale_since = coalesce(s.stale_since, now())
           from unnest(%(ids)s::bigint[], string_to_array(%(reasons)s, chr(30))) as x(id, reason)
           where s.tenant_id = %(tenant)s and s.id = x.id and s.stale_reason is distinct from x.reason""",
        {
            "tenant": tenant_of(session),
            "ids": array(stale),
            "reasons": texts(str(reason) for reason in stale.values()),
        },
    )


def pending(session: Session, details: Collection[tuple[int, int]]) -> None:
    """These details (string, dimension) have not reached everyone below."""
    if details:
        execute_prepared(
            session,
            f"""update string_details d set pending_since = coalesce(d.pending_since, now()) from {_PLACES}
                where d.tenant_id = %(tenant)s and d.string_id = x.string_id and d.dimension_id = x.dimension_id""",  # noqa: S608 - a constant
            _places(session, details),
        )


def _reached(session: Session, details: Collection[tuple[int, int]]) -> None:
    if details:
        execute_prepared(
            session,
            f"""update string_details d set pending_since = null from {_PLACES}
                where d.tenant_id = %(tenant)s and d.string_id = x.string_id and d.dimension_id = x.dimension_id
                  and d.pending_since is not null""",  # noqa: S608 - a constant
            _places(session, details),
        )


def _forget(session: Session, ids: Collection[int]) -> None:
    """Takes the marks of strings that hold what every waiting detail above them holds."""
    if not ids:
        return
    execute_prepared(
        session,
        """
        with recursive above as (
            select id as root, parent_id as id, array[id] as path from strings
            where tenant_id = %(tenant)s and id = any(%(ids)s::bigint[])
            union all
            select a.root, s.parent_id, a.path || s.id
            from above a join strings s on s.tenant_id = %(tenant)s and s.id = a.id
            where not s.id = any(a.path)
        ), behind as (
            select a.root from above a
            join string_details up on up.tenant_id = %(tenant)s and up.string_id = a.id
                and up.pending_since is not null
            join string_details own on own.tenant_id = %(tenant)s and own.string_id = a.root
                and own.dimension_id = up.dimension_id
            where (own.dimension_value_id, own.dimension_value_freetext)
                is distinct from (up.dimension_value_id, up.dimension_value_freetext)
        )
        update strings s set stale_reason = null, stale_since = null
        where s.tenant_id = %(tenant)s and s.id = any(%(ids)s::bigint[]) and s.id not in (select root from behind)
        """,
        {"tenant": tenant_of(session), "ids": array(ids)},
    )


def _places(session: Session, details: Collection[tuple[int, int]]) -> dict[str, object]:
    return {
        "tenant": tenant_of(session),
        "ids": array(string_id for string_id, _dimension in details),
        "dimensions": array(dimension_id for _string, dimension_id in details),
    }
