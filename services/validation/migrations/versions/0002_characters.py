"""Chronicles, characters, the limits that hold for them, groups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migrations import Roles, secure

revision = "0002"
down_revision = "0001"
ROLES = Roles.of("validation")
TENANT = sa.text("nullif(current_setting('app.tenant_id', true), '')::uuid")
TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")
EMPTY = sa.text("''")

LIMITS = {
    "attributes_min": 1,
    "attributes_max": 10,
    "appearance_min": 1,
    "abilities_min": 0,
    "abilities_max": 10,
    "willpower_min": 1,
    "willpower_max": 10,
    "temporary_willpower_max": 10,
    "age_max": 500,
    "apparent_age_max": 200,
}
USUAL = " and ".join(f"{name} = {value}" for name, value in LIMITS.items())
ATTRIBUTES = (
    "strength",
    "dexterity",
    "stamina",
    "charisma",
    "manipulation",
    "appearance",
    "perception",
    "intelligence",
    "wits",
)
ABILITIES = (
    "alertness",
    "athletics",
    "brawl",
    "empathy",
    "expression",
    "intimidation",
    "streetwise",
    "subterfuge",
    "crafts",
    "drive",
    "etiquette",
    "firearms",
    "melee",
    "stealth",
    "academics",
    "computer",
    "investigation",
    "medicine",
    "science",
)


def _integers(columns: dict[str, int]) -> list[sa.Column[int]]:
    return [
        sa.Column(name, sa.Integer(), server_default=sa.text(str(usual)), nullable=False)
        for name, usual in columns.items()
    ]


def _ranges() -> list[sa.CheckConstraint]:
    lower = {name: "attributes_min" for name in ATTRIBUTES} | {"appearance": "appearance_min"}
    attributes = [f"{name} between {lower[name]} and attributes_max" for name in ATTRIBUTES]
    abilities = [f"{name} between abilities_min and abilities_max" for name in ABILITIES]
    return [
        sa.CheckConstraint(condition, name=op.f(f"characters_{condition.split()[0]}_range"))
        for condition in attributes + abilities
    ]


def _outer_bounds() -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(
            f"{name} between 0 and {10_000 if 'age_max' in name else 20}", name=op.f(f"ck_limit_profiles_{name}_range")
        )
        for name in LIMITS
    ]


def upgrade() -> None:
    op.create_table(
        "gamelines",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(name, E' \\t\\n\\r') <> ''", name=op.f("gamelines_name_not_blank")),
        sa.CheckConstraint("char_length(code) between 2 and 10", name=op.f("ck_gamelines_code_length")),
        sa.CheckConstraint("char_length(name) <= 100", name=op.f("ck_gamelines_name_length")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_gamelines")),
        sa.UniqueConstraint("tenant_id", "code", name="unique_gameline_code"),
    )
    op.create_table(
        "chronicles",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("head_st", sa.Text(collation="C"), nullable=True),
        sa.Column(
            "game_storytellers", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False
        ),
        sa.Column("theme", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("mood", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("year", sa.Integer(), server_default=sa.text("2022"), nullable=False),
        sa.Column("allowed_types", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(name, E' \\t\\n\\r') <> ''", name=op.f("chronicles_name_not_blank")),
        sa.CheckConstraint(
            "cardinality(game_storytellers) <= 100", name=op.f("ck_chronicles_game_storytellers_length")
        ),
        sa.CheckConstraint("char_length(head_st) <= 255", name=op.f("ck_chronicles_head_st_length")),
        sa.CheckConstraint("char_length(mood) <= 200", name=op.f("ck_chronicles_mood_length")),
        sa.CheckConstraint("char_length(name) <= 100", name=op.f("ck_chronicles_name_length")),
        sa.CheckConstraint("char_length(theme) <= 200", name=op.f("ck_chronicles_theme_length")),
        sa.CheckConstraint("year between 1000 and 9999", name=op.f("chronicles_year_range")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_chronicles")),
    )
    op.create_index("ix_chronicles_head_st", "chronicles", ["tenant_id", "head_st"])
    op.create_table(
        "st_relationships",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.Text(collation="C"), nullable=True),
        sa.Column("chronicle_id", sa.BigInteger(), nullable=True),
        sa.Column("gameline_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(user_id) <= 255", name=op.f("ck_st_relationships_user_id_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "chronicle_id"],
            ["chronicles.tenant_id", "chronicles.id"],
            name=op.f("fk_st_relationships_tenant_id_chronicle_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "gameline_id"],
            ["gamelines.tenant_id", "gamelines.id"],
            name=op.f("fk_st_relationships_tenant_id_gameline_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_st_relationships")),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "chronicle_id",
            "gameline_id",
            name="unique_st_per_chronicle_gameline",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_st_relationships_chronicle", "st_relationships", ["tenant_id", "chronicle_id"])
    op.create_index("ix_st_relationships_gameline", "st_relationships", ["tenant_id", "gameline_id", "id"])
    op.create_table(
        "limit_profiles",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("chronicle_id", sa.BigInteger(), nullable=True),
        sa.Column("gameline_id", sa.BigInteger(), nullable=True),
        sa.Column("character_type", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        *_integers(LIMITS),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(reason, E' \\t\\n\\r') <> ''", name=op.f("limit_profiles_reason_not_blank")),
        sa.CheckConstraint(
            "character_type ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f("ck_limit_profiles_character_type_slug")
        ),
        sa.CheckConstraint(
            "abilities_max >= abilities_min", name=op.f("ck_limit_profiles_abilities_min_abilities_max")
        ),
        sa.CheckConstraint(
            "attributes_max >= appearance_min", name=op.f("ck_limit_profiles_appearance_min_attributes_max")
        ),
        sa.CheckConstraint(
            "attributes_max >= attributes_min", name=op.f("ck_limit_profiles_attributes_min_attributes_max")
        ),
        sa.CheckConstraint("char_length(character_type) <= 50", name=op.f("ck_limit_profiles_character_type_length")),
        sa.CheckConstraint("char_length(reason) <= 500", name=op.f("ck_limit_profiles_reason_length")),
        *_outer_bounds(),
        sa.CheckConstraint(
            "num_nonnulls(chronicle_id, gameline_id, character_type) > 0", name=op.f("ck_limit_profiles_condition")
        ),
        sa.CheckConstraint(
            "willpower_max >= willpower_min", name=op.f("ck_limit_profiles_willpower_min_willpower_max")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "chronicle_id"],
            ["chronicles.tenant_id", "chronicles.id"],
            name=op.f("fk_limit_profiles_tenant_id_chronicle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "gameline_id"],
            ["gamelines.tenant_id", "gamelines.id"],
            name=op.f("fk_limit_profiles_tenant_id_gameline_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_limit_profiles")),
        sa.UniqueConstraint(
            "tenant_id",
            "chronicle_id",
            "gameline_id",
            "character_type",
            name="unique_limit_profile",
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("tenant_id", "id", *LIMITS, name="unique_limits_of_profile"),
    )
    op.create_table(
        "trait_definitions",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), server_default=sa.text("'standard'"), nullable=False),
        sa.Column("gameline_id", sa.BigInteger(), nullable=True),
        sa.Column("multiplier", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("min", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(label, E' \\t\\n\\r') <> ''", name=op.f("trait_definitions_label_not_blank")),
        sa.CheckConstraint("class ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f("ck_trait_definitions_class_slug")),
        sa.CheckConstraint("code ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f("ck_trait_definitions_code_slug")),
        sa.CheckConstraint("kind ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f("ck_trait_definitions_kind_slug")),
        sa.CheckConstraint("char_length(class) <= 50", name=op.f("ck_trait_definitions_class_length")),
        sa.CheckConstraint("char_length(code) <= 50", name=op.f("ck_trait_definitions_code_length")),
        sa.CheckConstraint("char_length(kind) <= 50", name=op.f("ck_trait_definitions_kind_length")),
        sa.CheckConstraint("char_length(label) <= 100", name=op.f("ck_trait_definitions_label_length")),
        sa.CheckConstraint("max >= min", name=op.f("ck_trait_definitions_min_max")),
        sa.CheckConstraint("max between -10 and 10", name=op.f("ck_trait_definitions_max_range")),
        sa.CheckConstraint("min between -10 and 10", name=op.f("ck_trait_definitions_min_range")),
        sa.CheckConstraint("multiplier between 1 and 10", name=op.f("ck_trait_definitions_multiplier_range")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "gameline_id"],
            ["gamelines.tenant_id", "gamelines.id"],
            name=op.f("fk_trait_definitions_tenant_id_gameline_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_trait_definitions")),
        sa.UniqueConstraint("tenant_id", "code", name="unique_trait_code"),
    )
    op.create_index("ix_trait_definitions_gameline", "trait_definitions", ["tenant_id", "gameline_id"])
    op.create_table(
        "characters",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("owner", sa.Text(collation="C"), nullable=True),
        sa.Column("chronicle_id", sa.BigInteger(), nullable=True),
        sa.Column("gameline_id", sa.BigInteger(), nullable=True),
        sa.Column("character_type", sa.Text(), server_default=sa.text("'human'"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'Un'"), nullable=False),
        sa.Column("npc", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("concept", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("creation_status", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("description", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("public_info", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("notes", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("st_notes", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("visibility", sa.Text(), server_default=sa.text("'PRI'"), nullable=False),
        sa.Column("image_status", sa.Text(), server_default=sa.text("'sub'"), nullable=False),
        sa.Column("display", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("freebies", sa.Integer(), server_default=sa.text("15"), nullable=False),
        sa.Column("freebies_approved", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        *_integers(dict.fromkeys(ATTRIBUTES, 1)),
        *_integers(dict.fromkeys(ABILITIES, 0)),
        sa.Column("willpower", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("temporary_willpower", sa.Integer(), server_default=sa.text("3"), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("apparent_age", sa.Integer(), nullable=True),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("xp", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("xp_pending", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("xp_spent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ledger_entries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("limit_profile_id", sa.BigInteger(), nullable=True),
        *_integers(LIMITS),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(name, E' \\t\\n\\r') <> ''", name=op.f("characters_name_not_blank")),
        sa.CheckConstraint(
            "character_type ~ '^[a-z0-9]+([-_][a-z0-9]+)*$'", name=op.f("ck_characters_character_type_slug")
        ),
        sa.CheckConstraint("image_status in ('un', 'sub', 'app')", name=op.f("characters_valid_image_status")),
        sa.CheckConstraint("status in ('Un', 'Sub', 'App', 'Ret', 'Dec')", name=op.f("characters_valid_status")),
        sa.CheckConstraint("visibility in ('PUB', 'PRI', 'CHR')", name=op.f("characters_valid_visibility")),
        sa.CheckConstraint("age between 0 and age_max", name=op.f("characters_reasonable_age")),
        sa.CheckConstraint(
            "apparent_age between 0 and apparent_age_max", name=op.f("characters_reasonable_apparent_age")
        ),
        sa.CheckConstraint("char_length(character_type) <= 50", name=op.f("ck_characters_character_type_length")),
        sa.CheckConstraint("char_length(concept) <= 100", name=op.f("ck_characters_concept_length")),
        sa.CheckConstraint("char_length(description) <= 20000", name=op.f("ck_characters_description_length")),
        sa.CheckConstraint("char_length(name) <= 200", name=op.f("ck_characters_name_length")),
        sa.CheckConstraint("char_length(notes) <= 20000", name=op.f("ck_characters_notes_length")),
        sa.CheckConstraint("char_length(owner) <= 255", name=op.f("ck_characters_owner_length")),
        sa.CheckConstraint("char_length(public_info) <= 20000", name=op.f("ck_characters_public_info_length")),
        sa.CheckConstraint("char_length(st_notes) <= 20000", name=op.f("ck_characters_st_notes_length")),
        sa.CheckConstraint("creation_status >= 0", name=op.f("ck_characters_creation_status")),
        sa.CheckConstraint("ledger_entries >= 0", name=op.f("ck_characters_ledger_entries")),
        sa.CheckConstraint(f"limit_profile_id is not null or ({USUAL})", name=op.f("characters_default_limits")),
        *_ranges(),
        sa.CheckConstraint("temporary_willpower <= willpower", name=op.f("characters_temp_not_exceeds_max")),
        sa.CheckConstraint(
            "temporary_willpower between 0 and temporary_willpower_max", name=op.f("characters_temp_willpower_range")
        ),
        sa.CheckConstraint(
            "willpower between willpower_min and willpower_max", name=op.f("characters_permanent_willpower_range")
        ),
        sa.CheckConstraint("xp >= 0", name=op.f("characters_xp_non_negative")),
        sa.CheckConstraint("xp_pending >= 0", name=op.f("characters_xp_pending_non_negative")),
        sa.CheckConstraint("xp_spent >= 0", name=op.f("characters_xp_spent_non_negative")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "chronicle_id"],
            ["chronicles.tenant_id", "chronicles.id"],
            name=op.f("fk_characters_tenant_id_chronicle_id"),
            ondelete="SET NULL (chronicle_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "gameline_id"],
            ["gamelines.tenant_id", "gamelines.id"],
            name=op.f("fk_characters_tenant_id_gameline_id"),
            ondelete="SET NULL (gameline_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "limit_profile_id", *LIMITS],
            [f"limit_profiles.{name}" for name in ("tenant_id", "id", *LIMITS)],
            name="characters_limit_profile_fk",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_characters")),
    )
    op.create_index("ix_characters_chronicle", "characters", ["tenant_id", "chronicle_id", "gameline_id"])
    op.create_index("ix_characters_gameline", "characters", ["tenant_id", "gameline_id"])
    op.create_index("ix_characters_limit_profile", "characters", ["tenant_id", "limit_profile_id"])
    op.create_index("ix_characters_owner", "characters", ["tenant_id", "owner"])
    op.create_index("ix_characters_status", "characters", ["tenant_id", "status", "id"])
    op.create_table(
        "character_traits",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("trait_definition_id", sa.BigInteger(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("rating between -10 and 10", name=op.f("ck_character_traits_rating_range")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "character_id"],
            ["characters.tenant_id", "characters.id"],
            name=op.f("fk_character_traits_tenant_id_character_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "trait_definition_id"],
            ["trait_definitions.tenant_id", "trait_definitions.id"],
            name=op.f("fk_character_traits_tenant_id_trait_definition_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_character_traits")),
        sa.UniqueConstraint("tenant_id", "character_id", "trait_definition_id", name="unique_trait_of_character"),
    )
    op.create_index(
        "ix_character_traits_definition", "character_traits", ["tenant_id", "trait_definition_id", "rating"]
    )
    op.create_table(
        "status_changes",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("changed_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("char_length(reason) <= 500", name=op.f("ck_status_changes_reason_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "character_id"],
            ["characters.tenant_id", "characters.id"],
            name=op.f("fk_status_changes_tenant_id_character_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_status_changes")),
    )
    op.create_index("ix_status_changes_character", "status_changes", ["tenant_id", "character_id", "id"])
    op.create_table(
        "groups",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("chronicle_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), server_default=sa.text("'group'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(name, E' \\t\\n\\r') <> ''", name=op.f("groups_name_not_blank")),
        sa.CheckConstraint("kind in ('group', 'organisation')", name=op.f("ck_groups_kind")),
        sa.CheckConstraint("char_length(name) <= 100", name=op.f("ck_groups_name_length")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "chronicle_id"],
            ["chronicles.tenant_id", "chronicles.id"],
            name=op.f("fk_groups_tenant_id_chronicle_id"),
            ondelete="SET NULL (chronicle_id)",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_groups")),
    )
    op.create_index("ix_groups_chronicle", "groups", ["tenant_id", "chronicle_id"])
    op.create_table(
        "group_memberships",
        sa.Column("tenant_id", sa.UUID(), server_default=TENANT, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("character_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("'member'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", TIME, server_default=NOW, nullable=False),
        sa.Column("updated_at", TIME, server_default=NOW, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "role in ('member', 'leader', 'ambassador', 'node_tender', 'investigator', 'guardian', 'teacher')",
            name=op.f("ck_group_memberships_role"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "character_id"],
            ["characters.tenant_id", "characters.id"],
            name=op.f("fk_group_memberships_tenant_id_character_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["groups.tenant_id", "groups.id"],
            name=op.f("fk_group_memberships_tenant_id_group_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_group_memberships")),
        sa.UniqueConstraint("tenant_id", "group_id", "character_id", "role", name="unique_role_in_group"),
    )
    op.create_index("ix_group_memberships_character", "group_memberships", ["tenant_id", "character_id"])
    op.create_index(
        "one_leader_per_group",
        "group_memberships",
        ["tenant_id", "group_id"],
        unique=True,
        postgresql_where=sa.text("role = 'leader'"),
    )
    secure("gamelines", roles=ROLES)
    secure("chronicles", roles=ROLES)
    secure("st_relationships", roles=ROLES)
    secure("limit_profiles", roles=ROLES)
    secure("trait_definitions", roles=ROLES)
    secure("characters", roles=ROLES)
    secure("character_traits", roles=ROLES)
    secure("status_changes", roles=ROLES, app="select, insert")
    secure("groups", roles=ROLES)
    secure("group_memberships", roles=ROLES)


def downgrade() -> None:
    op.drop_table("group_memberships")
    op.drop_table("groups")
    op.drop_table("status_changes")
    op.drop_table("character_traits")
    op.drop_table("characters")
    op.drop_table("trait_definitions")
    op.drop_table("limit_profiles")
    op.drop_table("st_relationships")
    op.drop_table("chronicles")
    op.drop_table("gamelines")
