"""Since when a brand or a store is switched off, whatever else of it is edited later, and whoever writes it."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
TABLES = ("brands", "stores")

NOTE = """
create function note_switching_off() returns trigger language plpgsql as $$
begin
    if new.is_active then
        new.switched_off_at := null;
    elsif tg_op = 'INSERT' or old.is_active then
        new.switched_off_at := now();
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    op.execute(NOTE)
    for table in TABLES:
        op.add_column(table, sa.Column("switched_off_at", sa.DateTime(timezone=True)))
        op.execute(
            f"create trigger note_switching_off before insert or update of is_active on {table}"
            " for each row execute function note_switching_off()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop trigger note_switching_off on {table}")
        op.drop_column(table, "switched_off_at")
    op.execute("drop function note_switching_off()")
