"""Figures of edges over all tenants, which only this function may count; when a store has been silent for too long."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles

revision = "0014"
down_revision = "0013"
ROLES = Roles.of("sync")
READ = {
    "brands": "tenant_id, id, is_active",
    "stores": "tenant_id, id, brand_id, is_active, deleted_at, created_at",
    "edge_contacts": "tenant_id, store_id, seen_at",
    "promotion_sync_settings": "tenant_id, sync_times, sync_interval_hours",
    "promotion_compilations": "failures",
}

# The longest time between two due times, the night included, twice.
SILENCE = """
create function edge_silence(sync_times time[], sync_interval_hours bigint) returns interval
language sql immutable parallel safe as $$
    select 2 * case when coalesce(cardinality(sync_times), 0) = 0
        then make_interval(hours => coalesce(sync_interval_hours, 6)::int)
        else greatest(max(at - before), interval '24 hours' - (max(at) - min(at))) end
    from (select at, lag(at) over (order by at) as before from unnest(sync_times) at) due
$$
"""
FIGURES = """
create function sync_edge_figures() returns table (name text, number double precision)
language sql stable security definer set search_path = pg_catalog, public, pg_temp set row_security = on as $$
    select 'stale', count(*)::double precision
    from stores s
    join brands b on b.tenant_id = s.tenant_id and b.id = s.brand_id and b.is_active
    join tenants t on t.tenant_id = s.tenant_id and t.is_active
    left join edge_contacts c on c.tenant_id = s.tenant_id and c.store_id = s.id
    left join promotion_sync_settings p on p.tenant_id = s.tenant_id
    where s.is_active and s.deleted_at is null
        and coalesce(c.seen_at, s.created_at) < now() - edge_silence(p.sync_times, p.sync_interval_hours)
    union all
    select 'failures', coalesce(sum(failures), 0)::double precision from promotion_compilations where failures > 0
$$
"""


def upgrade() -> None:
    op.add_column(
        "promotion_compilations", sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.create_index(
        "ix_promotion_compilations_failed",
        "promotion_compilations",
        ["failures"],
        postgresql_where=sa.text("failures > 0"),
    )
    for table, columns in READ.items():
        op.execute(f'grant select ({columns}) on {table} to "{ROLES.search}"')
    op.execute(SILENCE)
    op.execute(FIGURES)
    op.execute("revoke all on function sync_edge_figures() from public")
    op.execute(f'grant execute on function sync_edge_figures() to "{ROLES.relay}"')
    # Who takes a function over must be able to make one there, at that moment.
    op.execute(f'grant create on schema public to "{ROLES.search}"')
    op.execute(f'alter function sync_edge_figures() owner to "{ROLES.search}"')
    op.execute(f'revoke create on schema public from "{ROLES.search}"')


def downgrade() -> None:
    op.execute("drop function sync_edge_figures()")
    op.execute("drop function edge_silence(time[], bigint)")
    for table, columns in READ.items():
        op.execute(f'revoke select ({columns}) on {table} from "{ROLES.search}"')
    op.drop_index("ix_promotion_compilations_failed", "promotion_compilations")
    op.drop_column("promotion_compilations", "failures")
