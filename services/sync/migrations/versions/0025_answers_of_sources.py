"""How requests to sources were answered, over all tenants, which only this function may count."""

from alembic import op

from shared.migrations import Roles

revision = "0025"
down_revision = "0024"
ROLES = Roles.of("sync")

FIGURES = """
create function sync_request_figures() returns table (pipeline text, status text, number double precision)
language sql stable security definer set search_path = pg_catalog, public, pg_temp set row_security = on as $$
    select r.pipeline, s.key, sum(s.value::double precision)
    from runs r, jsonb_each_text(r.stages -> 'extract' -> 'statuses') s
    where r.completed_at >= date_trunc('day', now(), 'UTC') and r.kind <> 'dry_run'
    group by r.pipeline, s.key
$$
"""


def upgrade() -> None:
    op.execute(FIGURES)
    op.execute("revoke all on function sync_request_figures() from public")
    op.execute(f'grant execute on function sync_request_figures() to "{ROLES.relay}"')
    # Who takes a function over must be able to make one there, at that moment.
    op.execute(f'grant create on schema public to "{ROLES.search}"')
    op.execute(f'alter function sync_request_figures() owner to "{ROLES.search}"')
    op.execute(f'revoke create on schema public from "{ROLES.search}"')


def downgrade() -> None:
    op.execute("drop function sync_request_figures()")
