"""What leaves this service, and sessions that were ended before their token expires."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0007"
down_revision = "0006"
ROLES = Roles.of("propagation")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
WAITING = sa.text("status = 'pending'")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("ordering_key", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("reply", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("correlation_id", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("origin_correlation_id", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "give_up_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '3 days'"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status in ('pending', 'delivered', 'skipped', 'failed')", name=op.f("ck_outbox_status")),
        sa.CheckConstraint("(status = 'pending') = (ended_at is null)", name=op.f("ck_outbox_ended")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due", "outbox", ["next_attempt_at"], postgresql_where=WAITING)
    line = ["tenant_id", "kind", "target", "ordering_key", "number"]
    op.create_index("ix_outbox_order", "outbox", line, postgresql_where=WAITING)
    op.create_index("ix_outbox_ended", "outbox", ["ended_at"], postgresql_where=sa.text("status <> 'pending'"))
    op.create_index("ix_outbox_dead", "outbox", ["ended_at"], postgresql_where=sa.text("status = 'failed'"))
    op.create_index("ix_outbox_newest", "outbox", ["tenant_id", "created_at", "id"])
    secure("outbox", roles=ROLES, app="select, insert, update", relay="select, update, delete")

    op.create_table(
        "revoked_sessions",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("session_id", sa.Text(collation="C"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "session_id", name=op.f("pk_revoked_sessions")),
    )
    op.create_index(op.f("ix_revoked_sessions_expires_at"), "revoked_sessions", ["expires_at"])
    secure("revoked_sessions", roles=ROLES, app="select, insert", relay="select, delete")


def downgrade() -> None:
    op.drop_table("revoked_sessions")
    op.drop_table("outbox")
