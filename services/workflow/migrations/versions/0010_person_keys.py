"""Texts of a person under a key of that person, and erasures."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0010"
down_revision = "0009"
ROLES = Roles.of("workflow")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
_LENGTH = "ck_ticket_entries_text_length"


def _row(*columns: sa.Column[Any]) -> list[sa.Column[Any]]:
    return [
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        *columns,
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "person_keys",
        *_row(sa.Column("key", sa.LargeBinary(), nullable=True), sa.Column("erased_at", TIME, nullable=True)),
        sa.CheckConstraint("(key is null) = (erased_at is not null)", name=op.f("ck_person_keys_erased")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person_keys")),
    )
    has_key = sa.text("key is not null")
    columns = ["tenant_id", "subject"]
    op.create_index("uq_person_keys_subject", "person_keys", columns, unique=True, postgresql_where=has_key)
    secure("person_keys", roles=ROLES)
    op.create_table(
        "erasures",
        *_row(
            sa.Column("reason", sa.Text(), nullable=False),
            sa.Column("state", sa.Text(), server_default=sa.text("'PENDING'"), nullable=False),
            sa.Column("decided_by", sa.Text(), nullable=True),
            sa.Column("decided_at", TIME, nullable=True),
            sa.Column("keys_destroyed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        ),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state in ('PENDING', 'DONE', 'WITHDRAWN')", name=op.f("ck_erasures_state")),
        sa.CheckConstraint("char_length(reason) <= 1000", name=op.f("ck_erasures_reason_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_erasures")),
    )
    pending = sa.text("state = 'PENDING'")
    op.create_index("uq_erasures_subject", "erasures", columns, unique=True, postgresql_where=pending)
    secure("erasures", roles=ROLES)
    # Sealed texts are longer than what they say.
    op.drop_constraint(op.f(_LENGTH), "ticket_entries")
    op.create_check_constraint(op.f(_LENGTH), "ticket_entries", "char_length(text) <= 40100")


def downgrade() -> None:
    op.drop_constraint(op.f(_LENGTH), "ticket_entries")
    op.create_check_constraint(op.f(_LENGTH), "ticket_entries", "char_length(text) <= 5000")
    op.drop_table("erasures")
    op.drop_table("person_keys")
