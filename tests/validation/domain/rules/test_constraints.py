"""Constraints that rules become: what PostgreSQL makes of them is what the registry says."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url

from services.validation.domain.rules.constraints import Constraint, constraints, without_casts
from services.validation.domain.rules.expressions.sql import column
from services.validation.domain.rules.tables import TABLES
from tests.validation.domain.rules.shipped import all_rules

SQL_TYPES = {"datetime": "timestamptz"}
FOUND = """
select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = pg_my_temp_schema()
union all
select indexrelid::regclass::text, 'ON ' || split_part(pg_get_indexdef(indexrelid), ' ON ', 2)
from pg_index join pg_class on pg_class.oid = indexrelid
where relnamespace = pg_my_temp_schema() and indpred is not null
"""


@pytest.fixture
def connection(postgres_url: str) -> Iterator[Connection]:
    """The tables without anything that guards them."""
    engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as opened:
        for table in TABLES.values():
            fields = ", ".join(f"{column(name)} {SQL_TYPES.get(kind, kind)}" for name, kind in table.fields.items())
            opened.exec_driver_sql(f"create temporary table {table.name} (tenant_id uuid, {fields})")
        yield opened
    engine.dispose()


def test_the_database_reads_each_constraint_as_it_is_written(connection: Connection) -> None:
    wanted = constraints(all_rules())
    for one in wanted:
        connection.exec_driver_sql(one.ddl.replace("CONCURRENTLY ", ""))
        if one.validation:
            connection.exec_driver_sql(one.validation)
    found = {name: without_casts(told) for name, told in connection.exec_driver_sql(FOUND).all()}
    assert {name: told.replace("pg_temp.", "") for name, told in found.items()} == {
        one.name: one.definition for one in wanted
    }


def by_name() -> dict[str, Constraint]:
    return {one.name: one for one in constraints(all_rules())}


def test_names_and_definitions_are_those_that_are_promised() -> None:
    found = by_name()
    assert len(found) == 58
    assert found["characters_xp_non_negative"].definition == "CHECK ((xp >= 0))"
    assert found["characters_strength_range"].definition == (
        "CHECK (((strength >= attributes_min) AND (strength <= attributes_max)))"
    )
    assert found["characters_appearance_range"].definition.count("appearance_min") == 1
    assert found["characters_valid_status"].definition == (
        "CHECK ((status = ANY (ARRAY['Un', 'Sub', 'App', 'Ret', 'Dec'])))"
    )
    pair = found["unique_st_per_chronicle_gameline"]
    assert pair.kind == "unique"
    assert pair.definition == "UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, chronicle_id, gameline_id)"
    waiting = found["unique_pending_spend_per_trait"]
    assert waiting.kind == "index"
    assert waiting.definition.endswith("WHERE (state = 'Pending')")


def test_permanent_willpower_answers_before_the_temporary_one() -> None:
    """PostgreSQL tests CHECKs in the order of their names."""
    names = sorted(name for name in by_name() if "_permanent_" in name or "_temp_" in name)
    assert names == [
        "characters_permanent_willpower_range",
        "characters_temp_not_exceeds_max",
        "characters_temp_willpower_range",
    ]


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("CHECK ((status = 'a::text'::text)) NOT VALID", "CHECK ((status = 'a::text'))"),
        ("CHECK ((x = ANY (ARRAY['a'::character varying, 'b'::text])))", "CHECK ((x = ANY (ARRAY['a', 'b'])))"),
        ("CHECK ((x >= '-10'::integer))", "CHECK ((x >= '-10'))"),
    ],
)
def test_casts_are_left_out(told: str, plain: str) -> None:
    assert without_casts(told) == plain
