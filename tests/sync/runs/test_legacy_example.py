"""The example of an old system: its pipelines load what it holds, with all its oddities and failures."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
import yaml

from examples.legacy import server as legacy
from services.sync.config import Settings
from tests.repository.planted import ROOT
from tests.sync.working import Sync

PIPELINES = ROOT / "examples/legacy/pipelines"
SIZE = 1_000


@pytest.fixture
def old_system(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[legacy.LegacyServer]:
    server = legacy.started(size=SIZE, login=("ada", "s3cret"))
    environment = {"base_url": server.url, "user": "ada", "password": {"env": "SYNC_SECRET_LAGER"}}
    monkeypatch.setenv("SYNC_SECRET_LAGER", "s3cret")
    monkeypatch.setenv("CONCORD_SYNC_ALLOWED_PRIVATE", json.dumps([f"127.0.0.1:{server.server_port}"]))
    monkeypatch.setenv("CONCORD_SYNC_LEGACY_ENVIRONMENTS", json.dumps({"live": environment}))
    yield server
    server.shutdown()
    server.server_close()


def put(sync: Sync, name: str) -> None:
    """Without the rule set: nobody is there to judge by it."""
    file = yaml.safe_load(Path(PIPELINES / f"{name}.yaml").read_text())
    file.get("validate", {}).pop("rule_set", None)
    options = {"data": json.dumps(file), "content_type": "application/yaml"}
    answer = sync.person.call("PUT", f"pipelines/{name}", **options)
    assert answer.status_code == 201, answer.get_data(as_text=True)


def test_the_old_system_is_loaded_and_kept_current(sync: Sync, old_system: legacy.LegacyServer) -> None:
    for name in ("categories", "products", "variants", "customers"):
        put(sync, name)
    assert sync.stats("categories") == {"created": 40}
    old_system.fail(503)
    products = sync.run("products")
    assert products["status"] == "completed_with_errors"
    assert products["stages"]["extract"]["retries"] == 1
    stats = products["stats"]
    assert (stats["extracted"], stats["field_errors"], stats["errors"]) == (SIZE, SIZE // 101, SIZE // 211)
    assert (stats["duplicates"], stats["created"]) == (1, SIZE - SIZE // 211 - 1)
    ((orphans,),) = sync.sql("select count(*) from catalogue_product where category_id is null")
    assert orphans == SIZE // 499
    ((name, weight, price, active),) = sync.sql(
        "select name, weight::text, wholesale_price::text, is_active from catalogue_product where sku = 'A000007'"
    )
    row = old_system.stock.row("Artikel", 7)
    assert name == row["Bezeichnung"].strip()
    assert weight == row["Gewicht"].replace(",", ".")
    assert price is not None
    assert active is (row["aktiv"] == "ja")

    old_system.forget_sessions()
    assert sync.stats("variants") == {"created": SIZE - SIZE // 251 - 4, "parked": SIZE // 251 + 4}
    ((code, has_parent),) = sync.sql(
        "select variant_code, product_id is not null from catalogue_variant where legacy_id = '1000008'"
    )
    assert (code, has_parent) == ("S0", True)
    assert sync.stats("customers")["created"] == SIZE
    ((limit,),) = sync.sql("select credit_limit::text from catalogue_customer where number = '000001'")
    assert limit.endswith(".00")

    old_system.stock.change("Kunde", 5, {"Firma": "Neue Firma"})
    assert sync.stats("customers")["updated"] == 1
    assert "__TIMESTAMP >= '" in unquote_plus(old_system.asked[-1])
    assert sync.sql("select name from catalogue_customer where number = '000005'") == [("Neue Firma",)]


def test_a_busy_server_is_waited_for_and_a_dead_one_is_told(sync: Sync, old_system: legacy.LegacyServer) -> None:
    put(sync, "categories")
    old_system.fail(500, times=99)
    sync.put(
        "impatient",
        entity="category",
        source={
            "type": "legacy_4d",
            "config": {"environment": "live", "table_name": "Artikel_Familie"},
            "retry": {"attempts": 1},
        },
        transform={"field_mappings": {"ID": "legacy_id"}},
        target={"type": "table", "config": {"table": "category", "key": "legacy_id"}},
    )
    run = sync.run("impatient")
    assert (run["status"], run["error"]["code"]) == ("failed", "source_unavailable")
    old_system.failures.clear()
    assert sync.run("impatient")["stats"]["created"] == 40
