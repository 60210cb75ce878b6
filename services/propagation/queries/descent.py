"""What stands below strings: found level by level, or only counted."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy.orm import Session

from services.propagation.queries.walk import array
from shared.db import execute_prepared
from shared.tenancy import tenant_of


class Found(NamedTuple):
    """A string below the roots with the number of its children; `depth` counts from 0 at a root."""

    id: int
    children: int
    depth: int


def discover(session: Session, roots: Collection[int], *, limit: int) -> list[Found]:
    """The roots and what is below them, level by level, at most `limit` rows; a repeated id ends its branch."""
    rows = execute_prepared(
        session,
        """
        with recursive below as (
            select id, children, 0 as depth, array[id] as path from strings
            where tenant_id = %(tenant)s and id = any(%(roots)s::bigint[])
            union all
            select s.id, s.children, b.depth + 1, b.path || s.id
            from below b join strings s on s.tenant_id = %(tenant)s and s.parent_id = b.id
            where not s.id = any(b.path)
        )
        select id, children, depth from below limit %(limit)s
        """,
        {"tenant": tenant_of(session), "roots": array(roots), "limit": limit},
    )
    return [Found(*row) for row in rows]


def count_below(session: Session, roots: Collection[int], *, enough: int | None = None) -> int:
    """Strings at and below the roots, the most that a run from there can change; stops counting at about `enough`."""
    found = execute_prepared(
        session,
        """with recursive below as (
               select id, children, array[id] as path from strings
               where tenant_id = %(tenant)s and id = any(%(roots)s::bigint[])
               union all
               select s.id, s.children, b.path || s.id from below b
               join strings s on s.tenant_id = %(tenant)s and s.parent_id = b.id
               where s.children > 0 and not s.id = any(b.path)
           )
           select coalesce(sum(children), 0) from (select children from below limit %(enough)s) as seen""",
        {"tenant": tenant_of(session), "roots": array(roots), "enough": enough},
    ).fetchone()
    return int(found[0]) + len(roots)
