"""The registry, the models and the migrated database say the same."""

import pytest
from sqlalchemy import Date, DateTime, Integer, Text, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import Boolean

from services.validation.domain.ledger.requests import State
from services.validation.domain.limits import BOUNDS
from services.validation.domain.rules.constraints import without_casts
from services.validation.domain.rules.expressions.trees import Field, Literal
from services.validation.domain.rules.tables import TABLES
from services.validation.domain.rules.types import Type
from services.validation.domain.statuses import STATUSES
from services.validation.models import Base
from services.validation.models.registry import built_in, enforced, rules_of
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.services import Unit

FOUND = """
select conname, pg_get_constraintdef(oid), conrelid::regclass::text from pg_constraint
union all
select relname, 'ON ' || split_part(pg_get_indexdef(indexrelid), ' ON ', 2), indrelid::regclass::text
from pg_index join pg_class on pg_class.oid = indexrelid where indpred is not null
"""
SQL_TYPES = {
    Type.INTEGER: Integer,
    Type.TEXT: Text,
    Type.BOOLEAN: Boolean,
    Type.DATE: Date,
    Type.DATETIME: DateTime,
}


def test_every_constraint_of_the_registry_is_in_the_database(app: ServiceApp) -> None:
    with app.runtime.db.transaction(Context(tenant_id=None)) as session:
        rows = session.connection().exec_driver_sql(FOUND).all()
    found = {(table, name): without_casts(told).replace("public.", "") for name, told, table in rows}
    assert {(one.table, one.name): one.definition for one in enforced()}.items() <= found.items()


# What is wrong with a row that has only a tenant and a name besides.
WRONG = {
    "characters_name_not_blank": "insert into characters (name) values (' ')",
    "characters_valid_status": "insert into characters (name, status) values ('x', 'Gone')",
    "characters_valid_visibility": "insert into characters (name, visibility) values ('x', 'ALL')",
    "characters_valid_image_status": "insert into characters (name, image_status) values ('x', 'new')",
    "characters_strength_range": "insert into characters (name, strength) values ('x', 11)",
    "characters_science_range": "insert into characters (name, science) values ('x', -1)",
    # Of several that are broken the first by name answers.
    "characters_permanent_willpower_range": "insert into characters (name, willpower) values ('x', 0)",
    "characters_temp_willpower_range": "insert into characters (name, temporary_willpower) values ('x', -1)",
    "characters_temp_not_exceeds_max": "insert into characters (name, temporary_willpower) values ('x', 4)",
    "characters_reasonable_age": "insert into characters (name, age) values ('x', 501)",
    "characters_reasonable_apparent_age": "insert into characters (name, apparent_age) values ('x', 201)",
    "characters_default_limits": "insert into characters (name, strength, attributes_max) values ('x', 11, 12)",
    "chronicles_name_not_blank": "insert into chronicles (name) values ('')",
    "chronicles_year_range": "insert into chronicles (name, year) values ('x', 999)",
    "weekly_xp_requests_rp_scene": "insert into weekly_xp_requests (week_id, character_id, rp) values (1, 1, true)",
}


def test_direct_sql_meets_them_by_name(unit: Unit) -> None:
    with unit() as session:
        session.execute(text("insert into characters (name) values ('x')"))
        for constraint, statement in WRONG.items():
            with pytest.raises(IntegrityError) as refused, session.begin_nested():
                session.execute(text(statement))
            assert refused.value.orig.diag.constraint_name == constraint  # type: ignore[union-attr]


def test_fields_that_rules_may_read_are_columns_of_that_type() -> None:
    for table in TABLES.values():
        columns = Base.metadata.tables[table.name].columns
        for name, kind in table.fields.items():
            assert isinstance(columns[name].type, SQL_TYPES[kind]), (table.name, name)


def test_what_code_calculates_with_is_what_rules_demand() -> None:
    """The limits of each rating, the statuses and the states are words of the code too."""
    ranges = {rule.fields[0]: rule.bounds for rule in rules_of("characters") if rule.kind == "range"}
    limits = {
        name: (_limit(bounds["min"]), _limit(bounds["max"])) for name, bounds in ranges.items() if "max" in bounds
    }
    assert limits == BOUNDS
    status = built_in()["core"].rule("valid_status")
    assert status is not None
    assert status.bounds["other"] == ", ".join(STATUSES)
    states = [rule.bounds["other"] for rule in built_in()["tables"].rules if rule.id == "valid_state"]
    assert states == [", ".join(State)] * 3


def _limit(bound: object) -> str:
    assert isinstance(bound, Field | Literal)
    return bound.name if isinstance(bound, Field) else str(bound.value)
