"""What is played, and what players ask for it: weeks, scenes, stories, requests for experience."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import Roles, secure

revision = "0003"
down_revision = "0002"
ROLES = Roles.of("validation")

TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
TODAY = sa.text("CURRENT_DATE")
EMPTY = sa.text("''")
NO = sa.text("false")
TABLES = ("weeks", "scenes", "scene_participants", "stories", "weekly_xp_requests", "story_xp_requests")
STATES = "state in ('Pending', 'Approved', 'Denied')"


def make_table(name: str, *parts: sa.schema.SchemaItem, versioned: bool = True) -> None:
    """A table with what all of them have: tenant, id, version, times."""
    version = sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False)
    op.create_table(
        name,
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *parts,
        *([version] if versioned else []),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{name}")),
    )


def belongs(table: str, to: str, column: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{to}.tenant_id", f"{to}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete=ondelete,
    )


def at_most(table: str, column: str, length: int) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"char_length({column}) <= {length}", name=op.f(f"ck_{table}_{column}_length"))


def not_blank(table: str, column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"btrim({column}, E' \\t\\n\\r') <> ''", name=op.f(f"{table}_{column}_not_blank"))


def flags(*names: str) -> list[sa.Column[bool]]:
    return [sa.Column(name, sa.Boolean(), server_default=NO, nullable=False) for name in names]


def decided(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("state", sa.Text(), server_default=sa.text("'Pending'"), nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.CheckConstraint(STATES, name=op.f(f"{table}_valid_state")),
        at_most(table, "reason", 500),
    ]


def index_requests(table: str) -> None:
    op.create_index(f"ix_{table}_pending", table, ["tenant_id", "id"], postgresql_where=sa.text("state = 'Pending'"))
    op.create_index(f"ix_{table}_character", table, ["tenant_id", "character_id", "id"])


def upgrade() -> None:
    _scenes()
    _stories()
    _requests()
    for table in TABLES:
        secure(table, roles=ROLES)


def _scenes() -> None:
    make_table(
        "weeks",
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.CheckConstraint("extract(isodow from end_date) = 7", name=op.f("ck_weeks_end_date_sunday")),
        sa.UniqueConstraint("tenant_id", "end_date", name=op.f("uq_weeks_tenant_id_end_date")),
    )
    make_table(
        "scenes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("chronicle_id", sa.BigInteger(), nullable=True),
        sa.Column("location", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("date_played", sa.Date(), server_default=TODAY, nullable=False),
        sa.Column("date_of_scene", sa.Date(), server_default=TODAY, nullable=True),
        sa.Column("last_post_date", sa.Date(), nullable=True),
        *flags("finished"),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("week_id", sa.BigInteger(), nullable=True),
        *flags("xp_given", "waiting_for_st"),
        sa.Column("st_message", sa.Text(), server_default=EMPTY, nullable=False),
        belongs("scenes", "chronicles", "chronicle_id", "SET NULL (chronicle_id)"),
        belongs("scenes", "weeks", "week_id"),
        not_blank("scenes", "name"),
        at_most("scenes", "name", 100),
        at_most("scenes", "location", 200),
        at_most("scenes", "st_message", 300),
    )
    awaiting = sa.text("finished and not xp_given")
    op.create_index("ix_scenes_awaiting", "scenes", ["tenant_id", "id"], postgresql_where=awaiting)
    op.create_index("ix_scenes_chronicle", "scenes", ["tenant_id", "chronicle_id", "id"])
    op.create_index("ix_scenes_week", "scenes", ["tenant_id", "week_id", "id"])
    make_table(
        "scene_participants",
        sa.Column("scene_id", sa.BigInteger(), nullable=False),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        belongs("scene_participants", "scenes", "scene_id", "CASCADE"),
        belongs("scene_participants", "characters", "character_id", "CASCADE"),
        sa.UniqueConstraint(
            "tenant_id", "scene_id", "character_id", name=op.f("uq_scene_participants_tenant_id_scene_id_character_id")
        ),
        versioned=False,
    )
    op.create_index("ix_scene_participants_character", "scene_participants", ["tenant_id", "character_id", "scene_id"])


def _stories() -> None:
    make_table(
        "stories",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("chronicle_id", sa.BigInteger(), nullable=True),
        *flags("xp_given"),
        belongs("stories", "chronicles", "chronicle_id", "SET NULL (chronicle_id)"),
        not_blank("stories", "name"),
        at_most("stories", "name", 100),
    )
    op.create_index("ix_stories_chronicle", "stories", ["tenant_id", "chronicle_id", "id"])


def _requests() -> None:
    in_a_scene = ("learning", "rp", "focus", "standingout")
    make_table(
        "weekly_xp_requests",
        sa.Column("week_id", sa.BigInteger(), nullable=False),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("finishing", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        *flags(*in_a_scene),
        *(sa.Column(f"{category}_scene_id", sa.BigInteger(), nullable=True) for category in in_a_scene),
        *decided("weekly_xp_requests"),
        belongs("weekly_xp_requests", "weeks", "week_id"),
        belongs("weekly_xp_requests", "characters", "character_id", "CASCADE"),
        *(belongs("weekly_xp_requests", "scenes", f"{category}_scene_id") for category in in_a_scene),
        sa.UniqueConstraint("tenant_id", "week_id", "character_id", name="unique_weekly_xp_request"),
        *(
            sa.CheckConstraint(
                f"not {category} or {category}_scene_id is not null",
                name=op.f(f"weekly_xp_requests_{category}_scene"),
            )
            for category in in_a_scene
        ),
    )
    index_requests("weekly_xp_requests")
    make_table(
        "story_xp_requests",
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        *flags("success", "danger", "growth", "drama"),
        sa.Column("duration", sa.Integer(), server_default=sa.text("0"), nullable=False),
        *decided("story_xp_requests"),
        belongs("story_xp_requests", "stories", "story_id"),
        belongs("story_xp_requests", "characters", "character_id", "CASCADE"),
        sa.UniqueConstraint("tenant_id", "story_id", "character_id", name="unique_story_xp_request"),
        sa.CheckConstraint("duration between 0 and 100", name=op.f("story_xp_requests_duration_range")),
    )
    index_requests("story_xp_requests")


def downgrade() -> None:
    for table in ("story_xp_requests", "weekly_xp_requests", "stories", "scene_participants", "scenes", "weeks"):
        op.drop_table(table)
