"""A group of tables names tables of its store, whoever writes it: a list has no foreign key of its own."""

from alembic import op

revision = "0021"
down_revision = "0020"

CHECK = """
create function check_tables_of_group() returns trigger language plpgsql as $$
begin
    if exists (
        select from unnest(new.tables) named where not exists (
            select from store_tables t join table_areas a on a.tenant_id = t.tenant_id and a.id = t.area_id
            where t.tenant_id = new.tenant_id and t.id = named and t.deleted_at is null and a.store_id = new.store_id
        )
    ) then
        raise exception 'a table of this group is none of its store'
            using errcode = 'foreign_key_violation', constraint = 'fk_table_groups_tables';
    end if;
    return new;
end
$$
"""


def upgrade() -> None:
    op.execute(CHECK)
    op.execute(
        "create trigger check_tables before insert or update of tables, store_id on table_groups"
        " for each row execute function check_tables_of_group()"
    )


def downgrade() -> None:
    op.execute("drop trigger check_tables on table_groups")
    op.execute("drop function check_tables_of_group()")
