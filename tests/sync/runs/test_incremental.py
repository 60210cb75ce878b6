"""What changed since: low bound, lag, watermark, and what takes an incremental run's place."""

from datetime import UTC, datetime, timedelta

from services.sync.errors import SourceRefused
from tests.sync.working import SOURCES, Sync, item

EVERY_HOUR = [item(f"A{hour}", changed=f"2026-01-01T{hour:02}:00:00Z") for hour in range(4)]
SEEN = {"field": "changed", "watermark": "max_seen", "lag_seconds": 600}


def low_of(sync: Sync) -> object:
    (_page, conditions) = SOURCES[f"{sync.tenant_id}:items"].asked[-1]
    return [(one.field, one.operator, one.value) for one in conditions]


def test_the_first_run_reads_all_and_the_next_only_what_is_new(sync: Sync) -> None:
    sync.source("items", EVERY_HOUR)
    sync.put(incremental=SEEN)
    first = sync.run()
    assert (first["kind"], first["why_full"], first["watermark_after"]) == ("full", "no_state", "2026-01-01T03:00:00Z")
    assert low_of(sync) == []
    sync.source("items", [*EVERY_HOUR, item("B", changed="2026-01-01T05:00:00Z")])
    second = sync.run()
    assert (second["kind"], second["watermark_before"], second["watermark_after"]) == (
        "incremental",
        "2026-01-01T03:00:00Z",
        "2026-01-01T05:00:00Z",
    )
    # A03 is read again inside the lag and recognised.
    assert (second["stats"]["extracted"], second["stats"]["created"], second["stats"]["unchanged"]) == (2, 1, 1)
    assert low_of(sync) == [("changed", "gte", datetime(2026, 1, 1, 2, 50, tzinfo=UTC))]
    state = sync.person.get("pipelines/items/state").get_json()
    assert (state["watermark"], state["last_successful_run_id"]) == ("2026-01-01T05:00:00Z", second["id"])
    assert state["checkpoint"] is None
    assert sync.run()["watermark_after"] == "2026-01-01T05:00:00Z"  # nothing came


def test_the_first_run_begins_where_the_file_says(sync: Sync) -> None:
    sync.source("items", EVERY_HOUR)
    sync.put(incremental={**SEEN, "initial": "2026-01-01T02:00:00Z"})
    begun = [("changed", "gte", datetime(2026, 1, 1, 2, tzinfo=UTC))]
    first = sync.run()
    assert (first["kind"], first["stats"]["created"], low_of(sync)) == ("incremental", 2, begun)
    sync.put(
        incremental={**SEEN, "initial": "2026-01-01T02:00:00Z"}, transform={"field_mappings": {"id": ["sku", "name"]}}
    )
    again = sync.run()
    assert (again["kind"], again["why_full"], low_of(sync)) == ("full", "mapping_changed", begun)
    assert sync.run(mode="full")["stats"]["extracted"] == 4


def test_live_sources_are_measured_by_the_start_of_the_run(sync: Sync) -> None:
    sync.source("items", EVERY_HOUR)
    sync.put(incremental={"field": "changed"})
    run = sync.run()
    assert run["watermark_after"] == run["started_at"]


def test_numbers_are_measured_by_what_was_seen(sync: Sync) -> None:
    sync.source("items", [item("A", row=7), item("B", row=9)])
    sync.put(incremental={"field": "row"})
    assert sync.run()["watermark_after"] == "9"
    sync.source("items", [item("A", row=7), item("B", row=9), item("C", row=12)])
    run = sync.run()
    assert (run["watermark_after"], run["stats"]["extracted"]) == ("12", 2)


def test_only_a_clean_run_advances(sync: Sync) -> None:
    strict = {"field_mappings": {"id": "sku", "price": {"to": "retail_price", "on_error": "reject"}}}
    source = sync.source("items", [item("A", changed="2026-01-01T00:00:00Z", price="x")])
    sync.put(incremental=SEEN, transform=strict)
    run = sync.run()
    assert (run["status"], run["watermark_after"]) == ("completed_with_errors", None)
    sync.sql("update quarantine_entries set status = 'discarded'")
    run = sync.run()
    assert (run["status"], run["skips"], run["watermark_after"]) == (
        "completed",
        {"discarded": 1},
        "2026-01-01T00:00:00Z",
    )
    source.pages = [[item("B", changed="2026-02-01T00:00:00Z", price="x")]]
    sync.put(incremental={**SEEN, "advance_on_errors": True}, transform=strict)
    run = sync.run()
    assert (run["status"], run["watermark_after"]) == ("completed_with_errors", "2026-02-01T00:00:00Z")


def test_partial_and_dry_runs_leave_the_state_alone(sync: Sync) -> None:
    sync.source("items", EVERY_HOUR)
    sync.put(incremental=SEEN)
    sync.run()
    before = sync.person.get("pipelines/items/state").get_json()
    sync.source("items", [*EVERY_HOUR, item("B", changed="2026-01-02T00:00:00Z")])
    for wishes, rows in (
        ({"since": "2026-01-02"}, 1),
        ({"until": "2026-01-01T01:00:00Z"}, 2),
        ({"top": 3}, 3),
        ({"dry_run": True}, 2),
    ):
        assert sync.run(**wishes)["stats"]["extracted"] == rows, wishes
    after = sync.person.get("pipelines/items/state").get_json()
    changing = ("last_sync_at", "last_run_id")
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }


def test_days_are_counted_in_utc(sync: Sync) -> None:
    sync.source("items")
    sync.put()
    sync.run(days=2)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert low_of(sync) == [("modified_date", "gte", today - timedelta(days=2))]


def test_another_mapping_means_all_over_again(sync: Sync) -> None:
    sync.source("items", EVERY_HOUR)
    sync.put(incremental=SEEN)
    sync.run()
    sync.put(incremental=SEEN, transform={"field_mappings": {"id": "sku", "label": "name_en"}})
    run = sync.run()
    assert (run["kind"], run["why_full"], run["stats"]["updated"]) == ("full", "mapping_changed", 4)
    sync.put(incremental={**SEEN, "full_sync_fallback": False})
    run = sync.run()
    assert (run["status"], run["error"]["code"], run["error"]["class"]) == (
        "failed",
        "no_incremental_state",
        "configuration",
    )


def test_rows_without_a_cursor_value(sync: Sync) -> None:
    sync.source("items", [item("A", changed="2026-01-01T00:00:00Z"), item("B", changed=None)])
    sync.put(incremental={**SEEN, "on_missing": "exclude"})
    run = sync.run()
    assert (run["stats"]["created"], run["skips"]) == (1, {"missing_cursor": 1})
    sync.put(incremental={**SEEN, "on_missing": "include"})
    assert sync.run()["stats"]["extracted"] == 2
    sync.put(incremental={**SEEN, "on_missing": "raise"})
    assert sync.run()["error"]["code"] == "missing_cursor"


def test_the_state_can_be_set_and_forgotten(sync: Sync) -> None:
    sync.source("items", EVERY_HOUR)
    sync.put(incremental=SEEN)
    sync.run()
    answer = sync.person.post("pipelines/items/state/reset", {"watermark": "2026-01-01T02:00:00Z"})
    assert answer.get_json()["watermark"] == "2026-01-01T02:00:00Z"
    assert sync.run()["stats"]["extracted"] == 2
    refused = sync.person.post("pipelines/items/state/reset", {"watermark": "lately"})
    assert (refused.status_code, refused.get_json()["errors"][0]["code"]) == (422, "invalid_watermark")
    sync.person.post("pipelines/items/state/reset")
    assert sync.run()["why_full"] == "no_state"
    rows = sync.person.get("audit-log?action=pipeline.state_reset").get_json()["results"]
    assert rows[-1]["changes"] == {"watermark": ["2026-01-01T03:00:00Z", "2026-01-01T02:00:00Z"]}


def test_a_source_that_refuses_the_filter_is_read_as_a_whole(sync: Sync) -> None:
    source = sync.source("items", EVERY_HOUR)
    sync.put(incremental=SEEN)
    sync.run()

    def refuse(_number: int) -> None:
        if source.asked[-1][1]:
            raise SourceRefused("No such filter.", answered=status)

    source.before, status = refuse, 400
    run = sync.run()
    assert (run["status"], run["kind"], run["why_full"]) == ("completed", "full", "filter_refused")
    assert (run["stats"]["unchanged"], run["watermark_after"]) == (4, "2026-01-01T03:00:00Z")
    status = 403
    run = sync.run()
    assert (run["status"], run["kind"], run["error"]["code"]) == ("failed", "incremental", "source_refused")
    status = 400
    sync.put(incremental=SEEN | {"full_sync_fallback": False})
    assert sync.run()["error"]["code"] == "no_incremental_state"
    summary = sync.person.get("runs/summary").get_json()
    assert (summary["failed_runs"], summary["mean_seconds_to_recovery"], summary["unattended_rate"]) == (2, None, 0.0)
    source.before = lambda _number: None
    sync.run()
    assert sync.person.get("runs/summary").get_json()["mean_seconds_to_recovery"] > 0
