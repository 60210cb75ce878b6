"""A schema for tables that users declare; the owner makes them by `concord sync tables apply`."""

from alembic import op

from shared.migrations import Roles

revision = "0018"
down_revision = "0017"
ROLES = Roles.of("sync")


def upgrade() -> None:
    op.execute("create schema declared")
    op.execute(f'grant usage on schema declared to "{ROLES.app}"')


def downgrade() -> None:
    op.execute("drop schema declared cascade")
