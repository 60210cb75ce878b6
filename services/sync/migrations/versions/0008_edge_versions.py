"""The number that grows with every change that an edge could see, and the one question across companies.

Statement triggers compare what was with what is, so that a change of thousands of rows moves the number once, a change
of nothing not at all, and a column that no edge receives neither.
"""

from alembic import op

from shared.migrations import Roles

revision = "0008"
down_revision = "0007"
ROLES = Roles.of("sync")

# The columns of each table that no edge receives.
WATCHED = {
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
    "promotions": ("current_uses", "exhausted_changed_at"),
    "promotion_links": (),
    "promotion_tiers": (),
    "promotion_packages": (),
    "promotion_package_items": (),
    "promotion_sync_settings": ("updated_by",),
    "promotion_sync_overrides": ("updated_by",),
    "tenants": ("settings", "slug", "if_match_required", "status"),
}
# Rows that come into being by themselves, at first use, and change nothing by it.
MADE_WITH_DEFAULTS = ("tenants", "promotion_sync_settings")
# Not even when they alone are changed: with them every touch of a row would count.
ALWAYS_HIDDEN = ("version", "updated_at", "created_at", "created_by")

NOTE = """
create function note_edge_change() returns trigger language plpgsql as $$
declare
    changed uuid[];
    -- Under its transaction's own number a change counts once, in however many statements it is made.
    here bigint := pg_current_xact_id()::text::bigint;
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct tenant_id) into changed from new_rows;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct tenant_id) into changed from old_rows;
    else
        select array_agg(distinct tenant_id) into changed from (
            select tenant_id, to_jsonb(n) - tg_argv from new_rows n
            except
            select tenant_id, to_jsonb(o) - tg_argv from old_rows o
        ) different;
    end if;
    insert into edge_versions as known (tenant_id, version, changed_in)
    select one, 1, here from unnest(changed) as one order by one
    on conflict (tenant_id) do update
    set version = known.version + 1, changed_at = now(), changed_in = excluded.changed_in
    where known.changed_in <> excluded.changed_in;
    return null;
end
$$
"""
EVENTS = {
    "insert": "referencing new table as new_rows",
    "update": "referencing old table as old_rows new table as new_rows",
    "delete": "referencing old table as old_rows",
}

# It sees no more than whether the id is that of a company, and says no more.
COMPANY_EXISTS = """
create function company_exists(asked uuid) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    return exists (select 1 from tenants where tenant_id = asked and code is not null);
end
$$
"""


def upgrade() -> None:
    op.execute(NOTE)
    for table, hidden in WATCHED.items():
        names = ", ".join(f"'{name}'" for name in (*ALWAYS_HIDDEN, *hidden))
        for event, rows in EVENTS.items():
            if event == "insert" and table in MADE_WITH_DEFAULTS:
                continue
            op.execute(
                f"create trigger edge_{event} after {event} on {table} {rows}"
                f" for each statement execute function note_edge_change({names})"
            )
    op.execute(COMPANY_EXISTS)
    op.execute(f'grant select on tenants to "{ROLES.search}"')
    op.execute(f'grant create, usage on schema public to "{ROLES.search}"')
    op.execute(f'alter function company_exists(uuid) owner to "{ROLES.search}"')
    op.execute(f'revoke create on schema public from "{ROLES.search}"')
    op.execute("revoke all on function company_exists(uuid) from public")
    op.execute(f'grant execute on function company_exists(uuid) to "{ROLES.app}"')


def downgrade() -> None:
    op.execute("drop function company_exists(uuid)")
    op.execute(f'revoke all on tenants from "{ROLES.search}"')
    op.execute(f'revoke usage on schema public from "{ROLES.search}"')
    for table in WATCHED:
        for event in EVENTS:
            op.execute(f"drop trigger if exists edge_{event} on {table}")
    op.execute("drop function note_edge_change()")
