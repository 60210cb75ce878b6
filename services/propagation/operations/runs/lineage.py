"""Where values come from, changed without the values: not a change of the strings, so they keep their versions."""

import uuid
from collections.abc import Collection

import orjson
from sqlalchemy.orm import Session

from services.propagation.domain.plan import Relink, WavePlan
from services.propagation.queries.runs import LINEAGE
from services.propagation.queries.walk import array
from shared.db import execute_prepared
from shared.tenancy import tenant_of


def relink(session: Session, plan: WavePlan) -> None:
    _relink_details(session, [one for one in plan.relinks if isinstance(one.key, int)])
    _relink_custom_fields(session, [one for one in plan.relinks if isinstance(one.key, str)])


def disown(session: Session, removed: Collection[tuple[int, int]], job_id: uuid.UUID | None) -> None:
    """What was inherited from a detail (string, dimension) that is gone stays, and becomes own; an undo of the run
    finds among its changes where it came from."""
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
        ), disowned as (
            update string_details d set is_inherited = false, source_string_id = null, version = d.version + 1,
                   updated_at = now()
            from below b
            where d.tenant_id = %(tenant)s and d.string_id = b.id and d.dimension_id = b.dimension_id
              and d.source_string_id = b.root
            returning d.string_id, d.dimension_id, d.version, b.root
        )
        insert into propagation_changes as c (tenant_id, job_id, string_id, level, change_type, cause, before, outcome)
        select %(tenant)s, %(job)s, string_id, 0, 'inherited', %(lineage)s::jsonb,
               jsonb_object_agg(dimension_id::text, jsonb_build_array(root, version)), 'planned'
        from disowned where %(job)s::uuid is not null group by string_id
        on conflict (tenant_id, job_id, string_id) do update set before = c.before || excluded.before
            where c.cause = excluded.cause
        """,
        {
            "tenant": tenant_of(session),
            "job": job_id,
            "lineage": orjson.dumps(LINEAGE).decode(),
            "ids": array(string_id for string_id, _dimension in removed),
            "dimensions": array(dimension_id for _string, dimension_id in removed),
        },
    )


def adopt(session: Session, plan: WavePlan, undone: uuid.UUID) -> None:
    """What became own when the run `undone` removed a detail is inherited again now that the detail is back, unless
    somebody has changed it since."""
    back = [(change.string_id, move.key) for change in plan.changes for move in change.moves if move.before is None]
    if not back:
        return
    execute_prepared(
        session,
        """
        with was as (
            select c.string_id, e.key::bigint as dimension_id, (e.value ->> 0)::bigint as root,
                   (e.value ->> 1)::bigint as version
            from propagation_changes c cross join jsonb_each(c.before) as e
            where c.tenant_id = %(tenant)s and c.job_id = %(job)s and c.cause = %(lineage)s::jsonb
        )
        update string_details d set is_inherited = true, source_string_id = was.root, version = d.version + 1,
               updated_at = now()
        from was join unnest(%(ids)s::bigint[], %(dimensions)s::bigint[]) as x(root, dimension_id)
            using (root, dimension_id)
        where d.tenant_id = %(tenant)s and d.string_id = was.string_id and d.dimension_id = was.dimension_id
          and d.version = was.version
        """,
        {
            "tenant": tenant_of(session),
            "job": undone,
            "lineage": orjson.dumps(LINEAGE).decode(),
            "ids": array(string_id for string_id, key in back if isinstance(key, int)),
            "dimensions": array(key for _string_id, key in back if isinstance(key, int)),
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
