"""Tables that users declare, and in them versions of rows: the same history as a simple model makes of it."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import ProgrammingError

from services.sync.commands import sync as commands
from services.sync.config import Settings
from tests.sync.working import Sync

Apply = Callable[..., Result]
MEMBERS = """
name: {name}
description: Who belongs to us, and since when.
columns:
  number: {{type: text, class: internal}}
  label: text
  points: {{type: integer, class: internal}}
key: number
versions: {versions}
"""


@pytest.fixture
def apply(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apply]:
    """`concord sync tables apply`, over files with these texts. What was declared is gone after the test."""
    assert settings.owner_url is not None
    owner_url = settings.owner_url.get_secret_value()
    monkeypatch.setenv("CONCORD_SYNC_OWNER_URL", owner_url)

    def run(*texts: str) -> Result:
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.yaml").write_text(text)
        return CliRunner().invoke(commands, ["tables", "apply", str(tmp_path)])

    yield run
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(b"drop table if exists declared.members, declared.guests")


def loads(sync: Sync, table: str, **sections: Any) -> None:
    usual: dict[str, Any] = {
        "transform": {"field_mappings": {"id": "number", "label": "label", "points": "points"}},
        "target": {"type": "table", "config": {"table": table, "key": "number"}, "write": "scd2"},
    }
    sync.put(**(usual | sections))


@dataclass
class Model:
    """Versions by key: the values, and from when to when they hold."""

    versions: dict[str, list[list[Any]]] = field(default_factory=dict)

    def load(self, rows: dict[str, tuple[Any, datetime | None]], started: datetime) -> None:
        for key, (values, changed) in rows.items():
            known = self.versions.setdefault(key, [])
            if known and known[-1][2] is None:
                if known[-1][0] == values:
                    continue
                at = max(changed or started, known[-1][1])
                known[-1][2] = at
            else:
                at = changed or started
            known.append([values, at, None])
        for key in self.versions.keys() - rows.keys():
            if self.versions[key][-1][2] is None:
                self.versions[key][-1][2] = max(started, self.versions[key][-1][1])


def stored(sync: Sync, table: str) -> dict[str, list[list[Any]]]:
    found: dict[str, list[list[Any]]] = {}
    columns = "number, label, points, valid_from, valid_to, is_current"
    for number, label, points, begins, ends, current in sync.sql(f"select {columns} from declared.{table} order by id"):
        assert current is (ends is None)
        found.setdefault(number, []).append([(label, points), begins, ends])
    return found


@pytest.mark.parametrize("seed", range(3))
def test_versions_are_those_of_a_simple_model(sync: Sync, apply: Apply, seed: int) -> None:
    assert apply(MEMBERS.format(name="members", versions="true")).exit_code == 0
    loads(
        sync,
        "members",
        deletes={"detect": True, "max_share": 1},
        incremental={"field": "at"},
        target={"type": "table", "config": {"table": "members", "key": "number"}, "write": "scd2"},
    )
    chance, model = random.Random(seed), Model()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for _run in range(6):
        now += timedelta(hours=1)
        rows: dict[str, tuple[Any, datetime | None]] = {"always": (("Always", 0), now)}
        for key in "abcd":
            if chance.random() < 0.7:
                when = None if chance.random() < 0.3 else now - timedelta(minutes=chance.randrange(90))
                rows[key] = ((chance.choice(["x", "y"]), chance.randrange(2)), when)
        told = [
            {"id": key, "label": values[0], "points": values[1]} | ({"at": when.isoformat()} if when else {})
            for key, (values, when) in rows.items()
        ]
        chance.shuffle(told)
        sync.source("items", told)
        run = sync.run(mode="full")
        assert run["status"] == "completed", run["error"]
        model.load(rows, datetime.fromisoformat(run["started_at"]))
        assert stored(sync, "members") == model.versions


def test_what_a_run_counts(sync: Sync, apply: Apply) -> None:
    apply(MEMBERS.format(name="members", versions="true"))
    loads(sync, "members", deletes={"detect": True, "max_share": 1})
    one = {"id": "1", "label": "One", "points": 1}
    sync.source("items", [one, one | {"id": "2"}])
    assert sync.stats() == {"created": 2}
    sync.source("items", [one | {"label": "First"}])
    assert sync.stats(dry_run=True) == {"updated": 1, "deleted": 1}
    assert sync.stats() == {"updated": 1, "deleted": 1}
    sync.source("items", [one | {"label": "First"}, one | {"id": "2"}])
    assert sync.stats() == {"updated": 1, "restored": 1, "unchanged": 1}
    assert [len(versions) for versions in stored(sync, "members").values()] == [2, 2]
    assert sync.stats() == {"unchanged": 2}


def test_tables_are_declared_once_and_only_grow(sync: Sync, apply: Apply) -> None:
    plain = MEMBERS.format(name="guests", versions="false")
    assert apply(plain).output == "guests: changed\n"
    assert apply(plain).output == "guests: as it was\n"
    more = plain.replace("key: number", "  phone: {type: text, class: personal}\nkey: number")
    assert apply(more).output == "guests: changed\n"
    for wrong, code in (
        (plain, "not_changeable"),
        (more.replace("integer", "decimal"), "not_changeable"),
        (more.replace("key: number", "key: label"), "not_changeable"),
        (more.replace("phone", "tenant_id"), "reserved_name"),
        (more.replace("guests", "product"), "name_taken"),
        (more.replace("integer", "whole"), "invalid_value"),
        (more + "color: red\n", "unknown_key"),
        (more + "key: label\n", "duplicate_key"),
    ):
        refused = apply(wrong)
        assert (refused.exit_code, code in refused.output) == (2, True), refused.output
    loads(sync, "guests", target={"type": "table", "config": {"table": "guests", "key": "number"}})
    sync.source("items", [{"id": "1", "label": "One", "points": 1}])
    assert sync.stats() == {"created": 1}
    assert sync.stats() == {"unchanged": 1}
    (row,) = sync.person.get("catalogue/guests?number=1").get_json()["results"]
    assert (row["label"], row["points"], row["phone"], row["source_pipeline"]) == ("One", 1, None, "items")
    one = f"catalogue/guests/{row['id']}"
    read = sync.person.get(one)
    assert (read.get_json(), read.status_code) == (row, 200)
    assert sync.person.get(one, headers={"If-None-Match": read.headers["ETag"]}).status_code == 304
    edited = sync.person.patch(one, {"label": "Edited"})
    assert (edited.status_code, edited.get_json()["label"], edited.get_json()["edited_by"]) == (200, "Edited", "ada")
    assert sync.person.patch(one, {"label": "Late"}, headers={"If-Match": read.headers["ETag"]}).status_code == 412
    for body in ({"colour": "red"}, {"points": "many"}, {"points": None, "id": 3}):
        assert sync.person.patch(one, body).status_code == 422, body
    assert sync.person.get("catalogue/guests?colour=red").status_code == 422
    sync.source("items", [{"id": "1", "label": "Uno", "points": 2}])
    assert sync.stats() == {"updated": 1}
    (change,) = sync.person.get(f"{one}/history").get_json()["results"]
    assert change["fields"] == {"label": ["Edited", "Uno"], "points": [1, 2]}
    for missing in ("catalogue/nothing", "catalogue/guests/99", "catalogue/guests/99/history"):
        assert sync.person.get(missing).status_code == 404, missing
    with pytest.raises(ProgrammingError):
        sync.sql("alter table declared.guests drop column label")


def test_rows_of_others_are_not_there(sync: Sync, apply: Apply, other_tenant: Any) -> None:
    apply(MEMBERS.format(name="members", versions="true"))
    loads(sync, "members")
    sync.source("items", [{"id": "1", "label": "One", "points": 1}])
    assert sync.stats() == {"created": 1}
    assert len(sync.person.get("catalogue/members").get_json()["results"]) == 1
    mine, sync.tenant_id = sync.tenant_id, other_tenant
    assert sync.sql("select count(*) from declared.members") == [(0,)]
    sync.tenant_id = mine


def test_what_does_not_go_together(sync: Sync, apply: Apply) -> None:
    apply(MEMBERS.format(name="members", versions="true"), MEMBERS.format(name="guests", versions="false"))
    for table, write, key in (
        ("members", "upsert", "number"),
        ("guests", "scd2", "number"),
        ("members", "scd2", "label"),
    ):
        text = sync.file(
            transform={"field_mappings": {"id": "number", "label": "label"}},
            target={"type": "table", "config": {"table": table, "key": key}, "write": write},
        )
        answer = sync.person.call("POST", "pipelines/check", data=text, content_type="application/yaml")
        assert answer.status_code == 422, table
