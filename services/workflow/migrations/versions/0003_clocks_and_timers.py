"""Clocks and timers of items, what tenants say about them, and breaches as steps of a story."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0003"
down_revision = "0002"
ROLES = Roles.of("workflow")

STEPS = ("permit", "verification", "assignment", "vote")
# The states from which a task expires.
EXPIRING = "'ASSIGNED', 'INPROGRESS', 'WORKING', 'STANDBY', 'PARTIALLYCOMPLETED'"
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create(
        "clocks",
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("target_seconds", sa.Double(), nullable=False),
        sa.Column("spent_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("runs_since", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("next_at", TIME, nullable=True),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("warned_at", TIME, nullable=True),
        sa.Column("breached_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint("mode in ('running', 'paused', 'ended')", name=op.f("ck_clocks_mode")),
        sa.CheckConstraint("(mode = 'running') = (runs_since is not null)", name=op.f("ck_clocks_running")),
        sa.CheckConstraint("mode = 'running' or next_at is null", name=op.f("ck_clocks_standing")),
        sa.CheckConstraint("target_seconds >= 0 and spent_seconds >= 0", name=op.f("ck_clocks_seconds")),
    )
    op.create_index(
        "ix_clocks_next", "clocks", ["tenant_id", "next_at"], postgresql_where=sa.text("next_at is not null")
    )
    _create("timers", sa.Column("state", sa.Text(), nullable=False), sa.Column("due_at", TIME, nullable=False))
    op.create_index("ix_timers_due", "timers", ["tenant_id", "due_at"])
    for name in ("working_hours", "timer_hours"):
        empty = sa.text("'{}'::jsonb")
        op.add_column("tenants", sa.Column(name, postgresql.JSONB(), server_default=empty, nullable=False))
    _allow_steps(*STEPS, "sla_breach")
    op.drop_index("ix_tasks_expires", "tasks")
    op.create_index(
        "ix_tasks_expires",
        "tasks",
        ["tenant_id", "expires_at"],
        postgresql_where=sa.text(f"expires_at is not null and state in ({EXPIRING})"),
    )


def downgrade() -> None:
    op.drop_index("ix_tasks_expires", "tasks")
    op.create_index(
        "ix_tasks_expires", "tasks", ["tenant_id", "expires_at"], postgresql_where=sa.text("expires_at is not null")
    )
    # Of all tenants: the owner stands below row security as well.
    op.execute("alter table steps no force row level security")
    op.execute("delete from steps where kind = 'sla_breach'")
    op.execute("alter table steps force row level security")
    _allow_steps(*STEPS)
    for name in ("timer_hours", "working_hours"):
        op.drop_column("tenants", name)
    op.drop_table("timers")
    op.drop_table("clocks")


def _create(table: str, *columns: sa.schema.SchemaItem) -> None:
    """A table of rows that belong to an item of any kind, secured like all others."""
    op.create_table(
        table,
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entity", sa.Text(collation="C"), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        *columns,
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "tenant_id", "entity", "entity_id", "name", name=op.f(f"uq_{table}_tenant_id_entity_entity_id_name")
        ),
    )
    secure(table, roles=ROLES)


def _allow_steps(*kinds: str) -> None:
    op.drop_constraint(op.f("ck_steps_kind"), "steps")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint(op.f("ck_steps_kind"), "steps", f"kind in ({listed})")
