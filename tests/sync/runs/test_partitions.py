"""Runs in parts: the same result whoever works on them, each with its own checkpoint, limits and the end in common."""

import json
import pickle
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from services.sync import jobs
from services.sync.clients.cluster import outcomes
from services.sync.config import Settings
from services.sync.errors import ClusterUnavailable
from services.sync.models import Job
from services.sync.operations.runs import dividing
from shared.jobs import operations
from shared.jobs.errors import Cancelled, LeaseLost
from shared.tenancy import Context
from tests.sync.clusters import a_cluster
from tests.sync.runs.test_going_on import Killed, SourceAway, go_on
from tests.sync.working import Sync, item

STORES = {"by": "values", "field": "store", "values": ["S1", "S2", "S3"]}


def stock(*skus: str, store: str, **more: Any) -> list[dict[str, Any]]:
    return [item(sku, store=store, **more) for sku in skus]


def pages() -> list[list[dict[str, Any]]]:
    return [stock("A1", "A2", store="S1"), stock("B1", store="S2") + stock("A3", store="S1"), stock("C1", store="S3")]


def chunks(sync: Sync, run_id: str) -> list[tuple[str, str, int]]:
    with sync.app.runtime.db.transaction(Context(tenant_id=sync.tenant_id)) as session:
        found = session.scalars(
            select(Job).where(Job.parent_id == uuid.UUID(run_id)).order_by(Job.created_at, Job.run_at)
        )
        return [(job.queue, job.status, job.payload["number"]) for job in found]


def divided(sync: Sync, executor: str = "rq", **sections: Any) -> None:
    partitions = sections.pop("partitions", STORES)
    sync.put(partitions=partitions, executor=executor, **sections)


@pytest.fixture
def cluster(sync: Sync, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with a_cluster() as address:
        monkeypatch.setattr(settings, "dask_address", address)
        monkeypatch.setenv("CONCORD_SYNC_DASK_ADDRESS", address)
        jobs._settings.cache_clear()
        yield address


@pytest.mark.parametrize("executor", ["local", "rq", "dask"])
def test_all_executors_come_to_the_same(
    sync: Sync, settings: Settings, executor: str, request: pytest.FixtureRequest
) -> None:
    if executor == "dask":
        request.getfixturevalue("cluster")
    lines = [
        json.dumps(row | {"at": f"2026-01-0{number + 1}T00:00:00Z"})
        for number, rows in enumerate(pages())
        for row in rows
    ]
    file = settings.data_dir / f"{sync.tenant_id}.jsonl"
    file.write_text("\n".join(lines))
    divided(
        sync,
        executor,
        source={"type": "jsonl", "config": {"path": file.name}},
        deletes={"detect": True, "max_share": 1},
        incremental={"field": "at", "watermark": "max_seen"},
    )
    run = sync.ask()
    while sync.read(run["id"])["status"] in ("pending", "running"):
        sync.work()
    whole = sync.read(run["id"])
    assert (whole["status"], whole["stats"]["created"], whole["stats"]["extracted"]) == ("completed", 5, 5)
    assert whole["watermark_after"] == "2026-01-03T00:00:00Z"
    assert [(part["bounds"]["values"], part["done"], part["stats"]["created"]) for part in whole["partitions"]] == [
        (["S1"], True, 3),
        (["S2"], True, 1),
        (["S3"], True, 1),
    ]
    assert [sku for (sku,) in sync.products("sku")] == ["A1", "A2", "A3", "B1", "C1"]
    assert sync.person.get(f"jobs/{run['id']}").get_json()["status"] == "completed"
    assert len(chunks(sync, run["id"])) == (3 if executor == "rq" else 0)
    assert sync.person.get("pipelines/items/state").get_json()["checkpoint"] is None
    file.write_text("\n".join(lines[:-1]))
    again = sync.ask(mode="full")
    while sync.read(again["id"])["status"] in ("pending", "running"):
        sync.work()
    assert sync.read(again["id"])["stats"]["deleted"] == 1
    assert sync.read(again["id"])["stats"]["unchanged"] == 4
    if executor == "dask":
        one_fails_the_others_end(settings.dask_address)


def one_fails_the_others_end(address: str) -> None:
    given = ["1", "no number", "3"]
    ends = [type(end) for end in outcomes(address, int, given, at_once=2, watch=lambda: None)]
    assert sorted(end.__name__ for end in ends) == ["NoneType", "NoneType", "ValueError"]

    def cancelled() -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        list(outcomes(address, int, given, at_once=1, watch=cancelled))


def test_a_cluster_has_to_be_there(sync: Sync, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def codes() -> set[str]:
        text = sync.file(partitions=STORES, executor="dask")
        answer = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
        return {found["code"] for found in answer.get_json().get("findings", []) if found["pointer"] == "/executor"}

    assert codes() == {"executor_unknown"}
    with monkeypatch.context() as without:
        without.setattr("services.sync.clients.cluster.find_spec", lambda _name: None)
        assert codes() == {"adapter_not_installed"}
    monkeypatch.setattr("services.sync.clients.cluster.CONNECT_SECONDS", 0.1)
    with pytest.raises(ClusterUnavailable):
        list(outcomes("tcp://127.0.0.1:1", int, [], at_once=1, watch=lambda: None))
    with pytest.raises(ValueError, match="dask_address"):
        Settings.model_validate(settings.model_dump() | {"executor": "dask"})


def test_a_part_that_is_called_twice_counts_once(sync: Sync) -> None:
    source = sync.source("items", *pages())
    divided(sync, "local")
    run = sync.ask()

    def before(number: int) -> None:
        if number != 2:
            return
        source.before = go_on
        with sync.app.runtime.db.transaction(Context(tenant_id=sync.tenant_id)) as session:
            job = session.get_one(Job, (sync.tenant_id, uuid.UUID(run["id"])))
            part = {"tenant": str(sync.tenant_id), "run": run["id"], "number": 0}
            given = dividing.fenced(part, job)
        jobs.run_partition(given)

    source.before = before
    sync.work()
    half = sync.read(run["id"])
    assert (half["status"], half["stats"]["created"], half["stats"]["extracted"]) == ("running", 3, 3)
    sync.lose_worker(run["id"])
    sync.work()
    whole = sync.read(run["id"])
    assert (whole["status"], whole["stats"]["created"], whole["stats"]["extracted"]) == ("completed", 5, 5)


def test_parts_are_chunks_of_the_heavy_queue_and_no_more_at_once_than_allowed(sync: Sync) -> None:
    sync.source("items", *pages())
    divided(sync, partitions=STORES | {"max_parallel": 2})
    run = sync.ask()
    sync.work()
    assert chunks(sync, run["id"]) == [("sync_heavy", "pending", 0), ("sync_heavy", "pending", 1)]
    assert sync.read(run["id"])["status"] == "running"
    sync.work()
    assert [number for _queue, _status, number in chunks(sync, run["id"])] == [0, 1, 2]
    sync.work()
    assert sync.read(run["id"])["status"] == "completed"


def test_the_function_takes_plain_json_and_nothing_of_its_caller(sync: Sync) -> None:
    sync.source("items", *pages())
    divided(sync)
    run = sync.ask()
    sync.work()
    with sync.app.runtime.db.transaction(Context(tenant_id=sync.tenant_id)) as session:
        part = session.scalars(select(Job).where(Job.parent_id == uuid.UUID(run["id"])).order_by(Job.run_at)).first()
        assert part is not None
        part.status, part.attempt = "running", 1
        given = {**part.payload, "job": str(part.id), "attempt": 1}
    function = pickle.loads(pickle.dumps(jobs.run_partition))
    assert function(json.loads(json.dumps(given)))["created"] == 3
    assert set(given) == {"tenant", "run", "number", "bounds", "version", "job", "attempt"}
    with pytest.raises(LeaseLost):
        function(given)


def test_a_lost_part_goes_on_at_its_checkpoint(sync: Sync) -> None:
    source = sync.source("items", *pages())
    divided(sync)
    run = sync.ask()
    sync.work()

    def before(number: int) -> None:
        if number == 2:
            raise Killed

    source.before = before
    with pytest.raises(Killed):
        sync.work()
    half = sync.read(run["id"])
    assert (half["status"], half["stats"]["created"]) == ("running", 2)
    assert sync.person.get("pipelines/items/state").get_json()["checkpoint"]["partition"] == 0
    source.before = go_on
    with sync.app.runtime.db.transaction(Context(tenant_id=sync.tenant_id)) as session:
        lost = session.scalars(select(Job).where(Job.parent_id == uuid.UUID(run["id"]), Job.status == "running")).one()
        lost.status, lost.lease_until, lost.run_at = "pending", None, lost.created_at
    sync.work()
    whole = sync.read(run["id"])
    assert (whole["status"], whole["stats"]["created"], whole["stats"]["extracted"]) == ("completed", 5, 5)


@pytest.mark.parametrize("executor", ["local", "rq"])
def test_a_failed_part_fails_the_run_and_only_it_is_tried_again(sync: Sync, executor: str) -> None:
    source = sync.source("items", *pages())
    divided(sync, executor)
    source.before = failing(source, "S2")
    run = sync.ask()
    for _ in range(3):
        sync.work()
    failed = sync.read(run["id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "source_unavailable")
    assert sync.person.get(f"jobs/{run['id']}").get_json()["status"] == "failed"
    done = [part["done"] for part in failed["partitions"]]
    assert done == ([True, False, False] if executor == "local" else [True, False, True])
    source.before, asked = go_on, len(source.asked)
    assert sync.person.post(f"runs/{run['id']}/resume").status_code == 202
    for _ in range(2):
        sync.work()
    whole = sync.read(run["id"])
    assert (whole["status"], whole["stats"]["created"], whole["error"]) == ("completed", 5, None)
    assert len(source.asked) - asked == done.count(False)


def failing(source: Any, store: str) -> Any:
    """Fails who reads this store."""

    def before(_number: int) -> None:
        _first, conditions = source.asked[-1]
        if any(store in condition.value for condition in conditions if isinstance(condition.value, tuple)):
            raise SourceAway("away")

    return before


def test_a_cancel_stops_every_part(sync: Sync) -> None:
    source = sync.source("items", *pages())
    divided(sync)
    run = sync.ask()
    sync.work()

    def before(_number: int) -> None:
        source.before = go_on
        with sync.app.runtime.db.transaction(Context(tenant_id=sync.tenant_id)) as session:
            operations.request_cancel(session, Job, uuid.UUID(run["id"]))

    source.before = before
    sync.work()
    sync.work()
    stopped = sync.read(run["id"])
    assert (stopped["status"], stopped["stats"].get("created", 0)) == ("cancelled", 0)
    assert sync.person.get(f"jobs/{run['id']}").get_json()["status"] == "cancelled"
    sync.person.post(f"runs/{run['id']}/resume")
    sync.work()
    sync.work()
    assert sync.read(run["id"])["stats"]["created"] == 5


def test_limits_hold_for_the_run(sync: Sync) -> None:
    bad = {"price": "heavy"}
    sync.source("items", stock("A1", "A2", store="S1", **bad) + stock("B1", "B2", store="S2", **bad))
    mapping = {"id": "sku", "price": {"to": "retail_price", "on_error": "reject"}}
    divided(sync, transform={"field_mappings": mapping}, bad_rows={"max_count": 3})
    run = sync.ask()
    sync.work()
    sync.work()
    failed = sync.read(run["id"])
    assert (failed["status"], failed["error"]["code"], failed["error"]["bad_rows"]) == ("failed", "bad_row_limit", 4)
    assert len(failed["error"]["sample"]) == 4


def test_a_value_is_unique_in_all_parts_and_after_a_takeover(sync: Sync) -> None:
    source = sync.source("items", stock("A1", store="S1", label="Twin"), stock("B1", store="S2", label="Twin"))
    unique = {"rules": [{"field": "name", "rule": "unique"}]}
    divided(sync, validate=unique)
    run = sync.ask()
    for _ in range(4):
        sync.work()
    whole = sync.read(run["id"])
    assert (whole["status"], whole["stats"]["created"], whole["stats"]["errors"]) == ("completed_with_errors", 1, 1)
    sync.put(validate=unique, target={"type": "table", "config": {"table": "product", "key": "sku"}})

    def before(number: int) -> None:
        if number == 2:
            raise Killed

    source.before = before
    run = sync.ask()
    with pytest.raises(Killed):
        sync.work()
    source.before = go_on
    sync.lose_worker(run["id"])
    sync.work()
    assert sync.read(run["id"])["stats"]["errors"] == 1


def test_what_cannot_be_divided(sync: Sync) -> None:
    wrong: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        ({"by": "values", "field": "store"}, {}, "missing_field"),
        ({"by": "month"}, {}, "missing_field"),
        ({"by": "month", "values": ["2026-13"]}, {}, "invalid_value"),
        ({"by": "files"}, {}, "invalid_value"),
        ({"by": "key_range", "values": [2, 1]}, {}, "invalid_value"),
        (STORES, {"batch_size": 0}, "invalid_value"),
    ]
    for partitions, sections, code in wrong:
        text = sync.file(partitions=partitions, **sections)
        answer = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
        assert answer.status_code == 422, partitions
        assert code in {found["code"] for found in answer.get_json()["findings"]}, partitions


def test_a_run_of_a_few_rows_is_one_part(sync: Sync) -> None:
    sync.source("items", *pages())
    divided(sync)
    run = sync.run(top=2)
    assert (run["status"], run["stats"]["created"], len(run["partitions"])) == ("completed", 2, 1)
