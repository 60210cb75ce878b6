"""The ledger: transfers that nobody changes, requests that reserve points, tariffs, and what keeps projections true."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0004"
down_revision = "0003"
ROLES = Roles.of("validation")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
EMPTY = sa.text("''")
KEY = ("tenant_id", "id")
MOVES = {
    "grant": ("issued", "available"),
    "scene_award": ("issued", "available"),
    "story_award": ("issued", "available"),
    "weekly_award": ("issued", "available"),
    "reserve": ("available", "pending"),
    "post": ("pending", "spent"),
    "void": ("pending", "available"),
    "reverse": ("spent", "available"),
    "withdraw": ("available", "issued"),
}
LISTED = ", ".join(f"('{kind}', '{debit}', '{credit}')" for kind, (debit, credit) in MOVES.items())
# Column, and the table that it refers to.
REFERENCES = {
    "character_id": "characters",
    "reservation_id": "xp_transfers",
    "spend_request_id": "xp_spend_requests",
    "scene_id": "scenes",
    "story_id": "stories",
    "weekly_request_id": "weekly_xp_requests",
    "story_request_id": "story_xp_requests",
}
# What a reference brings, it brings once. Rows without it do not weigh on the index.
ONCE = {
    "one_resolution_per_reservation": ("reservation_id",),
    "one_award_per_scene_and_character": ("scene_id", "character_id"),
    "one_award_per_story_and_character": ("story_id", "character_id"),
    "one_award_per_weekly_request": ("weekly_request_id",),
    "one_award_per_story_request": ("story_request_id",),
}
PROJECTIONS = "xp, xp_pending, xp_spent, ledger_entries"

# One plan for one entry and for a thousand: by the key of the character, never through all of them.
LOOKUPS = "set row_security = on set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off"


def _moved(account: str) -> str:
    return f"sum(case '{account}' when credit_account then amount when debit_account then -amount else 0 end)"


# After each insert: takes the entries into the characters' own columns, in the same statement, or refuses all of them
# where one does not follow from what the character has.
PROJECT = f"""
create function xp_transfers_project() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp {LOOKUPS} as $$
declare
    projected bigint;
begin
    update characters c
    set xp = last.available_after, xp_pending = last.pending_after, xp_spent = last.spent_after,
        ledger_entries = last.entry_no, updated_at = now()
    from (
        select tenant_id, character_id, min(entry_no) as first_no, max(entry_no) as last_no, count(*) as entries,
            {_moved("available")} as available, {_moved("pending")} as pending, {_moved("spent")} as spent
        from added group by tenant_id, character_id
    ) moved
    join added last on last.tenant_id = moved.tenant_id and last.character_id = moved.character_id
        and last.entry_no = moved.last_no
    where c.tenant_id = moved.tenant_id and c.id = moved.character_id
        and moved.first_no = c.ledger_entries + 1 and moved.last_no = c.ledger_entries + moved.entries
        and last.available_after = c.xp + moved.available and last.pending_after = c.xp_pending + moved.pending
        and last.spent_after = c.xp_spent + moved.spent;
    get diagnostics projected = row_count;
    if projected <> (select count(distinct character_id) from added) then
        raise exception 'An entry does not follow from the balance of its character.'
            using errcode = 'check_violation', table = 'xp_transfers', constraint = 'xp_transfers_follow';
    end if;
    return null;
end
$$
"""
# The projections of these characters from their entries; returns whose had been wrong.
REBUILD = f"""
create function rebuild_projections(ids bigint[]) returns setof bigint
language sql security definer set search_path = pg_catalog, public, pg_temp {LOOKUPS} as $$
    update characters c
    set xp = held.available, xp_pending = held.pending, xp_spent = held.spent, ledger_entries = held.entries,
        updated_at = now()
    from (
        select k.tenant_id, k.id, coalesce({_moved("available")}, 0) as available,
            coalesce({_moved("pending")}, 0) as pending, coalesce({_moved("spent")}, 0) as spent,
            coalesce(max(t.entry_no), 0) as entries
        from characters k left join xp_transfers t on t.tenant_id = k.tenant_id and t.character_id = k.id
        where k.tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) and k.id = any (ids)
        group by k.tenant_id, k.id
    ) held
    where c.tenant_id = held.tenant_id and c.id = held.id and (c.xp, c.xp_pending, c.xp_spent, c.ledger_entries)
        is distinct from (held.available, held.pending, held.spent, held.entries)
    returning c.id
$$
"""
# After the row, so that the named constraints answer before it.
REFUSE = """
create function characters_refuse_projections() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    raise exception 'Balances are written by the ledger alone: add an entry to xp_transfers.'
        using errcode = 'insufficient_privilege';
end
$$
"""


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _times(*, versioned: bool = True) -> list[sa.Column[Any]]:
    version = sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False)
    return [
        *([version] if versioned else []),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
    ]


def _belongs(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    ends = [f"{to}.tenant_id", f"{to}.id"]
    name = op.f(f"fk_{table}_tenant_id_{column}")
    return sa.ForeignKeyConstraint(["tenant_id", column], ends, name=name, ondelete=ondelete)


def upgrade() -> None:
    _tariffs()
    _spend_requests()
    _transfers()
    _functions()
    secure("tariffs", roles=ROLES)
    secure("xp_spend_requests", roles=ROLES, app="select, insert, update")
    # A request and its reservation name each other, so their numbers are taken before.
    op.execute(f'grant usage on sequence xp_spend_requests_id_seq, xp_transfers_id_seq to "{ROLES.app}"')
    # Nothing else: an entry is corrected by another one.
    secure("xp_transfers", roles=ROLES, app="select, insert")


def _tariffs() -> None:
    prices = "between 1 and 1000"
    op.create_table(
        "tariffs",
        *_columns(),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("class", sa.Text(collation="C"), server_default=sa.text("'standard'"), nullable=False),
        sa.Column("gameline_id", sa.BigInteger(), nullable=True),
        sa.Column("factor", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("new_price", sa.Integer(), nullable=True),
        sa.Column("change_price", sa.Integer(), nullable=True),
        sa.Column("cap", sa.Integer(), nullable=True),
        *_times(),
        _belongs("tariffs", "gameline_id", "gamelines", "CASCADE"),
        sa.CheckConstraint("kind ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f("ck_tariffs_kind_slug")),
        sa.CheckConstraint("class ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f("ck_tariffs_class_slug")),
        sa.CheckConstraint("char_length(kind) <= 50", name=op.f("ck_tariffs_kind_length")),
        sa.CheckConstraint("char_length(class) <= 50", name=op.f("ck_tariffs_class_length")),
        sa.CheckConstraint(
            f"factor between 0 and 100 and new_price {prices} and change_price {prices}",
            name=op.f("tariffs_prices_range"),
        ),
        sa.CheckConstraint("cap between 1 and 20", name=op.f("tariffs_cap_range")),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_tariffs")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "class", "gameline_id", name="unique_tariff", postgresql_nulls_not_distinct=True
        ),
    )


def _spend_requests() -> None:
    op.create_table(
        "xp_spend_requests",
        *_columns(),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("trait", sa.Text(collation="C"), nullable=False),
        sa.Column("trait_name", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("trait_type", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("trait_from", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("trait_value", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("reservation_id", sa.BigInteger(), nullable=True),
        sa.Column("reversed_at", TIME, nullable=True),
        sa.Column("reversed_by", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'Pending'"), nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        *_times(),
        _belongs("xp_spend_requests", "character_id", "characters", "CASCADE"),
        sa.CheckConstraint("cost >= 1", name=op.f("xp_spend_requests_cost_positive")),
        sa.CheckConstraint("state in ('Pending', 'Approved', 'Denied')", name=op.f("xp_spend_requests_valid_state")),
        sa.CheckConstraint("char_length(reason) <= 500", name=op.f("ck_xp_spend_requests_reason_length")),
        sa.CheckConstraint("char_length(trait_name) <= 100", name=op.f("ck_xp_spend_requests_trait_name_length")),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_xp_spend_requests")),
    )
    table, pending = "xp_spend_requests", sa.text("state = 'Pending'")
    op.create_index(f"ix_{table}_pending", table, ["tenant_id", "id"], postgresql_where=pending)
    op.create_index(f"ix_{table}_character", table, ["tenant_id", "character_id", "id"])
    op.create_index(f"ix_{table}_created", table, ["tenant_id", "created_at", "id"])
    op.create_index(
        "unique_pending_spend_per_trait",
        table,
        ["tenant_id", "character_id", "trait"],
        unique=True,
        postgresql_where=pending,
    )


def _transfers() -> None:
    op.create_table(
        "xp_transfers",
        *_columns(),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_no", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("debit_account", sa.Text(), nullable=False),
        sa.Column("credit_account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("available_after", sa.BigInteger(), nullable=False),
        sa.Column("pending_after", sa.BigInteger(), nullable=False),
        sa.Column("spent_after", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=True) for name in list(REFERENCES)[1:]),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        *_times(versioned=False),
        *(_belongs("xp_transfers", column, to) for column, to in REFERENCES.items()),
        sa.CheckConstraint("amount >= 1", name=op.f("xp_transfers_amount_positive")),
        sa.CheckConstraint(
            f"(kind, debit_account, credit_account) in ({LISTED})", name=op.f("xp_transfers_kind_accounts")
        ),
        sa.CheckConstraint(
            "available_after >= 0 and pending_after >= 0 and spent_after >= 0",
            name=op.f("xp_transfers_after_non_negative"),
        ),
        sa.CheckConstraint(
            "(kind in ('post', 'void')) = (reservation_id is not null)", name=op.f("xp_transfers_resolves")
        ),
        sa.CheckConstraint("char_length(reason) <= 500", name=op.f("ck_xp_transfers_reason_length")),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_xp_transfers")),
        sa.UniqueConstraint("tenant_id", "character_id", "entry_no", name="unique_entry_no"),
    )
    for name, columns in ONCE.items():
        present = sa.text(f"{columns[0]} is not null")
        op.create_index(name, "xp_transfers", ["tenant_id", *columns], unique=True, postgresql_where=present)
    op.create_foreign_key(
        op.f("fk_xp_spend_requests_tenant_id_reservation_id"),
        "xp_spend_requests",
        "xp_transfers",
        ["tenant_id", "reservation_id"],
        list(KEY),
    )


def _functions() -> None:
    for statement in (
        PROJECT,
        "create trigger xp_transfers_project after insert on xp_transfers referencing new table as added"
        " for each statement execute function xp_transfers_project()",
        REBUILD,
        REFUSE,
        "create trigger characters_no_balance after insert on characters for each row when"
        f" (current_user = '{ROLES.app}'"
        " and (new.xp, new.xp_pending, new.xp_spent, new.ledger_entries) is distinct from (0, 0, 0, 0))"
        " execute function characters_refuse_projections()",
        f"create trigger characters_keep_balance after update of {PROJECTIONS} on characters for each row when"
        f" (current_user = '{ROLES.app}' and (new.xp, new.xp_pending, new.xp_spent, new.ledger_entries)"
        " is distinct from (old.xp, old.xp_pending, old.xp_spent, old.ledger_entries))"
        " execute function characters_refuse_projections()",
        f'grant usage on schema public to "{ROLES.search}"',
        f'grant select, update ({PROJECTIONS}, updated_at) on characters to "{ROLES.search}"',
        f'grant select on xp_transfers to "{ROLES.search}"',
        "revoke all on function xp_transfers_project(), rebuild_projections(bigint[]) from public",
        f'grant execute on function rebuild_projections(bigint[]) to "{ROLES.app}"',
        # Who takes a function over must be able to make one there, at that moment.
        f'grant create on schema public to "{ROLES.search}"',
        f'alter function xp_transfers_project() owner to "{ROLES.search}"',
        f'alter function rebuild_projections(bigint[]) owner to "{ROLES.search}"',
        f'revoke create on schema public from "{ROLES.search}"',
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop trigger characters_no_balance on characters")
    op.execute("drop trigger characters_keep_balance on characters")
    op.drop_constraint(op.f("fk_xp_spend_requests_tenant_id_reservation_id"), "xp_spend_requests")
    for table in ("xp_transfers", "xp_spend_requests", "tariffs"):
        op.drop_table(table)
    for function in ("characters_refuse_projections()", "rebuild_projections(bigint[])", "xp_transfers_project()"):
        op.execute(f"drop function {function}")
    op.execute(f'revoke select, update ({PROJECTIONS}, updated_at) on characters from "{ROLES.search}"')
    op.execute(f'revoke usage on schema public from "{ROLES.search}"')
