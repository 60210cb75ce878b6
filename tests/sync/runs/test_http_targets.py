"""Rows for an interface elsewhere: what each answer makes of a row, what is repeated, what is followed."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pytest
from werkzeug.wrappers import Request, Response

from services.sync.domain.components import Component
from services.sync.loaders.deliveries import Delivery, Leaving, Removal, Waiting
from services.sync.operations.components import components
from services.sync.operations.runs import delivering, receivers, sending
from tests.fixtures.stand_in import StandIn, says
from tests.sync.runs.test_going_on import Killed
from tests.sync.runs.test_sources import site
from tests.sync.working import Sync

__all__ = ["site"]

ROWS = [{"no": "1", "name": "One"}, {"no": "2", "name": "Two"}]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "_FIRST_WAIT", 0.0)
    monkeypatch.setattr(sending, "POLL_SECONDS", 0.0)


def sends(sync: Sync, site: StandIn, **config: Any) -> None:
    config = {"base_url": site.url, "path": "things", "key": "ref", **config}
    sync.put(
        transform={"field_mappings": {"no": "ref", "name": "name"}},
        target={"type": "http", "config": config},
    )


def told(request: Request) -> tuple[str, str, Any]:
    return request.method, request.full_path.rstrip("?"), request.get_json(silent=True)


def test_each_row_is_a_request(sync: Sync, site: StandIn) -> None:
    sync.source("items", ROWS)
    sends(sync, site, body={"title": "name"}, path="shelves/{ref}/things", method="PUT")
    site.answers = [says(201)]
    run = sync.run()
    assert (run["status"], run["stats"]["created"], run["stages"]["load"]["rows_out"]) == ("completed", 2, 2)
    assert [told(request) for request in site.requests] == [
        ("PUT", "/shelves/1/things", {"title": "One"}),
        ("PUT", "/shelves/2/things", {"title": "Two"}),
    ]
    keys = [request.headers["Idempotency-Key"] for request in site.requests]
    assert len(set(keys)) == 2
    sync.source("items", [{"no": "1", "name": "1st"}, ROWS[1]])
    assert sync.stats() == {"updated": 1, "unchanged": 1}
    sync.source("items", ROWS)
    assert sync.stats() == {"updated": 1, "unchanged": 1}
    # The content of before, but another delivery.
    assert site.requests[-1].get_json() == {"title": "One"}
    assert site.requests[-1].headers["Idempotency-Key"] not in keys


@pytest.mark.parametrize("find", [None, {"query": {"q": "ref"}}])
def test_a_row_without_a_key_is_told_apart_by_what_it_is_found_by_or_by_all_of_it(
    sync: Sync, site: StandIn, find: dict[str, Any] | None
) -> None:
    sync.source("items", [*ROWS, {"no": "2", "name": None}, ROWS[0]])
    config: dict[str, Any] = {"base_url": site.url, "path": "things"} | ({"find": find} if find else {})
    sync.put(transform={"field_mappings": {"no": "ref", "name": "name"}}, target={"type": "http", "config": config})
    site.answers = [lambda request: says(201 if request.method == "POST" else 404)(request)]
    assert sync.stats() == ({"created": 2, "duplicates": 2} if find else {"created": 3, "duplicates": 1})
    assert sync.stats()["unchanged"] == (2 if find else 3)


def test_what_answers_make_of_rows(sync: Sync, site: StandIn) -> None:
    rows = [{"no": str(number), "name": "N"} for number in range(5)]
    sync.source("items", rows)
    sends(sync, site)
    refusal = {"code": "too_long", "detail": "The name is too long."}
    site.answers = [says(200), says(409, {"code": "taken"}), says(412), says(422, refusal), says(404)]
    run = sync.run()
    counted = ("created", "conflicts", "errors")
    assert [run["stats"][name] for name in counted] == [1, 2, 2]
    assert sorted(sync.rows_of(run)) == [
        ("conflicts", "1", "taken"),
        ("conflicts", "2", "status_412"),
        ("errors", "3", "too_long"),
        ("errors", "4", "status_404"),
    ]
    (entry,) = [one for one in sync.person.get("quarantine").get_json()["results"] if one["key"] == "3"]
    assert entry["errors"][0]["text"] == "The name is too long."
    # What was not delivered is tried again, and settles what lay there.
    site.answers = [says(200)]
    assert sync.stats() == {"created": 4, "unchanged": 1}
    assert {one["status"] for one in sync.person.get("quarantine").get_json()["results"]} == {"resolved"}


def test_what_may_pass_is_repeated_and_then_fails_the_run(
    sync: Sync, site: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.sync.extractors.asking._FIRST_WAIT", 0.0)
    sync.source("items", ROWS)
    sends(sync, site)
    site.answers = [says(503), says(429, Retry_After="0"), says(201)]
    assert sync.stats() == {"created": 2}
    assert len({request.headers["Idempotency-Key"] for request in site.requests[:3]}) == 1
    site.answers = [says(500)]
    sync.source("items", [{"no": "9", "name": "Nine"}])
    run = sync.run()
    assert (run["status"], run["error"]["class"], run["error"]["code"]) == ("failed", "load", "target_unavailable")


def test_a_job_that_a_change_begins_is_followed(sync: Sync, site: StandIn) -> None:
    sync.source("items", ROWS)
    sends(sync, site)
    begun = says(202, {"id": 7}, Location="/jobs/7")
    failed = {"status": "failed", "error": {"code": "in_use", "detail": "It is in use."}}
    site.answers = [
        begun,
        says(200, {"status": "running"}),
        says(200, {"status": "completed"}),
        begun,
        says(200, failed),
    ]
    run = sync.run()
    assert [run["stats"][name] for name in ("created", "errors")] == [1, 1]
    assert [request.path for request in site.requests] == ["/things", "/jobs/7", "/jobs/7", "/things", "/jobs/7"]
    assert sync.rows_of(run) == [("errors", "2", "in_use")]


def test_a_version_that_is_known_is_demanded(sync: Sync, site: StandIn) -> None:
    def answer(request: Request) -> Response:
        if request.method == "PATCH":
            return Response("{}", mimetype="application/json")
        one = {"id": "a b", "name": "Old", "version": 3}
        tagged = {"ETag": '"3-x"'} if "%20" in request.environ["RAW_URI"] else {}
        shown = one if tagged else {"results": [one]}
        return Response(json.dumps(shown), headers=tagged, mimetype="application/json")

    sync.source("items", ROWS[:1])
    sends(sync, site, body={"name": "name"}, find={"query": {"ref": "ref"}, "version": "version"})
    site.answers = [answer]
    assert sync.stats() == {"updated": 1}
    assert [told(request)[:2] for request in site.requests] == [
        ("GET", "/things?ref=1"),
        ("GET", "/things/a b"),
        ("PATCH", "/things/a b"),
    ]
    assert site.requests[-1].headers["If-Match"] == '"3-x"'


def test_what_the_source_has_no_more_is_ended_there_and_may_come_back(sync: Sync, site: StandIn) -> None:
    shelf: dict[str, Any] = {}

    def answer(request: Request) -> Response:
        ref = request.args.get("ref")
        if request.method == "GET":
            return says(200, {"results": [{"id": f"n{ref}"} | shelf[ref]] if ref in shelf else []})(request)
        sent = request.get_json()
        if sent.get("status") == "off" and shelf.get("locked"):
            return says(409, {"code": "in_use", "detail": "It is in use."})(request)
        shelf.setdefault(sent.get("ref") or request.path.rpartition("n")[2], {}).update(sent)
        return says(200)(request)

    on_delete = {"method": "PATCH", "body": {"status": "off"}, "restore": {"status": "on"}}
    config = {"base_url": site.url, "path": "things", "find": {"query": {"ref": "ref"}}, "on_delete": on_delete}
    sections: dict[str, Any] = {
        "transform": {"field_mappings": {"no": "ref", "name": "name"}},
        "deletes": {"detect": True, "max_share": 1},
    }
    sync.put(target={"type": "http", "config": config}, **sections)
    site.answers = [answer]
    sync.source("items", ROWS)
    assert sync.stats() == {"created": 2}
    sync.source("items", ROWS[:1])
    shelf["locked"] = True
    run = sync.run()
    assert ([one["code"] for one in run["warnings"]], sync.rows_of(run)) == (
        ["deletes_refused"],
        [("warnings", "2", "in_use")],
    )
    del shelf["locked"]
    assert sync.stats() == {"unchanged": 1, "deleted": 1}
    assert (told(site.requests[-1]), shelf["2"]["status"]) == (("PATCH", "/things/n2", {"status": "off"}), "off")
    sync.source("items", ROWS)
    assert sync.stats() == {"unchanged": 1, "updated": 1, "restored": 1}
    assert shelf["2"] == {"ref": "2", "name": "Two", "status": "on"}
    for wrong, pointer in (
        ({"on_delete": None}, "/target/config/on_delete"),
        ({"find": None, "key": "ref"}, "/target/config/on_delete/path"),
        ({"find": None}, "/target/config/key"),
    ):
        target = {name: value for name, value in {**config, **wrong}.items() if value is not None}
        text = sync.file(target={"type": "http", "config": target}, **sections)
        refused = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
        assert pointer in [one["pointer"] for one in refused.get_json()["findings"]]


class Shelf:
    """The courier of a loader that another package brings."""

    rows: dict[str, Any] = {}  # noqa: RUF012 - of this test, whoever makes a courier

    def deliver(self, waiting: Sequence[Waiting]) -> Iterator[Delivery]:
        for one in waiting:
            self.rows[one.key] = one.row
            yield Delivery(one.at, one.key, one.hash, "updated" if one.known else "created", is_settled=True)

    def remove(self, leaving: Sequence[Leaving]) -> Iterator[Removal]:
        return (Removal(self.rows.pop(one.key) and one.key) for one in leaving)

    def seal(self) -> None: ...

    def close(self) -> None: ...


def test_a_package_brings_a_loader(sync: Sync, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Component("shelf", {"type": "object"}, lambda _config, _world: Shelf(), ends_rows=True)
    monkeypatch.setitem(cast(dict[str, Component], components("loaders")), "shelf", shelf)
    sync.source("items", ROWS)
    sync.put(
        transform={"field_mappings": {"no": "ref", "name": "name"}},
        target={"type": "shelf", "config": {"key": "ref"}},
        deletes={"detect": True, "max_share": 1},
    )
    assert sync.stats() == {"created": 2}
    sync.source("items", [{"no": "1", "name": "1st"}])
    assert sync.stats() == {"updated": 1, "deleted": 1}
    assert Shelf.rows == {"1": {"ref": "1", "name": "1st"}}
    wrong = sync.file(target={"type": "shelf", "config": {"key": "ref"}, "write": "scd2"})
    refused = sync.person.call("POST", "pipelines/check", data=wrong, content_type="application/yaml")
    assert "/target/write" in [one["pointer"] for one in refused.get_json()["findings"]]


def test_a_crash_before_the_commit_repeats_the_same_call(
    sync: Sync, site: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync.source("items", ROWS)
    sends(sync, site)
    site.answers = [says(201)]

    def killed(*_: object) -> None:
        raise Killed

    run = sync.ask()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(delivering.Sender, "stage", killed)
        sync.work()
    sync.lose_worker(run["id"])
    sync.work()
    assert sync.read(run["id"])["stats"]["created"] == 2
    keys = [request.headers["Idempotency-Key"] for request in site.requests]
    assert keys[:2] == keys[2:]


def test_what_cannot_be_sent(sync: Sync, site: StandIn) -> None:
    good = {"base_url": site.url, "path": "things", "key": "ref"}
    wrong: list[tuple[dict[str, Any], dict[str, Any], str]] = [
        ({"path": "things", "key": "ref"}, {}, "/target/config/service"),
        (good | {"service": "propagation"}, {}, "/target/config"),
        (good | {"body": {"x": "nowhere"}}, {}, "/target/config/body/x"),
        (good | {"key": "nowhere"}, {}, "/target/config/key"),
        (good | {"base_url": "http://elsewhere.example"}, {}, "/target/config/base_url"),
        (good, {"write": "append"}, "/target/write"),
    ]
    for config, more, pointer in wrong:
        text = sync.file(
            transform={"field_mappings": {"no": "ref", "name": "name"}},
            target={"type": "http", "config": config, **more},
        )
        answer = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
        assert answer.status_code == 422, config
        assert pointer in {found["pointer"] for found in answer.get_json()["findings"]}, config
