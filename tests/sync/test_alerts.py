"""Alerts: one for each pipeline and cause until it is over, told to the named webhook; and the relay's figures."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sync.config import Settings
from services.sync.domain.alerts import CAUSES, of_counts, of_status
from services.sync.models.runs import STATUSES
from services.sync.operations import gauges
from shared.db import Database
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.sync.working import Sync, item
from tests.sync.working import sync as sync

ALERTS = "select cause, over_at is null from alerts order by id"
STRICT = {"field_mappings": {"id": "sku", "price": {"to": "retail_price", "on_error": "reject"}}}
MANUAL = {"type": "table", "config": {"table": "product", "key": "sku"}, "conflict_strategy": "manual"}


def letters(sync: Sync) -> list[tuple[str, str]]:
    """What the named webhook is told, in order."""
    return [
        (subject, cause)
        for subject, cause in sync.sql(
            "select subject, payload #>> '{data,cause}' from outbox where subject like 'alert.%' order by number"
        )
    ]


@pytest.fixture
def hook(ada: Person) -> str:
    made = ada.post("webhooks", {"name": "ops", "url": "https://93.184.216.34/hook", "event_types": ["run.ended"]})
    assert made.status_code == 201
    return "ops"


def test_a_cause_is_told_once_and_its_end_once(sync: Sync, hook: str) -> None:
    sync.put(transform=STRICT, alerts={"on": ["failed", "completed_with_errors"], "webhook": hook})
    source = sync.source("items", [item("A", price="dear")])
    sync.run()
    sync.run()
    assert sync.sql(ALERTS) == [("completed_with_errors", True)]
    assert letters(sync) == [("alert.raised", "completed_with_errors")]

    def stop(_page: int) -> None:
        raise ValueError("the source is broken")

    source.before = stop
    run = sync.ask()
    for _ in range(3):  # a failure that may pass is tried again
        sync.perform(run["id"])
        sync.sql("update sync_jobs set run_at = created_at where status = 'pending'")
    assert sync.read(run["id"])["status"] == "failed"
    assert sync.sql(ALERTS) == [("completed_with_errors", True), ("failed", True)]
    source.before = lambda _page: None
    sync.source("items", [item("A")])
    sync.run()
    assert sync.sql(ALERTS) == [("completed_with_errors", False), ("failed", False)]
    sync.run()
    assert [word for word, _cause in letters(sync)] == ["alert.raised"] * 2 + ["alert.recovered"] * 2
    sync.source("items", [item("A", price="dear")])
    sync.run(dry_run=True)
    assert len(letters(sync)) == 4
    sync.run()
    assert letters(sync)[4:] == [("alert.raised", "completed_with_errors")]


def test_conflicts_and_quarantine_are_causes(sync: Sync, ada: Person, hook: str) -> None:
    wishes = {"on": ["conflict", "quarantine"], "quarantine_above": 1, "webhook": hook}
    sync.put(transform={"field_mappings": {**STRICT["field_mappings"], "label": "name"}}, target=MANUAL, alerts=wishes)
    sync.source("items", [item("A"), item("B", price="dear")])
    sync.run()
    assert sync.sql(ALERTS) == []
    sync.sql("update catalogue_product set name = 'Edited'")
    sync.source("items", [item("A", "New"), item("B", price="dear"), item("C", price="cheap")])
    sync.run()
    assert sync.sql(ALERTS) == [("conflict", True), ("quarantine", True)]
    (conflict,) = ada.get("conflicts").get_json()["results"]
    ada.post(f"conflicts/{conflict['id']}/resolve", {"resolution": "source"})
    sync.source("items", [item("A", "New"), item("B"), item("C")])
    sync.run()
    assert sync.sql(ALERTS) == [("conflict", False), ("quarantine", False)]


def test_nobody_is_told_what_nobody_asked_for(sync: Sync, hook: str) -> None:
    sync.put(transform=STRICT, alerts={"on": ["failed"], "webhook": "unheard-of"})
    sync.source("items", [item("A", price="dear")])
    sync.run()
    assert (sync.sql(ALERTS), letters(sync), hook) == ([], [], "ops")


def test_a_pipeline_without_success_is_stale_until_it_has_one(sync: Sync, hook: str) -> None:
    sync.put(alerts={"on": ["stale"], "stale_after_seconds": 3600, "webhook": hook})
    watch = "select name, active from schedules where name = 'watch'"
    assert sync.sql(watch) == [("watch", True)]
    sync.submit("sync.watch", {})
    sync.work()
    assert sync.sql(ALERTS) == []
    sync.sql("update pipelines set created_at = now() - interval '2 hours'")
    for _ in range(2):
        sync.submit("sync.watch", {})
        sync.work()
    assert (sync.sql(ALERTS), letters(sync)) == ([("stale", True)], [("alert.raised", "stale")])
    sync.source("items", [item("A")])
    sync.run()
    assert letters(sync)[1:] == [("alert.recovered", "stale")]
    sync.sql(
        "insert into runs (id, pipeline, entity, config_version, kind, trigger, correlation_id, created_at)"
        " values (gen_random_uuid(), 'items', 'product', 1, 'full', 'schedule', gen_random_uuid(),"
        " now() - interval '2 hours')"
    )
    sync.submit("sync.watch", {})
    sync.work()
    assert sync.sql("select detail from alerts where over_at is null") == [("A due run did not begin.",)]
    sync.sql("delete from runs where status = 'pending'")
    sync.put()  # nobody wants to hear of it any more
    sync.submit("sync.watch", {})
    sync.work()
    assert sync.sql(watch) == []


@given(st.sampled_from(STATUSES))
def test_what_an_end_says(status: str) -> None:
    """No end both raises and ends a cause, and a clean one ends all that ends can raise."""
    found = of_status(status)
    assert set(found) <= set(CAUSES)
    assert [cause for cause, holds in found.items() if holds] == ([status] if status in CAUSES else [])
    assert of_status("completed") == dict.fromkeys(("failed", "completed_with_errors", "skipped", "stale"), False)
    assert of_status("cancelled") == {}


def test_counts_are_measured_by_what_the_file_allows() -> None:
    assert of_counts(conflicts=0, quarantine=5, above=5) == {"conflict": False, "quarantine": False}
    assert of_counts(conflicts=1, quarantine=6, above=5) == {"conflict": True, "quarantine": True}


@pytest.fixture
def relay(settings: Settings) -> Iterator[Database]:
    assert settings.relay_url is not None
    db = Database(settings.relay_url.get_secret_value(), pooled=False)
    yield db
    db.dispose()


def test_the_relay_shows_the_figures_of_runs(sync: Sync, relay: Database) -> None:
    name = f"p{sync.tenant_id.hex[:12]}"
    sync.put(name, transform=STRICT, schedule=[{"cron": "0 * * * *"}])
    sync.source(name, [item("A"), item("B", price="dear")])
    sync.run(name)
    sync.run(name, dry_run=True)
    sync.sql("""update runs set stages = jsonb_set(stages, '{extract,statuses}', '{"200": 3, "503": 1}')""")
    sync.sql("update schedules set last_run_at = next_run_at - interval '1 hour' where kind = 'sync.scheduled'")
    with relay.transaction(Context(tenant_id=None)) as session:
        samples = [one for metric in gauges.read_figures(session) for one in metric.samples]
    mine: dict[Any, float] = {}
    for one in samples:
        if one.labels.get("pipeline") == name:
            rest = [value for label, value in one.labels.items() if label != "pipeline"]
            mine[one.name, *rest] = one.value
    assert mine["sync_runs_total", "completed_with_errors"] == 1
    assert (mine["sync_rows_total", "created"], mine["sync_rows_total", "errors"]) == (1, 1)
    assert mine["sync_run_duration_seconds_count",] == mine["sync_run_duration_seconds_bucket", "+Inf"] == 1
    assert (mine["sync_source_requests_total", "200"], mine["sync_source_requests_total", "503"]) == (3, 1)
    assert mine["sync_quarantine_open",] == 1
    assert mine["sync_schedule_interval_seconds",] == 3600
    assert "sync_oldest_checkpoint_age_seconds" in {one.name for one in samples}
