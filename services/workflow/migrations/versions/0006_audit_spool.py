"""Where audit rows wait that the log does not take, and sessions that were ended before their token expires."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0006"
down_revision = "0005"
ROLES = Roles.of("workflow")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
# They name audit rows: the relay tells them the new ids of rows that it moves out of the spool.
RECORDS = ("transition_records", "bulk_records", "denial_records")


def upgrade() -> None:
    op.create_table(
        "audit_spool",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("row", postgresql.JSONB(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_spool")),
    )
    secure("audit_spool", roles=ROLES, app="select, insert", relay="select, delete")
    for table in RECORDS:
        op.execute(f'create policy relay on {table} to "{ROLES.relay}" using (true) with check (true)')
        op.execute(f'grant select (tenant_id, audit_id), update (audit_id) on {table} to "{ROLES.relay}"')

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
    for table in RECORDS:
        op.execute(f'revoke select (tenant_id, audit_id), update (audit_id) on {table} from "{ROLES.relay}"')
        op.execute(f"drop policy relay on {table}")
    op.drop_table("audit_spool")
