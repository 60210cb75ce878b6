"""What has to be known of rows elsewhere to end them there, and to see that somebody else has edited them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column(
        "delivered_rows", sa.Column("address", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False)
    )
    op.add_column("delivered_rows", sa.Column("left_mark", sa.Text(), nullable=True))
    op.add_column("delivered_rows", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("gone_at", "left_mark", "address"):
        op.drop_column("delivered_rows", name)
