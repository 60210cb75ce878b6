"""Room on the pages of a bulk job's items for what comes of them, so that telling it writes no index anew."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("alter table job_items set (fillfactor = 55)")


def downgrade() -> None:
    op.execute("alter table job_items reset (fillfactor)")
