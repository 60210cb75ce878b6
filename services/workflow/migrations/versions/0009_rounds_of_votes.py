"""Votes of a round: what was voted for may change, and then everybody votes anew."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLUMNS = ["tenant_id", "entity", "entity_id", "actor"]
_WHERE = sa.text("kind = 'vote'")


def upgrade() -> None:
    # Votes on approvals began with version 0 of them.
    op.add_column("steps", sa.Column("round", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.drop_index("uq_steps_vote", table_name="steps")
    columns = [*_COLUMNS[:3], "round", "actor"]
    op.create_index("uq_steps_vote", "steps", columns, unique=True, postgresql_where=_WHERE)


def downgrade() -> None:
    op.drop_index("uq_steps_vote", table_name="steps")
    op.create_index("uq_steps_vote", "steps", _COLUMNS, unique=True, postgresql_where=_WHERE)
    op.drop_column("steps", "round")
