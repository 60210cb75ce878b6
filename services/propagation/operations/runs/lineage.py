"""Where values come from, changed without the values: not a change of the strings, so they keep their versions."""

from collections.abc import Collection

import orjson
from sqlalchemy.orm import Session

from services.propagation.domain.plan import Relink, WavePlan
from services.propagation.queries.walk import array
from shared.db import execute_prepared
from shared.tenancy import tenant_of


def relink(session: Session, plan: WavePlan) -> None:
    _relink_details(session, [one for one in plan.relinks if isinstance(one.key, int)])
    _relink_custom_fields(session, [one for one in plan.relinks if isinstance(one.key, str)])


def disown(session: Session, removed: Collection[tuple[int, int]]) -> None:
    """What was inherited from a detail (string, dimension) that is gone stays, and becomes own."""
    if not removed:
        return
    execute_prepared(
        session,
        """
        with recursive below as (
            select x.string_id as root, x.dimension_id, x.string_id as id, array[x.string_id] as path
            from unnest(%(ids)s::bigint[], %(dimensions)s::bigint[]) as x(string_id, dimension_id)
            union all
            select b.root, b.dimension_id, s.id, b.path || s.id
            from below b join strings s on s.tenant_id = %(tenant)s and s.parent_id = b.id
            where not s.id = any(b.path)
        )
        update string_details d set is_inherited = false, source_string_id = null, version = d.version + 1,
               updated_at = now()
        from below b
        where d.tenant_id = %(tenant)s and d.string_id = b.id and d.dimension_id = b.dimension_id
          and d.source_string_id = b.root
        """,
        {
            "tenant": tenant_of(session),
            "ids": array(string_id for string_id, _dimension in removed),
            "dimensions": array(dimension_id for _string, dimension_id in removed),
        },
    )


def _relink_details(session: Session, relinks: Collection[Relink]) -> None:
    if not relinks:
        return
    execute_prepared(
        session,
        """update string_details d set is_inherited = x.is_inherited, source_string_id = x.source_id,
                  version = d.version + 1, updated_at = now()
           from unnest(%(ids)s::bigint[], %(dimensions)s::bigint[], %(inherited)s::bool[], %(sources)s::bigint[])
                as x(string_id, dimension_id, is_inherited, source_id)
           where d.tenant_id = %(tenant)s and d.string_id = x.string_id and d.dimension_id = x.dimension_id""",
        {
            "tenant": tenant_of(session),
            "ids": array(relink.string_id for relink in relinks),
            "dimensions": array(relink.key for relink in relinks),
            "inherited": array("t" if relink.is_inherited else "f" for relink in relinks),
            "sources": array(relink.source_id for relink in relinks),
        },
    )


def _relink_custom_fields(session: Session, relinks: Collection[Relink]) -> None:
    sources: dict[int, dict[str, int | None]] = {}
    for relink in relinks:
        sources.setdefault(relink.string_id, {})[str(relink.key)] = relink.source_id
    if not sources:
        return
    execute_prepared(
        session,
        """update strings s
           set custom_field_sources = jsonb_strip_nulls(s.custom_field_sources || (x.item -> 'sources'))
           from jsonb_array_elements(%(rows)s::jsonb) as x(item)
           where s.tenant_id = %(tenant)s and s.id = (x.item ->> 'id')::bigint""",
        {
            "tenant": tenant_of(session),
            "rows": orjson.dumps([{"id": key, "sources": value} for key, value in sources.items()]).decode(),
        },
    )
