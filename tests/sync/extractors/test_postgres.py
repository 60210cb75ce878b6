"""Another PostgreSQL as a source: pages along a key, read-only, only to hosts that are listed."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from services.sync.clients.secrets import Secrets
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import Extractor
from services.sync.errors import BadResponse, SourceAddressRefused, SourceRefused, SourceUnavailable
from services.sync.extractors import postgres
from tests.sync.extractors.worlds import Worlds, read, resumes_everywhere, rows

DSN = {"env": "SYNC_SECRET_DSN"}


@pytest.fixture(scope="module")
def schema(postgres_url: str) -> Iterator[str]:
    """A schema with a table of seven rows and what else a source may be."""
    name = f"source_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"create schema {name}".encode())
        admin.execute(
            f"create table {name}.items (shop text, id int, price numeric, changed timestamptz, until date,"
            " more jsonb, secret text, primary key (shop, id))".encode()
        )
        admin.execute(
            f"insert into {name}.items select 's' || n % 2, n, n + 0.10,"
            " '2026-03-01Z'::timestamptz + n * interval '1 d',"
            " case n when 3 then 'infinity'::date else '2026-01-01' end, '{\"a\": 1}', 'x'"
            " from generate_series(0, 6) n".encode()
        )
        admin.execute(f"create table {name}.loose (id int, t text)".encode())
        admin.execute(f"insert into {name}.loose values (1, '10%'), (null, 'x')".encode())
        yield name
        admin.execute(f"drop schema {name} cascade".encode())


def source(worlds: Worlds, dsn: str, config: dict[str, Any], *, secret: str | None = None, **more: Any) -> Extractor:
    secrets = Secrets(worlds.tenant_id, worlds.folder, {"SYNC_SECRET_DSN": secret or dsn})
    parts = urlsplit(dsn)
    world = worlds.of(f"http://{parts.hostname}:{parts.port}", secrets=secrets, **more)
    return postgres.build({"config": {"dsn": DSN, **config}}, world)


def test_pages_along_the_primary_key(worlds: Worlds, postgres_url: str, schema: str) -> None:
    def build() -> Extractor:
        fields = frozenset({"id", "price", "changed", "until", "more.a", "nope"})
        return source(worlds, postgres_url, {"table": f"{schema}.items", "page_size": 3}, fields=fields)

    extractor = build()
    pages = read(extractor)
    assert [[row["id"] for row in page.rows] for page in pages] == [[0, 2, 4], [6, 1, 3], [5]]
    assert pages[0].rows[0] == {
        "shop": "s0",
        "id": 0,
        "price": Decimal("0.10"),
        "more": {"a": 1},
        "changed": datetime(2026, 3, 1, tzinfo=UTC),
        "until": date(2026, 1, 1),
    }
    assert pages[1].rows[2]["until"] == "infinity"
    assert extractor.traffic.clock_behind_seconds is not None
    assert abs(extractor.traffic.clock_behind_seconds) < 60
    assert resumes_everywhere(build, pages)


def test_conditions_are_asked_of_the_database(worlds: Worlds, postgres_url: str, schema: str) -> None:
    conditions = [
        Condition("changed", "gte", date(2026, 3, 3), cursor=True),
        Condition("id", "ne", 4),
        Condition("more.a", "eq", 1),  # looked at afterwards
    ]
    config = {"table": f"{schema}.items", "page_size": 2}
    found = read(source(worlds, postgres_url, config, fields=frozenset({"id"})), conditions=conditions)
    assert [row["id"] for row in rows(found)] == [2, 6, 3, 5]
    assert [row["id"] for row in rows(read(source(worlds, postgres_url, config), limit=3))] == [0, 2, 4]


def test_a_query_is_one_statement_that_reads(worlds: Worlds, postgres_url: str, schema: str) -> None:
    query = f"select id, t from {schema}.loose where t like '10%' or t = '%s';"
    assert rows(read(source(worlds, postgres_url, {"query": query, "key": "id"}))) == [{"id": 1, "t": "10%"}]
    for hostile in (
        f"delete from {schema}.loose returning id",
        f"select 1 as id) as x; delete from {schema}.loose; select (1",
        f"with gone as (delete from {schema}.loose returning id) select id from gone",
        "select 1 as id; commit; begin read write",
        "select nothing",
    ):
        with pytest.raises(SourceRefused):
            read(source(worlds, postgres_url, {"query": hostile, "key": "id"}))
    with psycopg.connect(postgres_url) as admin:
        assert admin.execute(f"select count(*) from {schema}.loose".encode()).fetchone() == (2,)


def test_rows_are_not_lost_for_want_of_a_key(worlds: Worlds, postgres_url: str, schema: str) -> None:
    with pytest.raises(BadResponse, match="key"):
        read(source(worlds, postgres_url, {"table": f"{schema}.loose"}))
    with pytest.raises(BadResponse, match="no value"):
        read(source(worlds, postgres_url, {"table": f"{schema}.loose", "key": ["id"]}))
    with pytest.raises(SourceRefused):
        read(source(worlds, postgres_url, {"table": f"{schema}.none", "key": "id"}))


def test_only_listed_hosts_are_connected_to(worlds: Worlds, postgres_url: str) -> None:
    parts = urlsplit(postgres_url)
    good = f"host={parts.hostname} port={parts.port} user={parts.username} password={parts.password} dbname=postgres"
    secrets = Secrets(worlds.tenant_id, worlds.folder, {"SYNC_SECRET_DSN": good})
    with pytest.raises(SourceAddressRefused):
        read(postgres.build({"config": {"dsn": DSN, "table": "t", "key": "id"}}, worlds.of(secrets=secrets)))
    for bad in (
        "dbname=postgres",
        "host=/tmp dbname=postgres",
        f"{good} hostaddr=127.0.0.1",
        f"{good} service=x",
        f"{good} passfile=/etc/passwd",
        f"host={parts.hostname},169.254.169.254",
        f"host={parts.hostname} port=1",
    ):
        with pytest.raises(SourceAddressRefused) as refused:
            read(source(worlds, postgres_url, {"table": "t", "key": "id"}, secret=bad))
        assert str(parts.password) not in refused.value.detail
    with pytest.raises(SourceRefused):
        read(source(worlds, postgres_url, {"table": "t"}, secret="nonsense"))
    wrong = postgres_url.replace(f":{parts.password}@", ":wrong@")
    with pytest.raises(SourceUnavailable) as failure:
        read(source(worlds, wrong, {"table": "t"}))
    assert "wrong" not in failure.value.detail
