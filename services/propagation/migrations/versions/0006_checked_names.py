"""Names that a job checks, and what it finds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0006"
down_revision = "0005"
ROLES = Roles.of("propagation")


def upgrade() -> None:
    op.create_table(
        "checked_names",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("given", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["propagation_jobs.tenant_id", "propagation_jobs.id"],
            name=op.f("fk_checked_names_tenant_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "row", name=op.f("pk_checked_names")),
    )
    secure("checked_names", roles=ROLES)


def downgrade() -> None:
    op.drop_table("checked_names")
