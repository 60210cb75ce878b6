"""Runs of several pipelines that wait for each other."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0009"
down_revision = "0008"
ROLES = Roles.of("sync")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")


def upgrade() -> None:
    op.create_table(
        "group_runs",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(collation="C")),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("needs", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("clean", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("created_by", sa.Text()),
        sa.CheckConstraint(
            "status in ('running', 'completed', 'completed_with_errors', 'failed')", name=op.f("ck_group_runs_status")
        ),
        sa.CheckConstraint("(status = 'running') = (completed_at is null)", name=op.f("ck_group_runs_ended")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_group_runs")),
    )
    op.create_index("ix_group_runs_newest", "group_runs", ["tenant_id", "created_at", "id"])
    secure("group_runs", roles=ROLES)


def downgrade() -> None:
    op.drop_table("group_runs")
