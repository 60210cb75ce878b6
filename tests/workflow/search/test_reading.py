"""How the database answers: by the index, as the application's role, in a constant number of statements."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as testing
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, event, make_url, text

from services.workflow.config import Settings
from services.workflow.domain.search.ranking import WEIGHTS, Found, Scheme, score
from services.workflow.models import Ticket
from services.workflow.operations.search.indexing import count_words
from services.workflow.queries.search.ranking import score_of
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.workflow.search.items import Store
from tests.workflow.search.items import store as store

# No subnormal numbers: PostgreSQL refuses to multiply them, and nothing makes them.
SHARE = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
FOUND = st.builds(
    Found,
    entity=st.sampled_from(sorted(WEIGHTS)),
    text_rank=SHARE,
    title_similarity=SHARE,
    typos=st.integers(0, 3),
    age_days=st.none() | st.floats(0, 400),
    is_overdue=st.booleans(),
    priority=st.sampled_from([None, "LOW", "MEDIUM", "CRITICAL"]),
    is_own=st.booleans(),
    is_assigned=st.booleans(),
    is_of_team=st.booleans(),
)


@contextmanager
def statements(app: ServiceApp) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(app.runtime.db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(app.runtime.db.engine, "before_cursor_execute", note)


def test_more_items_take_no_more_statements(ada: Person, app: ServiceApp, store: Store) -> None:
    ada.get("settings")
    counts = []
    for size in (3, 60):
        with statements(app) as sent:
            store(Ticket, *(f"Radiator number {size} {n}" for n in range(size)))
        counts.append(len([one for one in sent if "search_" in one]))
        with statements(app) as sent:
            assert ada.post("search", {"query": "radiatr", "limit": 100}).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]


def test_the_application_reaches_the_index_only_through_the_functions(
    app: ServiceApp, settings: Settings, workflow_database: TestDatabase, store: Store
) -> None:
    store(Ticket, "Gutter")
    with app.runtime.db.transaction(Context(tenant_id=None)) as session:
        nobody = "select * from search_matches('ticket', array['{1}'], '{}', 10, 10)"
        assert session.execute(text(nobody)).all() == []
    engine = create_engine(make_url(workflow_database.owner_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "select proname, pg_get_userbyid(proowner), proconfig::text from pg_proc where prosecdef"
                " and pronamespace = 'public'::regnamespace and proname like 'search%'"
            )
        ).all()
    engine.dispose()
    assert {name for name, *_ in found} == {"search_matches", "search_words_near"}
    assert all(owner == "concord_workflow_search" for _, owner, _ in found)
    assert all("search_path=pg_catalog, public, pg_temp" in config for *_, config in found)


def test_words_of_a_query_are_looked_up_by_their_index(
    app: ServiceApp, tenant_id: uuid.UUID, store: Store, postgres_url: str
) -> None:
    store(Ticket, *(f"Unusual{chr(97 + n % 26)}{chr(97 + n // 26)} thing" for n in range(300)))
    name = make_url(str(app.runtime.db.engine.url)).database
    url = make_url(postgres_url).set(drivername="postgresql+psycopg", database=name)
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("set enable_seqscan = off"))
        for table, column in (("search_entries", "terms"), ("search_words", "variants")):
            query = f"explain select 1 from {table} where tenant_id = '{tenant_id}' and {column} && array[1::bigint]"
            plan = "\n".join(line for (line,) in connection.execute(text(query)))
            assert f"ix_{table}_{column}" in plan or ("pkey" not in plan and "Seq Scan" not in plan)
    engine.dispose()


def plans(connection: Connection, call: str) -> list[dict[str, Any]]:
    """The nodes of the plans of all that a call executes, also within functions; needs a superuser."""
    told: list[str] = []
    driver: Any = connection.connection.driver_connection
    driver.add_notice_handler(lambda notice: told.append(notice.message_primary))
    options = {"min_duration": "0", "analyze": "on", "nested_statements": "on", "format": "json", "level": "notice"}
    for statement in ("load 'auto_explain'", *(f"set auto_explain.log_{name} = {to}" for name, to in options.items())):
        connection.execute(text(statement))
    connection.execute(text(call))
    return [node for message in told for node in nodes(json.loads(message.partition("plan:")[2])["Plan"])]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


FREQUENT = "select entity_id from search_matches('ticket', array['{{{}}}'], '{{}}', 100, 20)"


def test_a_frequent_word_is_read_as_far_as_it_is_ranked(postgres_url: str, app: ServiceApp) -> None:
    """Two thousand of twenty thousand entries have the word; a hundred are counted and the newest twenty ranked."""
    name, tenant = make_url(str(app.runtime.db.engine.url)).database, uuid.uuid4()
    engine = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg", database=name))
    with engine.connect() as connection:  # rolled back
        connection.execute(text(f"set local app.tenant_id = '{tenant}'"))
        connection.execute(
            text(
                "insert into search_entries (entity, entity_id, title, title_terms, terms)"
                " select 'ticket', n, 'pump', 2, array[n % 10, n + 100, 99] from generate_series(1, 20000) as n"
            )
        )
        connection.execute(
            text(
                "insert into tickets (id, number, subject, state)"
                " select n, n::text, 'Pump', 'NEW' from generate_series(19001, 20000) as n"
            )
        )
        connection.execute(text("analyze search_entries"))
        found = plans(connection, FREQUENT.format(7))
        newest = {word: set(connection.scalars(text(FREQUENT.format(word)))) for word in (7, 99)}
    engine.dispose()
    assert newest == {7: set(range(19807, 20000, 10)), 99: set(range(19981, 20001))}
    reading = [node for node in found if "Relation Name" in node]
    assert {node["Relation Name"] for node in reading} == {"search_entries", "tickets"}
    assert not [node for node in reading if node["Node Type"] == "Seq Scan"]
    read = sum(node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) for node in reading)
    assert read < 1600


@testing(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FOUND, min_size=1, max_size=1), st.sampled_from(["search", "unified"]))
def test_the_database_ranks_as_the_domain_does(app: ServiceApp, found: list[Found], scheme: Scheme) -> None:
    one = found[0]
    row = {
        "text": one.text_rank,
        "title": one.title_similarity,
        "typos": one.typos,
        "age": one.age_days,
        "overdue": one.is_overdue,
        "priority": one.priority,
        "owner": "me" if one.is_own else None,
        "assignee": "me" if one.is_assigned else None,
        "team": "us" if one.is_of_team else None,
        "actor": "me",
        "teams": ["us"],
    }
    query = (
        f"select {score_of(scheme, one.entity)} from (select %(text)s::float8 as text,"
        " %(title)s::float8 as title_similarity, %(typos)s::int as typos, %(age)s::float8 as age,"
        " %(overdue)s::bool as is_overdue, %(priority)s::text as priority, %(owner)s::text as owner,"
        " %(assignee)s::text as assignee, %(team)s::text as team) m"
    )
    with app.runtime.db.transaction(Context(tenant_id=None)) as session:
        value = session.connection().exec_driver_sql(query, row).scalar_one()
    assert float(value) == pytest.approx(score(one, scheme), abs=1.01e-4)


def test_the_same_new_words_at_once_block_nobody_for_good(ada: Person, store: Store) -> None:
    subjects = [[f"zinc{chr(97 + n)} copper{chr(97 + n)}" for n in order] for order in (range(20), range(19, -1, -1))]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda items: store(Ticket, *items), subjects * 4))
    found = ada.post("search", {"query": "coppera", "fuzzy": False}).get_json()
    assert found["total_results"] == 8


def test_words_are_counted_anew(app: ServiceApp, tenant_id: uuid.UUID, store: Store) -> None:
    store(Ticket, "Lamp", "Lamp broken")
    store(Ticket, "Lamp on")
    with app.runtime.db.transaction(Context(tenant_id=tenant_id)) as session:
        count_words(session)
        rows = session.execute(text("select word, frequency from search_words where word in ('lamp', 'on')")).all()
    assert dict(tuple(row) for row in rows) == {"lamp": 3, "on": 1}
