"""Companies of many stores are compiled by a job, whose rows say what its file is made of."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0012"
down_revision = "0011"
ROLES = Roles.of("sync")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")


def upgrade() -> None:
    op.create_table(
        "compiled_stores",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("store_id", sa.UUID(), nullable=False),
        sa.Column("store_code", sa.Text(collation="C"), nullable=False),
        sa.Column("store_name", sa.Text(), nullable=False),
        sa.Column("brand_id", sa.UUID(), nullable=False),
        sa.Column("brand_name", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["sync_jobs.tenant_id", "sync_jobs.id"],
            name=op.f("fk_compiled_stores_tenant_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "store_id", name=op.f("pk_compiled_stores")),
    )
    op.create_index("ix_compiled_stores_order", "compiled_stores", ["tenant_id", "job_id", "store_code", "store_id"])
    secure("compiled_stores", roles=ROLES)


def downgrade() -> None:
    op.drop_table("compiled_stores")
