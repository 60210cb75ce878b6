"""Edge servers are told by the relay that something changed; each remembers what it was last told of."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles

revision = "0010"
down_revision = "0009"
ROLES = Roles.of("sync")


def upgrade() -> None:
    op.add_column("edge_servers", sa.Column("told_manifest", sa.Text(), nullable=True))
    op.execute(f'create policy relay on edge_servers to "{ROLES.relay}" using (true) with check (true)')
    op.execute(f'grant select on edge_servers to "{ROLES.relay}"')


def downgrade() -> None:
    op.execute(f'revoke all on edge_servers from "{ROLES.relay}"')
    op.execute("drop policy relay on edge_servers")
    op.drop_column("edge_servers", "told_manifest")
