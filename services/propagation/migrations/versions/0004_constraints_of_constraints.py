"""What a constraint on values may be: a known type, with the value that its type needs."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLE = "dimension_constraints"
TYPES = (
    "no_spaces",
    "lowercase",
    "uppercase",
    "no_uppercase",
    "no_numbers",
    "no_special_chars",
    "alphanumeric",
    "numeric",
    "min_length",
    "max_length",
    "starts_with",
    "ends_with",
    "allowed_chars",
    "url_safe",
    "regex",
)
WITHOUT_VALUE = (*TYPES[:8], "url_safe")


def upgrade() -> None:
    for name, condition in (
        ("constraint_type", f"constraint_type in ({_listed(TYPES)})"),
        ("needed_value", f"coalesce(value, '') <> '' or constraint_type in ({_listed(WITHOUT_VALUE)})"),
        ("error_message_length", "char_length(error_message) <= 500"),
    ):
        # Nothing could write these rows before, so there is none to validate apart.
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, condition)


def downgrade() -> None:
    for name in ("constraint_type", "needed_value", "error_message_length"):
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, type_="check")


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)
