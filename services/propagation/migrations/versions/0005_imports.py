"""Rows of imported files, kept until their import has ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0005"
down_revision = "0004"
ROLES = Roles.of("propagation")


def upgrade() -> None:
    op.create_table(
        "import_rows",
        sa.Column(
            "tenant_id",
            sa.UUID(),
            server_default=sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid"),
            nullable=False,
        ),
        sa.Column("job_id", sa.UUID(), nullable=False),
        sa.Column("row", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=True),
        sa.Column("string_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_row", sa.BigInteger(), nullable=True),
        sa.Column("cells", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("work", sa.Text(), server_default=sa.text("'check'"), nullable=False),
        sa.Column(
            "wanted", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("place", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "faults", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.CheckConstraint("work in ('check', 'update', 'create', 'none')", name=op.f("ck_import_rows_work")),
        sa.CheckConstraint(
            "outcome in ('created', 'updated', 'unchanged', 'refused', 'skipped')",
            name=op.f("ck_import_rows_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "job_id"],
            ["propagation_jobs.tenant_id", "propagation_jobs.id"],
            name=op.f("fk_import_rows_tenant_id_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "job_id", "row", name=op.f("pk_import_rows")),
    )
    op.create_index(
        "ix_import_rows_key",
        "import_rows",
        ["tenant_id", "job_id", "key"],
        unique=False,
        postgresql_where=sa.text("key is not null"),
    )
    op.create_index(
        "ix_import_rows_string",
        "import_rows",
        ["tenant_id", "job_id", "string_id"],
        unique=False,
        postgresql_where=sa.text("string_id is not null"),
    )
    op.create_index(
        "ix_import_rows_open",
        "import_rows",
        ["tenant_id", "job_id", "work", "place", "row"],
        unique=False,
        postgresql_where=sa.text("outcome is null"),
    )
    secure("import_rows", roles=ROLES)


def downgrade() -> None:
    op.drop_table("import_rows")
