"""Sources cut into parts: together the parts bring every row once, with the places that it has as a whole."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from werkzeug.wrappers import Request, Response

from services.sync.clients.secrets import Secrets
from services.sync.domain.filters.conditions import Condition
from services.sync.domain.pages import Divisible, Page
from services.sync.domain.partitions import conditions_of
from services.sync.extractors import delimited, json_lines, legacy, postgres, rest
from tests.fixtures.stand_in import StandIn
from tests.sync.extractors.test_postgres import DSN, schema
from tests.sync.extractors.worlds import Worlds, read, rows

__all__ = ["schema"]


def parts_of(build: Any, world: Any, by: str, count: int, conditions: tuple[Condition, ...] = ()) -> list[list[Page]]:
    """The pages of each part."""
    with build(world) as extractor:
        assert isinstance(extractor, Divisible)
        bounds = json.loads(json.dumps(extractor.divide(by, count, conditions)))
    return [
        read(build(replace(world, part=one.get("part", {}))), conditions=[*conditions, *conditions_of(one)])
        for one in bounds
    ]


@pytest.mark.parametrize("ending", ["", "\n", "\n\n"])
def test_json_lines_between_lines(worlds: Worlds, ending: str) -> None:
    for name, count in (("a", 40), ("b", 3), ("c", 0)):
        lines = [json.dumps({"n": f"{name}{n}", "text": "x" * (n % 7)}) for n in range(count)]
        (worlds.folder / f"{name}.jsonl").write_text("\n".join(lines).replace("a9", "a9\\u0000") + ending)
    config = {"config": {"path": "*.jsonl", "page_size": 4}}

    def build(world: Any) -> Any:
        return json_lines.build(config, world)

    whole = read(build(worlds.of()))
    for count in (1, 2, 5, 60):
        parts = parts_of(build, worlds.of(), "pages", count)
        found = [page for pages in parts for page in pages]
        assert rows(found) == rows(whole)
        assert [bad.place for page in found for bad in page.bad] == [bad.place for page in whole for bad in page.bad]
        places = [page.place(at) for page in found for at in range(len(page.rows))]
        assert places == [page.place(at) for page in whole for at in range(len(page.rows))]
        assert all(pages[-1].next is None for pages in parts)
    assert len(parts_of(build, worlds.of(), "pages", 5)) == 5
    by_file = parts_of(build, worlds.of(), "files", 2)
    assert [len(rows(pages)) for pages in by_file] == [39, 3]


def test_a_part_goes_on_where_it_stopped(worlds: Worlds) -> None:
    (worlds.folder / "a.jsonl").write_text("".join(f'{{"n": {n}}}\n' for n in range(30)))
    world, config = worlds.of(), {"config": {"path": "a.jsonl", "page_size": 4}}
    with json_lines.build(config, world) as extractor:
        assert isinstance(extractor, Divisible)
        second = replace(world, part=extractor.divide("pages", 2, ())[1]["part"])
    pages = read(json_lines.build(config, second))
    again = read(json_lines.build(config, second), pages[0].next)
    assert again == pages[1:]


def test_csv_only_where_no_field_is_quoted(worlds: Worlds) -> None:
    (worlds.folder / "plain.csv").write_text("n,t\n" + "".join(f"{n},x\n" for n in range(20)))
    (worlds.folder / "quoted.csv").write_text("n,t\n" + "".join(f'{n},"x\ny"\n' for n in range(20)))
    for name, parts in (("plain", 4), ("quoted", 1)):
        config = {"config": {"path": f"{name}.csv"}}

        def build(world: Any, config: Any = config) -> Any:
            return delimited.build(config, world)

        found = parts_of(build, worlds.of(), "pages", 4)
        assert len(found) == parts
        assert [row["n"] for pages in found for row in rows(pages)] == [str(n) for n in range(20)]


def test_http_pages_by_their_total(worlds: Worlds, site: StandIn) -> None:
    records = [{"id": n} for n in range(11)]

    def respond(request: Request) -> Response:
        at = int(request.args.get("offset", 3 * (int(request.args.get("page", 1)) - 1)))
        body: dict[str, Any] = {"items": records[at : at + 3], "total": len(records)}
        if "$skip" in request.args:
            at, size = int(request.args["$skip"]), int(request.args["$top"])
            body = {"__ENTITIES": records[at : at + size], "__COUNT": len(records)}
        return Response(json.dumps(body), mimetype="application/json")

    site.answers = [respond]
    shared = {"base_url": site.url, "path": "/items", "records": "/items", "page_size": 3}
    sources: list[tuple[Any, dict[str, Any]]] = [
        (rest, {**shared, "paging": {"type": "page", "total": "/total"}}),
        (rest, {**shared, "paging": {"type": "offset", "total": "/total"}}),
        (legacy, {"environment": "live", "table_name": "T", "base_url": site.url, "page_size": 3}),
    ]
    for module, config in sources:

        def build(world: Any, module: Any = module, config: Any = config) -> Any:
            return module.build({"config": config}, world)

        parts = parts_of(build, worlds.of(site.url, key=("id",)), "pages", 2)
        assert [[row["id"] for row in rows(pages)] for pages in parts] == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
    untold = rest.build({"config": {**shared, "paging": {"type": "offset"}}}, worlds.of(site.url))
    with untold as extractor:
        assert isinstance(extractor, Divisible)
        assert extractor.divide("pages", 2, ()) == []


def test_ranges_of_keys(worlds: Worlds, postgres_url: str, schema: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"create table {schema}.many (id numeric primary key, n int)".encode())
        admin.execute(f"insert into {schema}.many select n * 1.5, n from generate_series(1, 40) n".encode())
    secrets = Secrets(worlds.tenant_id, worlds.folder, {"SYNC_SECRET_DSN": postgres_url})
    address = urlsplit(postgres_url)
    world = worlds.of(f"http://{address.hostname}:{address.port}", secrets=secrets)

    def build(world: Any) -> Any:
        return postgres.build({"config": {"dsn": DSN, "table": f"{schema}.many"}}, world)

    parts = parts_of(build, world, "key_range", 4)
    assert sorted(row["n"] for pages in parts for row in rows(pages)) == list(range(1, 41))
    assert all(8 <= len(rows(pages)) <= 12 for pages in parts)
    low = (Condition("n", "gt", 20),)
    assert sorted(row["n"] for pages in parts_of(build, world, "key_range", 2, low) for row in rows(pages)) == list(
        range(21, 41)
    )
