"""Figures over all tenants for the relay's `/metrics`, and the indexes that keep reading them short."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles

revision = "0002"
down_revision = "0001"
ROLES = Roles.of("propagation")

# It tells numbers only, never of which tenant; its owner passes row security but may read just these columns.
# Migrations run with row security off, under which PostgreSQL would refuse the function before it has that owner.
GAUGES = """
create function propagation_gauges() returns table (name text, label text, number bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp set row_security = on as $$
    select 'errors', error_type, count(*) from propagation_errors
    where created_at >= date_trunc('day', now(), 'UTC') group by error_type
    union all
    select 'unresolved', error_type, count(*) from propagation_errors where not resolved group by error_type
    union all
    select 'stale', stale_reason, count(*) from strings where stale_reason is not null group by stale_reason
$$
"""


def upgrade() -> None:
    for name, table, columns, condition in (
        ("ix_propagation_jobs_relay_dead", "propagation_jobs", ["completed_at"], "dead_letter"),
        ("ix_propagation_jobs_relay_ended", "propagation_jobs", ["completed_at"], "parent_id is null"),
        ("ix_propagation_errors_newest", "propagation_errors", ["created_at"], None),
        ("ix_propagation_errors_unresolved", "propagation_errors", ["error_type"], "not resolved"),
    ):
        where = sa.text(condition) if condition else None
        op.create_index(name, table, columns, postgresql_where=where, if_not_exists=True)
    op.execute(f'grant usage on schema public to "{ROLES.search}"')
    op.execute(f'grant select (error_type, resolved, created_at) on propagation_errors to "{ROLES.search}"')
    op.execute(f'grant select (stale_reason) on strings to "{ROLES.search}"')
    op.execute(GAUGES)
    op.execute("revoke all on function propagation_gauges() from public")
    op.execute(f'grant execute on function propagation_gauges() to "{ROLES.relay}"')
    # Who takes a function over must be able to make one there, at that moment.
    op.execute(f'grant create on schema public to "{ROLES.search}"')
    op.execute(f'alter function propagation_gauges() owner to "{ROLES.search}"')
    op.execute(f'revoke create on schema public from "{ROLES.search}"')


def downgrade() -> None:
    op.execute("drop function propagation_gauges()")
    op.execute(f'revoke select (stale_reason) on strings from "{ROLES.search}"')
    op.execute(f'revoke select (error_type, resolved, created_at) on propagation_errors from "{ROLES.search}"')
    op.execute(f'revoke usage on schema public from "{ROLES.search}"')
    for name in (
        "ix_propagation_errors_unresolved",
        "ix_propagation_errors_newest",
        "ix_propagation_jobs_relay_ended",
        "ix_propagation_jobs_relay_dead",
    ):
        op.drop_index(name, if_exists=True)
