"""Permissions lent for a time."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0008"
down_revision = "0007"
ROLES = Roles.of("workflow")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("delegator", sa.Text(collation="C"), nullable=False),
        sa.Column("delegate", sa.Text(collation="C"), nullable=False),
        sa.Column("starts_at", TIME, server_default=NOW, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("comments", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_delegations_period")),
        sa.CheckConstraint("delegate <> delegator", name=op.f("ck_delegations_delegate")),
        sa.CheckConstraint("char_length(comments) <= 1000", name=op.f("ck_delegations_comments_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_delegations")),
    )
    op.create_index("ix_delegations_delegate", "delegations", ["tenant_id", "delegate", "ends_at"])
    secure("delegations", roles=ROLES)


def downgrade() -> None:
    op.drop_table("delegations")
