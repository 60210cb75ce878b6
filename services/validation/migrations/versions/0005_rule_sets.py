"""Rule sets that people write, their versions and lists, and the pages that callers had judged by them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0005"
down_revision = "0004"
ROLES = Roles.of("validation")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
ZERO = sa.text("0")
NAME = sa.Text(collation="C")


def _tenant() -> sa.Column[Any]:
    return sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False)


def _make_table(name: str, *parts: sa.schema.SchemaItem, versioned: bool = False) -> None:
    version = sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False)
    op.create_table(
        name,
        _tenant(),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *parts,
        *([version] if versioned else []),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
    )


def _of_set(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("rule_set_id", sa.BigInteger(), nullable=False),
        _belongs(table, "rule_set_id", "rule_sets"),
    ]


def _belongs(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    ends = [f"{to}.tenant_id", f"{to}.id"]
    name = op.f(f"fk_{table}_tenant_id_{column}")
    return sa.ForeignKeyConstraint(["tenant_id", column], ends, name=name, ondelete=ondelete)


def _slug(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("name ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f(f"ck_{table}_name_slug"))


def _at_most(table: str, column: str, length: int) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"char_length({column}) <= {length}", name=op.f(f"ck_{table}_{column}_length"))


def upgrade() -> None:
    _sets()
    _lists()
    _evaluations()
    secure("rule_sets", roles=ROLES, app="select, insert, update")
    # A definition is never rewritten: results refer to it.
    secure("rule_set_versions", roles=ROLES, app="select, insert")
    for table in ("rule_lists", "rule_list_values", "rule_evaluations"):
        secure(table, roles=ROLES)


def _sets() -> None:
    _make_table(
        "rule_sets",
        sa.Column("name", NAME, nullable=False),
        sa.Column("title", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("latest", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("retired_at", TIME, nullable=True),
        _slug("rule_sets"),
        _at_most("rule_sets", "name", 100),
        sa.UniqueConstraint("tenant_id", "name", name="unique_rule_set"),
        versioned=True,
    )
    _make_table(
        "rule_set_versions",
        *_of_set("rule_set_versions"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.UniqueConstraint("tenant_id", "rule_set_id", "number", name="unique_rule_set_version"),
    )


def _lists() -> None:
    _make_table(
        "rule_lists",
        *_of_set("rule_lists"),
        sa.Column("name", NAME, nullable=False),
        sa.Column("size", sa.Integer(), server_default=ZERO, nullable=False),
        _slug("rule_lists"),
        _at_most("rule_lists", "name", 100),
        sa.UniqueConstraint("tenant_id", "rule_set_id", "name", name="unique_rule_list"),
        versioned=True,
    )
    table = "rule_list_values"
    op.create_table(
        table,
        _tenant(),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("value", NAME, nullable=False),
        sa.Column("folded", NAME, sa.Computed('lower(value COLLATE "C")', persisted=True), nullable=False),
        _belongs(table, "list_id", "rule_lists", "CASCADE"),
        _at_most(table, "value", 500),
        sa.PrimaryKeyConstraint("tenant_id", "list_id", "value", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_folded", table, ["tenant_id", "list_id", "folded"])


def _evaluations() -> None:
    table = "rule_evaluations"
    _make_table(
        table,
        *_of_set(table),
        sa.Column("label", NAME, nullable=False),
        sa.Column("page", sa.BigInteger(), server_default=ZERO, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("number", "records", "failed", "warned")),
        sa.Column("verdict", sa.Text(), nullable=False),
        _at_most(table, "label", 200),
        sa.CheckConstraint("verdict in ('pass', 'warn', 'fail')", name=op.f(f"ck_{table}_verdict")),
        sa.UniqueConstraint("tenant_id", "rule_set_id", "label", "page", name="unique_evaluated_page"),
    )


def downgrade() -> None:
    for table in ("rule_evaluations", "rule_list_values", "rule_lists", "rule_set_versions", "rule_sets"):
        op.drop_table(table)
