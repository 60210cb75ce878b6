"""Polls without news look at one number; signatures are part of what edges see, so what changes them moves it too."""

from alembic import op

from shared.migrations import Roles

revision = "0020"
down_revision = "0019"
ROLES = Roles.of("sync")

# It names the tenant itself, for this one statement: who asks it has opened no unit of work.
NUMBER = """
create function edge_number(asked uuid) returns bigint language plpgsql as $$
begin
    perform set_config('app.tenant_id', asked::text, true);
    return (select version from edge_versions where tenant_id = asked);
end
$$
"""
# Few rows, changed one by one, and a relay that notes here what it has told: row by row, and only these columns.
SIGNED = """
create function note_edge_signature() returns trigger language plpgsql as $$
begin
    insert into edge_versions as known (tenant_id, version) values (new.tenant_id, 1)
    on conflict (tenant_id) do update set version = known.version + 1, changed_at = now();
    return null;
end
$$
"""
# The first key of a company is made by its first answer; from then on a new one ends the one before.
TRIGGERS = {
    "edge_signing_keys": "update of expires_at",
    "edge_servers": "insert or update of signature, secret, active, deleted_at",
}


def upgrade() -> None:
    op.execute(NUMBER)
    op.execute("revoke all on function edge_number(uuid) from public")
    op.execute(f'grant execute on function edge_number(uuid) to "{ROLES.app}"')
    op.execute(SIGNED)
    for table, events in TRIGGERS.items():
        op.execute(
            f"create trigger edge_signature after {events} on {table}"
            " for each row execute function note_edge_signature()"
        )


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(f"drop trigger edge_signature on {table}")
    op.execute("drop function note_edge_signature()")
    op.execute("drop function edge_number(uuid)")
