"""Fresh statistics after a load: without them the planner takes the tree for empty, and runs take several times longer
until autovacuum comes by."""

from alembic import op

from shared.migrations import Roles

revision = "0003"
down_revision = "0002"
ROLES = Roles.of("propagation")

# Only an owner may analyse a table. It changes no row and tells nothing about any.
REFRESH = """
create function refresh_statistics() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    analyze public.strings;
    analyze public.string_details;
end $$
"""


def upgrade() -> None:
    op.execute(REFRESH)
    op.execute("revoke all on function refresh_statistics() from public")
    op.execute(f'grant execute on function refresh_statistics() to "{ROLES.app}"')


def downgrade() -> None:
    op.execute("drop function refresh_statistics()")
