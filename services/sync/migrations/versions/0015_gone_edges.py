"""An edge server whose address answers 410 is told no more; the relay notes it."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles

revision = "0015"
down_revision = "0014"
ROLES = Roles.of("sync")


def upgrade() -> None:
    op.add_column("edge_servers", sa.Column("gone_at", sa.DateTime(timezone=True)))
    op.execute(f'grant update (gone_at) on edge_servers to "{ROLES.relay}"')


def downgrade() -> None:
    op.execute(f'revoke update (gone_at) on edge_servers from "{ROLES.relay}"')
    op.drop_column("edge_servers", "gone_at")
