"""Alerts of pipelines, and the figures of runs over all tenants, which only this function may count."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0011"
down_revision = "0010"
ROLES = Roles.of("sync")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
CAUSES = "'failed', 'completed_with_errors', 'skipped', 'stale', 'conflict', 'quarantine'"
READ = {
    "runs": "tenant_id, pipeline, kind, status, stats, stages, started_at, completed_at, heartbeat_at",
    "quarantine_entries": "pipeline, status",
    "conflicts": "pipeline, status",
    "pipelines": "tenant_id, name, active",
    "pipeline_states": "tenant_id, pipeline, last_successful_sync_at",
    "schedules": "tenant_id, kind, payload, active, last_run_at, next_run_at",
}

# Counters are those of the day, so that they need no row of their own; what is above a bound is in "+Inf" alone.
FIGURES = """
create function sync_figures() returns table (name text, pipeline text, label text, number double precision)
language sql stable security definer set search_path = pg_catalog, public, pg_temp set row_security = on as $$
    with ended as materialized (
        select r.pipeline, r.status, r.stats, r.stages, r.completed_at,
            extract(epoch from r.completed_at - r.started_at)::double precision as seconds
        from runs r where r.completed_at >= least(date_trunc('day', now(), 'UTC'), now() - interval '15 minutes')
            and r.kind <> 'dry_run'
    ), today as materialized (select * from ended where completed_at >= date_trunc('day', now(), 'UTC'))
    select 'runs', t.pipeline, t.status, count(*)::double precision from today t group by t.pipeline, t.status
    union all
    select 'rows', t.pipeline, s.key, sum(s.value::double precision) from today t, jsonb_each_text(t.stats) s
    where s.value ~ '^[0-9]+$' group by t.pipeline, s.key
    union all
    select 'source', t.pipeline, word, sum((t.stages -> 'extract' ->> word)::double precision)
    from today t, unnest(array['requests', 'retries']) word
    where t.stages -> 'extract' ->> word is not null group by t.pipeline, word
    union all
    select 'duration', t.pipeline, bound::text, count(*)::double precision
    from today t, unnest(array[1, 5, 15, 60, 300, 900, 3600, 14400]) bound
    where t.seconds <= bound group by t.pipeline, bound
    union all
    select 'duration', t.pipeline, word, case word when 'sum' then sum(t.seconds) else count(*) end
    from today t, unnest(array['sum', 'count']) word where t.seconds is not null group by t.pipeline, word
    union all
    select 'speed', e.pipeline, '', sum((e.stats ->> 'extracted')::double precision) / sum(e.seconds)
    from ended e where e.completed_at >= now() - interval '15 minutes' and e.seconds > 0
    group by e.pipeline having sum((e.stats ->> 'extracted')::double precision) is not null
    union all
    select 'quarantine', q.pipeline, '', count(*)::double precision from quarantine_entries q
    where q.status = 'open' group by q.pipeline
    union all
    select 'conflicts', c.pipeline, '', count(*)::double precision from conflicts c
    where c.status = 'open' group by c.pipeline
    union all
    select 'age', s.pipeline, '', max(extract(epoch from now() - s.last_successful_sync_at))::double precision
    from pipeline_states s join pipelines p on p.tenant_id = s.tenant_id and p.name = s.pipeline
    where p.active and s.last_successful_sync_at is not null group by s.pipeline
    union all
    select 'interval', s.payload ->> 'pipeline', '',
        min(extract(epoch from s.next_run_at - s.last_run_at))::double precision
    from schedules s where s.kind = 'sync.scheduled' and s.active and s.last_run_at is not null
    group by s.payload ->> 'pipeline'
    union all
    select 'checkpoint', '', '',
        max(extract(epoch from now() - coalesce(r.heartbeat_at, r.started_at)))::double precision
    from runs r where r.status = 'running' having count(*) > 0
$$
"""


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pipeline", sa.Text(collation="C"), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("run_id", sa.UUID()),
        sa.Column("raised_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("over_at", TIME),
        sa.CheckConstraint(f"cause in ({CAUSES})", name=op.f("ck_alerts_cause")),
        sa.CheckConstraint("char_length(detail) <= 500", name=op.f("ck_alerts_detail_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_alerts")),
    )
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["tenant_id", "pipeline", "cause"],
        unique=True,
        postgresql_where=sa.text("over_at is null"),
    )
    secure("alerts", roles=ROLES)
    op.create_index("ix_runs_ended", "runs", ["completed_at"])
    op.execute(f'grant usage on schema public to "{ROLES.search}"')
    for table, columns in READ.items():
        op.execute(f'grant select ({columns}) on {table} to "{ROLES.search}"')
    op.execute(FIGURES)
    op.execute("revoke all on function sync_figures() from public")
    op.execute(f'grant execute on function sync_figures() to "{ROLES.relay}"')
    # Who takes a function over must be able to make one there, at that moment.
    op.execute(f'grant create on schema public to "{ROLES.search}"')
    op.execute(f'alter function sync_figures() owner to "{ROLES.search}"')
    op.execute(f'revoke create on schema public from "{ROLES.search}"')


def downgrade() -> None:
    op.execute("drop function sync_figures()")
    for table, columns in READ.items():
        op.execute(f'revoke select ({columns}) on {table} from "{ROLES.search}"')
    op.drop_index("ix_runs_ended", "runs")
    op.drop_table("alerts")
