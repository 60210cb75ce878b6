"""Marks of the values that a run has met, so that another worker, or another part of the run, knows them too."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0013"
down_revision = "0012"
ROLES = Roles.of("sync")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")


def upgrade() -> None:
    op.create_table(
        "run_marks",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("rule", sa.Integer(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "run_id", "rule", "mark", name=op.f("pk_run_marks")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["runs.tenant_id", "runs.id"],
            ondelete="CASCADE",
            name=op.f("fk_run_marks_tenant_id_run_id"),
        ),
    )
    secure("run_marks", roles=ROLES, app="select, insert, delete")


def downgrade() -> None:
    op.drop_table("run_marks")
