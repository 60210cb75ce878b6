"""Balances that a fix has made anew can be given back; an alert knows its ticket."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations import Roles

revision = "0008"
down_revision = "0007"
ROLES = Roles.of("validation")

# Whose balances are still those that the fix has made gets back what it had before, from the images of that fix alone.
RESTORE = """
create function restore_projections(fix uuid, ids bigint[]) returns setof bigint
language sql security definer set search_path = pg_catalog, public, pg_temp set row_security = on as $$
    update characters c
    set xp = was.xp, xp_pending = was.xp_pending, xp_spent = was.xp_spent, ledger_entries = was.ledger_entries,
        updated_at = now()
    from before_images i
    join characters k on k.tenant_id = i.tenant_id and k.id = i.row_id
    cross join lateral jsonb_populate_record(k, i.old) was
    where i.tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) and i.run_id = fix
        and i.table_name = 'characters' and i.row_id = any (ids) and i.undone_at is null
        and i.old ? 'xp_pending' and to_jsonb(k) @> i.new and c.tenant_id = k.tenant_id and c.id = k.id
    returning c.id
$$
"""


def upgrade() -> None:
    for statement in (
        RESTORE,
        f'grant select on before_images to "{ROLES.search}"',
        "revoke all on function restore_projections(uuid, bigint[]) from public",
        f'grant execute on function restore_projections(uuid, bigint[]) to "{ROLES.app}"',
        # Who takes a function over must be able to make one there, at that moment.
        f'grant create on schema public to "{ROLES.search}"',
        f'alter function restore_projections(uuid, bigint[]) owner to "{ROLES.search}"',
        f'revoke create on schema public from "{ROLES.search}"',
    ):
        op.execute(statement)
    op.add_column("alerts", sa.Column("ticket", sa.BigInteger(), nullable=True))
    op.add_column("alerts", sa.Column("untold", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("alerts", "untold")
    op.drop_column("alerts", "ticket")
    op.execute("drop function restore_projections(uuid, bigint[])")
    op.execute(f'revoke select on before_images from "{ROLES.search}"')
