"""Scans and fixes made from rules, run on tables without constraints."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from services.validation.domain.rules.definition import Rule
from services.validation.domain.rules.expressions.columns import Setting
from services.validation.domain.rules.expressions.sql import column
from services.validation.domain.rules.faulting import faults_of
from services.validation.domain.rules.fixing import keep_oldest, mend, preview
from services.validation.domain.rules.scanning import (
    Statement,
    count_broken,
    find_repeated,
    find_unbalanced,
    find_unknown,
    row_rules,
    scan,
)
from services.validation.domain.rules.tables import TABLES
from shared.patterns import compile_pattern
from tests.validation.domain.rules.shipped import changed, shipped

TENANT = uuid.uuid4()
SETTING = Setting(date(2024, 1, 31), compile_pattern)
LIMITS = dict.fromkeys(["attributes_min", "appearance_min", "willpower_min"], 1) | dict.fromkeys(
    ["attributes_max", "abilities_max", "willpower_max", "temporary_willpower_max"], 10
)
LIMITS |= {"abilities_min": 0, "age_max": 500, "apparent_age_max": 200}
SQL_TYPES = {"datetime": "timestamptz"}
OWN = "tenant_id uuid, version int default 1, updated_at timestamptz"


@pytest.fixture(scope="module")
def connection(postgres_url: str) -> Iterator[Connection]:
    engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.connect() as opened:
        for table in TABLES.values():
            fields = ", ".join(
                f"{column(name)} {SQL_TYPES.get(kind, kind)}"
                for name, kind in table.fields.items()
                if name != "updated_at"
            )
            opened.exec_driver_sql(f"create temporary table {table.name} ({OWN}, {fields})")
        yield opened
    engine.dispose()


@pytest.fixture(autouse=True)
def _empty(connection: Connection) -> None:
    connection.exec_driver_sql(f"truncate {', '.join(TABLES)}")


def insert(connection: Connection, table: str, *rows: dict[str, Any]) -> None:
    for place, row in enumerate(rows, 1):
        values = {"tenant_id": TENANT, "id": place, **row}
        names = ", ".join(map(column, values))
        places = ", ".join(f":{name}" for name in values)
        connection.execute(text(f"insert into {table} ({names}) values ({places})"), values)


def run(connection: Connection, statement: Statement, **more: object) -> list[dict[str, Any]]:
    found = connection.execute(
        text(statement.sql), {"tenant": TENANT, "today": SETTING.today} | statement.params | more
    )
    return [dict(row) for row in found.mappings()]


def character(**values: object) -> dict[str, Any]:
    plain = dict.fromkeys(
        [rule.fields[0] for rule in row_rules(shipped("core").rules) if rule.table == "characters"], 1
    )
    return LIMITS | plain | {"name": "Ada", "status": "Un", "xp": 0} | values


def about_characters() -> list[Rule]:
    return [rule for rule in row_rules(shipped("core").rules) if rule.table == "characters"]


def test_one_scan_tells_every_failing_row_with_its_reasons(connection: Connection) -> None:
    rules = about_characters()
    rows = [
        character(),
        character(xp=-3, strength=11, wits=0),
        character(status=None, age=None),  # unknown passes
        character(age=-1, apparent_age=201, willpower=11, temporary_willpower=12),
        character(attributes_max=20, strength=20),
    ]
    insert(connection, "characters", *rows)
    found = run(connection, scan("characters", rules))
    reasons = {row["id"]: [rules[place].id for place in row["broken"]] for row in found}
    assert reasons == {
        2: ["xp_non_negative", "strength_range", "wits_range"],
        4: [
            "permanent_willpower_range",
            "temp_willpower_range",
            "temp_not_exceeds_max",
            "reasonable_age",
            "reasonable_apparent_age",
        ],
    }
    assert found[0]["name"] == "Ada"
    assert found[0]["strength"] == 11
    in_python = [[broken.rule for broken in faults_of(rules, row, SETTING)] for row in rows]
    assert in_python == [reasons.get(place, []) for place in range(1, 6)]


def test_another_tenant_and_rows_left_out_are_not_judged(connection: Connection) -> None:
    rows = [character(xp=-1, tenant_id=uuid.uuid4()), character(xp=-1), character(xp=-1, status="App")]
    insert(connection, "characters", *rows)
    statement = scan("characters", about_characters(), narrowed="status = ANY(:statuses)")
    assert [row["id"] for row in run(connection, statement, statuses=["App"])] == [3]


def test_only_what_when_names_is_judged(connection: Connection) -> None:
    (rule,) = [rule for rule in shipped("core").rules if rule.id == "scene_xp"]
    insert(
        connection,
        "scenes",
        {"finished": True, "xp_given": True},
        {"finished": True, "xp_given": False},
        {"finished": False, "xp_given": False},
    )
    assert [row["id"] for row in run(connection, scan("scenes", [rule]))] == [2]
    statement = count_broken("scenes", [rule])
    values = connection.execute(text(statement.sql), {"tenant": TENANT} | statement.params).one()
    assert tuple(values) == (3, 2, 1)


def test_willpower_is_mended_step_by_step(connection: Connection) -> None:
    rules = [rule for rule in about_characters() if rule.check == "willpower"]
    insert(
        connection,
        "characters",
        character(willpower=11, temporary_willpower=12),
        character(willpower=5, temporary_willpower=7),
        character(willpower=0, temporary_willpower=-1),
        character(willpower=4, temporary_willpower=4),
        character(willpower=None, temporary_willpower=12),
    )
    shown = run(connection, preview("characters", rules))
    assert [(row["old_willpower"], row["new_willpower"]) for row in shown] == [(11, 10), (5, 5), (0, 1), (None, None)]
    mended = run(connection, mend("characters", rules))
    mended.sort(key=lambda row: row["id"])
    assert [(row["id"], row["new_willpower"], row["new_temporary_willpower"]) for row in mended] == [
        (1, 10, 10),
        (2, 5, 5),
        (3, 1, 0),
        (5, None, 10),
    ]
    assert run(connection, scan("characters", rules)) == []
    versions = connection.exec_driver_sql("select version from characters order by id").scalars().all()
    assert versions == [2, 2, 2, 1, 2]


def test_ages_below_zero_are_emptied_and_high_ones_lowered(connection: Connection) -> None:
    rules = [rule for rule in about_characters() if rule.check in ("age", "status")]
    rows = [character(age=-5, apparent_age=300), character(age=900), character(status="gone"), character(age=None)]
    insert(connection, "characters", *rows)
    mended = sorted(run(connection, mend("characters", rules)), key=lambda row: row["id"])
    assert [(row["new_age"], row["new_apparent_age"], row["new_status"]) for row in mended] == [
        (None, 200, "Un"),
        (500, 1, "Un"),
        (1, 1, "Un"),
    ]


def test_equal_relationships_are_one_group_and_the_oldest_stays(connection: Connection) -> None:
    (rule,) = [rule for rule in shipped("core").rules if rule.table == "st_relationships"]
    same = {"user_id": "ada", "chronicle_id": None, "gameline_id": 1}
    insert(
        connection,
        "st_relationships",
        same | {"created_at": "2024-03-01"},
        same | {"created_at": "2024-01-01"},
        same | {"created_at": "2024-01-01"},
        {"user_id": "bob", "chronicle_id": 1, "gameline_id": 1, "created_at": "2024-01-01"},
    )
    (group,) = run(connection, find_repeated(rule))
    assert (group["rows"], group["ids"], group["user_id"]) == (3, [1, 2, 3], "ada")
    look, remove = keep_oldest(rule)
    assert [row["id"] for row in run(connection, look)] == [1, 3]
    assert {row["row"]["user_id"] for row in run(connection, remove)} == {"ada"}
    assert run(connection, find_repeated(rule)) == []


def test_projections_are_compared_with_their_entries_and_made_anew(connection: Connection) -> None:
    insert(connection, "characters", character(xp=4), character(xp=5), character(xp=-2), character(xp=0))
    entries = [(1, "issued", "available", 7), (1, "available", "pending", 3), (2, "issued", "available", 4)]
    for number, (owner, debit, credit, amount) in enumerate(entries):
        row = {"character_id": owner, "debit_account": debit, "credit_account": credit, "amount": amount}
        insert(connection, "xp_transfers", row | {"id": number})
    rule, below_zero = shipped("ledger").rules[0], shipped("core").rules[0]
    (found,) = run(connection, find_unbalanced(rule))
    assert (found["id"], found["xp"], found["balance"]) == (2, 5, 4)
    mended = run(connection, mend("characters", [below_zero, rule]))
    assert sorted((row["id"], row["old_xp"], row["new_xp"]) for row in mended) == [(2, 5, 4), (3, -2, 0)]


def test_references_that_lead_nowhere_are_found(connection: Connection) -> None:
    def refer(source: str) -> str:
        return source.replace(
            "  - id: scene_xp",
            "  - {id: known_chronicle, table: scenes, kind: reference, field: chronicle_id,"
            " references: chronicles.id}\n  - id: scene_xp",
        )

    rule = changed("core", refer).rule("known_chronicle")
    assert rule is not None
    insert(connection, "chronicles", {"name": "One"})
    insert(connection, "scenes", {"chronicle_id": 1}, {"chronicle_id": 2}, {"chronicle_id": None})
    assert [row["chronicle_id"] for row in run(connection, find_unknown(rule))] == [2]
