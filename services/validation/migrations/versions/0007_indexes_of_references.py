"""Indexes for references that had none: without them a scene, a gameline or an entry goes by a look at every row that
could refer to it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
# Name to table and column. What refers between requests and transfers has none: neither is deleted, and each spend
# would pay for it.
INDEXES = {
    f"ix_{table}_{column}": (table, column)
    for table, columns in {
        "weekly_xp_requests": ("learning_scene_id", "rp_scene_id", "focus_scene_id", "standingout_scene_id"),
        "limit_profiles": ("gameline_id",),
        "tariffs": ("gameline_id",),
    }.items()
    for column in columns
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (table, column) in INDEXES.items():
            op.create_index(
                name,
                table,
                ["tenant_id", column],
                postgresql_where=sa.text(f"{column} is not null"),
                postgresql_concurrently=True,
                if_not_exists=True,
            )


def downgrade() -> None:
    for name, (table, _column) in INDEXES.items():
        op.drop_index(name, table)
