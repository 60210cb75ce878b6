"""What is counted of edges: calls and uses by web processes, silent stores and failed compilations by the relay."""

from collections.abc import Iterator
from datetime import time

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from services.sync.config import Settings
from services.sync.operations.edges import figures
from shared.db import Database
from shared.tenancy import Context
from tests.fixtures.people import Person
from tests.fixtures.services import Unit
from tests.sync.stores import Company, answered


@pytest.fixture
def relay(settings: Settings) -> Iterator[Database]:
    assert settings.relay_url is not None
    db = Database(settings.relay_url.get_secret_value(), pooled=False)
    yield db
    db.dispose()


def shown(relay: Database) -> dict[str, float]:
    with relay.transaction(Context(tenant_id=None)) as session:
        return {one.name: one.value for metric in figures.read_figures(session) for one in metric.samples}


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_calls_and_uses_are_counted(company: Company) -> None:
    promotion = company.promotion("ONE")
    calls = {
        mode: {"endpoint": "promotions", "mode": mode, "status": status}
        for mode, status in (("full", "200"), ("delta", "200"), ("", "404"))
    }
    before = {mode: counted("sync_edge_requests_total", **labels) for mode, labels in calls.items()}
    rows = {each: counted("sync_usage_rows_total", result=each) for each in ("created", "duplicate", "error")}
    sent = counted("sync_edge_bytes_total", endpoint="promotions")
    seconds = counted("sync_edge_duration_seconds_count", endpoint="promotions")
    full = company.person.get("edge/promotions", query_string=company.query())
    delta = company.person.get("edge/promotions", query_string=company.query(cursor=full.get_json()["cursor"]))
    lost = company.person.get("edge/promotions", query_string=company.query(str(company.id)))
    for mode, labels in calls.items():
        assert counted("sync_edge_requests_total", **labels) == before[mode] + 1, mode
    size = sum(len(each.data) for each in (full, delta, lost))
    assert counted("sync_edge_bytes_total", endpoint="promotions") == sent + size
    assert counted("sync_edge_duration_seconds_count", endpoint="promotions") == seconds + 3
    use = {
        "promotion_id": promotion,
        "bill_id": "B1",
        "discount_amount": "1.00",
        "used_at": "2026-01-01T10:00:00Z",
        "store_id": company.stores["S1"],
    }
    answered(company.person.post("edge/usage", {"usages": [use, use, 5]}))
    assert company.person.post("edge/usage", {"usages": []}).status_code == 400
    for each in rows:
        assert counted("sync_usage_rows_total", result=each) == rows[each] + 1, each


def test_failed_compilations_only_ever_become_more(company: Company, relay: Database) -> None:
    before = shown(relay)["sync_compile_errors_total"]
    box = company.promotion("BOX", promo_type="package")
    company.ask()
    company.ask()
    assert shown(relay)["sync_compile_errors_total"] == before + 1
    answered(company.person.patch(f"promotions/{box}", {"name": "Another"}))
    company.ask()
    assert shown(relay)["sync_compile_errors_total"] == before + 2
    answered(company.person.patch(f"promotions/{box}", {"promo_type": "combo"}))
    company.ask()
    assert shown(relay)["sync_compile_errors_total"] == before + 2


def test_stores_that_are_on_and_silent_are_counted(company: Company, relay: Database, unit: Unit, ada: Person) -> None:
    before = shown(relay)["sync_edge_stale_stores"]

    def age(hours: int) -> float:
        with unit() as session:
            session.execute(text("update stores set created_at = now() - make_interval(hours => :h)"), {"h": hours})
        return shown(relay)["sync_edge_stale_stores"] - before

    assert (age(11), age(13)) == (0, 3)
    company.ask("version")
    assert age(13) == 2
    answered(ada.patch(f"brands/{company.brands['kopi']}", {"is_active": False}))
    assert age(13) == 1
    answered(ada.patch("promotion-settings", {"sync_times": ["06:00", "20:00"]}))
    assert (age(27), age(29)) == (0, 1)


def test_how_long_silence_may_last(unit: Unit) -> None:
    with unit() as session:
        for due, every, hours in (
            ([], 6, 12),
            (None, None, 12),
            ([time(3)], 6, 48),
            ([time(20), time(6)], 1, 28),
            ([time(0), time(8), time(12)], 1, 24),
        ):
            asked = text("select extract(epoch from edge_silence(cast(:due as time[]), :every)) / 3600")
            assert session.scalar(asked, {"due": due, "every": every}) == hours, due
