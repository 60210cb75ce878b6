"""Pipelines may load what promotions refer to: these rows are kept account of as those of the catalogue are.

No edge receives that account, so it moves no number of theirs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
# With the columns that no edge has received before.
TABLES = {
    "brands": (),
    "stores": (),
    "menu_categories": ("icon",),
    "menu_products": ("printer_target", "track_stock", "stock_quantity"),
    "modifiers": (),
    "modifier_options": (),
    "product_modifiers": (),
    "table_areas": (),
    "store_tables": (),
    "table_groups": (),
}
HIDDEN = ("version", "updated_at", "created_at", "created_by")
ACCOUNT = (
    *("row_number", "source_pipeline", "content_hash", "source_changed_at", "loaded_at", "created_run_id"),
    *("edited_at", "edited_by", "is_placeholder"),
)
EVENTS = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
}


def account() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("row_number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("source_pipeline", sa.Text(collation="C")),
        sa.Column("content_hash", sa.UUID()),
        sa.Column("source_changed_at", sa.DateTime(timezone=True)),
        sa.Column("loaded_at", sa.DateTime(timezone=True)),
        sa.Column("created_run_id", sa.UUID()),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("edited_by", sa.Text()),
        sa.Column("is_placeholder", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def watch(table: str, hidden: tuple[str, ...]) -> None:
    names = ", ".join(f"'{name}'" for name in (*HIDDEN, *hidden))
    for event, rows in EVENTS.items():
        op.execute(f"drop trigger edge_{event} on {table}")
        op.execute(
            f"create trigger edge_{event} after {event} on {table} {rows}"
            f" for each statement execute function note_edge_change({names})"
        )


def upgrade() -> None:
    for table, hidden in TABLES.items():
        for column in account():
            op.add_column(table, column)
        op.create_index(f"uq_{table}_row_number", table, ["tenant_id", "row_number"], unique=True)
        watch(table, (*hidden, *ACCOUNT))
        op.execute(
            f"create trigger note_edit before insert or update on {table} for each row"
            " when (coalesce(current_setting('app.loading', true), '') = '') execute function note_edit()"
        )


def downgrade() -> None:
    for table, hidden in TABLES.items():
        op.execute(f"drop trigger note_edit on {table}")
        watch(table, hidden)
        op.drop_index(f"uq_{table}_row_number", table)
        for name in ACCOUNT:
            op.drop_column(table, name)
