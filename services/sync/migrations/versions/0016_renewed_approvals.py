"""Approvals of conflicts are asked for anew when the source goes on, and withdrawn when nobody need decide."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("conflicts", sa.Column("approval_round", sa.Integer(), server_default="0", nullable=False))
    op.add_column("conflicts", sa.Column("former_approval_id", sa.BigInteger()))
    op.create_index(
        "ix_conflicts_former",
        "conflicts",
        ["tenant_id", "pipeline"],
        postgresql_where=sa.text("former_approval_id is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_conflicts_former", "conflicts")
    op.drop_column("conflicts", "former_approval_id")
    op.drop_column("conflicts", "approval_round")
