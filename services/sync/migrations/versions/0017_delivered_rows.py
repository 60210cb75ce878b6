"""What was sent to targets elsewhere."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0017"
down_revision = "0016"
ROLES = Roles.of("sync")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.create_table(
        "delivered_rows",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("pipeline", CODE, nullable=False),
        sa.Column("key", CODE, nullable=False),
        sa.Column("content_hash", sa.UUID(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("run_id", sa.UUID(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "pipeline", "key", name=op.f("pk_delivered_rows")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pipeline"],
            ["pipelines.tenant_id", "pipelines.name"],
            ondelete="CASCADE",
            name=op.f("fk_delivered_rows_tenant_id_pipeline"),
        ),
    )
    secure("delivered_rows", roles=ROLES)


def downgrade() -> None:
    op.drop_table("delivered_rows")
