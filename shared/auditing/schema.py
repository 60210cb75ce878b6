"""Tables of the audit log for migration files.

    create_audit_tables(Roles.of("sync"))

What the roles may do: the application inserts and reads; the relay does too, writes seals, and may delete rows of
segments that it has marked as purged, nothing else. Nobody but the owner can update a row, and the owner cannot do it
unseen once the row is sealed.
"""

from typing import Final

from alembic import op

from shared.auditing.models import RETENTION
from shared.migrations import Roles, security_statements

EVENTS: Final = "audit_events"
SEALS: Final = "audit_seals"

_EVENT_COLUMNS: Final = f"""
    tenant_id uuid not null default nullif(current_setting('app.tenant_id', true), '')::uuid,
    created_at timestamptz not null default statement_timestamp(),
    id bigint not null generated always as identity,
    event_type text not null,
    level text not null default 'INFO',
    action text not null,
    entity_type text not null,
    entity_id text,
    actor text,
    actor_name text,
    client_address text,
    message text,
    changes jsonb,
    metadata jsonb,
    security_flags text[],
    duration_ms bigint,
    correlation_id uuid not null,
    origin_correlation_id uuid,
    retention_class text not null default 'standard',
    retention_until timestamptz not null default {RETENTION}
"""
_SEAL_COLUMNS: Final = """
    tenant_id uuid not null default nullif(current_setting('app.tenant_id', true), '')::uuid,
    retention_class text not null,
    number bigint not null,
    first_id bigint not null,
    last_id bigint not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    row_count bigint not null,
    rows_hash bytea not null,
    retention_until timestamptz not null,
    previous_hash bytea,
    sealed_at timestamptz not null,
    seal_hash bytea not null,
    row_ids bigint[],
    row_digests bytea,
    archived_at timestamptz,
    purged_at timestamptz,
    signature bytea
"""


def create_audit_tables(roles: Roles, *, events: str = EVENTS, seals: str = SEALS, months_ahead: int = 3) -> None:
    """Creates both tables, their indexes, policies and grants, and the first partitions (in a migration)."""
    for statement in (
        *_tables(events, seals),
        *_indexes(events, seals),
        *security_statements(events, roles=roles, app="select, insert", relay="select, insert, delete"),
        *security_statements(
            seals,
            roles=roles,
            app="select",
            relay="select, insert, update (archived_at, purged_at, signature, row_ids, row_digests)",
        ),
        *_relay_statements(events, seals, roles),
        _partition_function(events),
        "revoke all on function ensure_audit_partitions(integer) from public",
        f'grant execute on function ensure_audit_partitions(integer) to "{roles.relay}"',
        f"select ensure_audit_partitions({int(months_ahead)})",
    ):
        op.execute(statement)


def drop_audit_tables(*, events: str = EVENTS, seals: str = SEALS) -> None:
    """Undoes `create_audit_tables`, with everything that was recorded."""
    op.execute("drop function if exists ensure_audit_partitions(integer)")
    op.execute(f"drop table if exists {events}")
    op.execute(f"drop table if exists {seals}")


def _tables(events: str, seals: str) -> list[str]:
    return [
        f"create table {events} ({_EVENT_COLUMNS},"
        f" constraint pk_{events} primary key (tenant_id, created_at, id)) partition by range (created_at)",
        f"create table {seals} ({_SEAL_COLUMNS},"
        f" constraint pk_{seals} primary key (tenant_id, retention_class, number),"
        f" constraint ck_{seals}_range check (number > 0 and row_count > 0 and first_id <= last_id))",
        # Takes what no month takes, so that a forgotten partition never refuses a row. Its name has the form by
        # which partitions are told from declared tables.
        f"create table {events}_p2_default partition of {events} default",
        f"alter table {events}_p2_default enable row level security",
        f"alter table {events}_p2_default force row level security",
    ]


def _indexes(events: str, seals: str) -> list[str]:
    return [
        f"create index ix_{events}_entity on {events} (tenant_id, entity_id)",
        f"create index ix_{events}_trace on {events} (tenant_id, correlation_id)",
        f"create index ix_{events}_security on {events} (tenant_id, created_at) where level = 'SECURITY'",
        f"create index ix_{events}_sealing on {events} using brin (id)"
        " with (pages_per_range = 32, autosummarize = true)",
        f"create index ix_{seals}_last_id on {seals} (last_id)",
    ]


def _relay_statements(events: str, seals: str, roles: Roles) -> list[str]:
    return [
        f'create policy purge on {events} as restrictive for delete to "{roles.relay}" using (exists ('
        f" select from {seals} s where s.tenant_id = {events}.tenant_id"
        f" and s.retention_class = {events}.retention_class and s.purged_at is not null"
        f" and {events}.id between s.first_id and s.last_id))",
        # The last number given out bounds what can be sealed.
        f'grant select on sequence {events}_id_seq to "{roles.relay}"',
    ]


def _partition_function(events: str) -> str:
    # The partition is filled before it is attached: attaching locks the parent only against other changes of its
    # shape, so that writing goes on. Whoever reads the default partition for long makes this fail, to be tried again,
    # rather than let other readers queue behind it.
    return f"""
create function ensure_audit_partitions(months_ahead integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '1s' as $$
declare
    first_day timestamptz;
    next_first_day timestamptz;
    part text;
    made integer := 0;
begin
    perform pg_advisory_xact_lock(hashtextextended('{events} partitions', 0));
    for step in 0..months_ahead loop
        first_day := (date_trunc('month', now() at time zone 'UTC') + step * interval '1 month') at time zone 'UTC';
        next_first_day := (first_day at time zone 'UTC' + interval '1 month') at time zone 'UTC';
        part := '{events}_p' || to_char(first_day at time zone 'UTC', 'YYYY_MM');
        continue when to_regclass('public.' || part) is not null;
        execute format('create table public.%I (like public.{events} including defaults including constraints)', part);
        execute 'lock table public.{events}_p2_default in access exclusive mode';
        execute 'alter table public.{events}_p2_default no force row level security';
        execute format(
            'with moved as (delete from public.{events}_p2_default where created_at >= $1 and created_at < $2'
            ' returning *) insert into public.%I select * from moved', part
        ) using first_day, next_first_day;
        execute format(
            'alter table public.{events} attach partition public.%I for values from (%L) to (%L)',
            part, first_day, next_first_day
        );
        execute 'alter table public.{events}_p2_default force row level security';
        execute format('alter table public.%I enable row level security', part);
        execute format('alter table public.%I force row level security', part);
        made := made + 1;
    end loop;
    return made;
end
$$"""  # noqa: S608
