"""Bulk operations as jobs: what a job is about, and its items."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0007"
down_revision = "0006"
ROLES = Roles.of("workflow")


def upgrade() -> None:
    op.add_column("workflow_jobs", sa.Column("checked", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("workflow_jobs", sa.Column("bulk", postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_table(
        "job_items",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sent", postgresql.JSONB(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("sent_version", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=True),
        sa.Column("warnings", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.CheckConstraint(
            "status in ('pending', 'done', 'unchanged', 'failed', 'would_succeed', 'rolled_back')",
            name=op.f("ck_job_items_status"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["workflow_jobs.tenant_id", "workflow_jobs.id"],
            name=op.f("fk_job_items_tenant_id_job_id_workflow_jobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "position", name=op.f("pk_job_items")),
    )
    op.create_index("ix_job_items_item", "job_items", ["tenant_id", "job_id", "item_id", "position"])
    secure("job_items", roles=ROLES)


def downgrade() -> None:
    op.drop_table("job_items")
    op.drop_column("workflow_jobs", "bulk")
    op.drop_column("workflow_jobs", "checked")
