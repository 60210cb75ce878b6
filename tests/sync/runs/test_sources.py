"""Pipelines over real sources: files and a server of the old system, from their text to the catalogue."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from werkzeug.wrappers import Request, Response

from services.sync.config import Settings
from tests.fixtures.stand_in import StandIn
from tests.sync.working import Sync

TABLE = {"type": "table", "config": {"table": "product", "key": "sku"}}


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server that pipelines of this test may name, although it is a private one."""
    site = StandIn()
    door = urlsplit(site.url).netloc
    monkeypatch.setattr(settings, "allowed_private", [door])
    monkeypatch.setenv("CONCORD_SYNC_ALLOWED_PRIVATE", json.dumps([door]))
    monkeypatch.setenv("CONCORD_SYNC_LEGACY_ENVIRONMENTS", json.dumps({"live": {"base_url": site.url}}))
    monkeypatch.setenv("SYNC_SECRET_KEY", "s3cret")
    yield site
    site.stop()


def test_a_file_with_rows_of_every_kind(sync: Sync, settings: Settings) -> None:
    name = f"{sync.tenant_id}.csv"
    lines = [
        "Art_Nr;Bezeichnung;Gewicht;Preis",
        "A-1; Hose ;1,5;1.234,50",
        "A-2;Rock;0;1",
        "A-3;Hut;schwer;2",
        ";x;1;1",
    ]
    (settings.data_dir / name).write_text("\n".join([*lines, "A-4;nur zwei", "A-5;;1;1"]), encoding="latin-1")
    sync.put(
        source={
            "type": "csv",
            "config": {"path": name, "delimiter": ";", "encoding": "latin-1", "decimal_separator": ","},
        },
        transform={
            "profile": "product",
            "field_mappings": {
                "Art_Nr": ["sku", "base_sku"],
                "Bezeichnung": "name",
                "Gewicht": "weight",
                "Preis": {"to": "retail_price", "type": "money"},
            },
        },
        validate={"rules": [{"field": "weight", "rule": "greater_than", "value": 0, "message": "weighs something"}]},
        target=TABLE,
    )
    run = sync.run()
    assert run["status"] == "completed_with_errors", run
    stats = {name: count for name, count in run["stats"].items() if count}
    assert (stats["extracted"], stats["created"], stats["errors"], stats["skipped"]) == (6, 2, 2, 2)
    assert run["skips"] == {"missing_sku": 1, "missing_name": 1}
    assert stats["field_errors"] == 1
    assert sync.products("sku, name, weight::text, retail_price::text") == [
        ("A-1", "Hose", "1.500", "1234.50"),
        ("A-3", "Hut", None, "2.00"),
    ]
    assert {(outcome, code) for outcome, _key, code in sync.rows_of(run)} == {
        ("errors", "wrong_columns"),
        ("errors", "greater_than"),
        ("skipped", "missing_sku"),
        ("skipped", "missing_name"),
        ("field_errors", "invalid_number"),
    }
    assert run["stages"]["validate"]["failed"] == 1


def test_a_table_of_the_old_system(sync: Sync, site: StandIn) -> None:
    rows = [
        {"__KEY": str(n), "Art_Nr": f"A-{n}", "Name": f"Artikel {n}", "geändert": f"{n + 1}!3!2026"} for n in range(5)
    ]

    def answer(request: Request) -> Response:
        skip, top = int(request.args["$skip"]), int(request.args["$top"])
        return Response(json.dumps({"__ENTITIES": rows[skip : skip + top]}), mimetype="application/json")

    site.answers = [answer]
    sync.put(
        source={
            "type": "legacy_4d",
            "config": {"environment": "live", "table_name": "Artikel", "page_size": 2},
            "filters": {"Art_Nr": {"ne": "A-0"}},
        },
        transform={"field_mappings": {"Art_Nr": "sku", "Name": "name"}},
        incremental={"field": "geändert"},
        target=TABLE,
    )
    run = sync.run()
    assert run["status"] == "completed", run
    assert [sku for (sku,) in sync.products("sku")] == ["A-1", "A-2", "A-3", "A-4"]
    assert [request.args["$skip"] for request in site.requests] == ["0", "2", "4"]
    assert site.requests[0].args["$filter"] == "Art_Nr != 'A-0'"
    assert (run["stages"]["extract"]["requests"], run["stages"]["extract"]["statuses"]) == (3, {"200": 3})
    again = sync.run(since="2026-03-04")
    assert again["stats"]["unchanged"] == 2
    assert "geändert >= '2026-03-04T00:00:00Z'" in site.requests[-1].args["$filter"]


def test_what_a_file_must_not_say(sync: Sync) -> None:
    config = {"base_url": "https://evil.example", "path": "/", "auth": {"type": "bearer", "token": "s3cret"}}
    rules = [{"field": "sku", "rule": "odd"}, {"field": "nope", "rule": "email"}, {"field": "sku", "rule": "regex"}]
    text = sync.file(source={"type": "rest", "config": config}, validate={"rules": rules})
    answer = sync.person.call("PUT", "pipelines/items", data=text, content_type="application/yaml")
    assert answer.status_code == 422
    found = {(finding["pointer"], finding["code"]) for finding in answer.get_json()["findings"]}
    assert found == {
        ("/source/config/base_url", "address_refused"),
        ("/source/config/auth/token", "literal_secret"),
        ("/validate/rules/0/rule", "unknown_component"),
        ("/validate/rules/1/field", "unknown_column"),
        ("/validate/rules/2", "missing_field"),
    }
    assert "s3cret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("status", "body", "code", "group"),
    [
        (403, "{}", "source_refused", "extract"),
        (200, "<html>", "bad_response", "extract"),
        (200, '{"d": []}', "bad_response", "extract"),
    ],
)
def test_a_source_that_fails_fails_the_run(
    sync: Sync, site: StandIn, status: int, body: str, code: str, group: str
) -> None:
    site.answers = [lambda _request: Response(body, status, mimetype="application/json")]
    config = {"base_url": site.url, "path": "items", "params": {"key": {"env": "SYNC_SECRET_KEY"}}}
    sync.put(source={"type": "rest", "config": config})
    run = sync.run()
    assert (run["status"], run["error"]["code"], run["error"]["class"]) == ("failed", code, group)
    assert site.requests[0].args["key"] == "s3cret"
    assert "s3cret" not in json.dumps(run)


def test_repeated_names_of_locations_are_numbered_for_good(sync: Sync) -> None:
    def place(number: str | None, name: str) -> dict[str, Any]:
        return {"id": number, "label": name}

    sections: dict[str, Any] = {
        "entity": "location",
        "transform": {"profile": "location", "field_mappings": {"id": "legacy_id", "label": "name"}},
        "target": {"type": "table", "config": {"table": "location", "key": "legacy_id"}},
    }
    sync.source("places", [place("1", "Shelf"), place("B7", "Shelf"), place(None, "Lost")], [place("3", "Shelf")])
    sync.put("places", **sections)
    assert sync.stats("places", batch_size=0) == {"created": 3, "skipped": 1}
    sync.source("places", [place("3", "Shelf"), place("0", "Shelf"), place("B7", "Shelf"), place("1", "Shelf")])
    assert sync.stats("places") == {"created": 1, "unchanged": 3}
    names = sync.sql("select legacy_id, name from catalogue_location order by name")
    assert names == [("1", "Shelf"), ("B7", "Shelf_2"), ("3", "Shelf_3"), ("0", "Shelf_4")]
