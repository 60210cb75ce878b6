"""The demo's source: when there is one, who may read it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from concord.catalogue import Service
from concord.settings import StackSettings
from concord.stack import old_system
from concord.stack.home import Home
from concord.stack.plan import make_plan

ALLOWED = "CONCORD_SYNC_ALLOWED_PRIVATE"


@pytest.fixture
def stack_home(home: Path) -> Iterator[Home]:
    home.mkdir()
    yield Home(home)
    Home(home).remove_run()


def settings(home: Home, **given: str) -> StackSettings:
    servers = {"CONCORD_DATABASE_URL": "postgresql://boss@db.example/x", "CONCORD_REDIS_URL": "redis://cache.example/3"}
    return StackSettings.read({"CONCORD_HOME": str(home.root), **servers, **given})


def test_sync_alone_may_read_it(stack_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    services = [Service("sync", ("sync",)), Service("validation", ("validation",))]
    monkeypatch.setattr("concord.stack.plan.catalogue.installed", lambda: services)
    given = settings(stack_home, CONCORD_DEMO_ROWS="70")
    old_system.settle(given, stack_home, wanted=True, is_running=False)
    plan = make_plan(given, stack_home)
    source = plan.old_system
    assert source is not None
    programs = {program.name: program for program in plan.programs}
    assert programs["old-system"].command[-1] == "70"
    assert not [name for name in programs["old-system"].environment if name.startswith("CONCORD_")]
    for name, program in programs.items():
        is_reader = name in ("web-sync", "worker-sync", "relay")
        assert (ALLOWED in program.environment) is is_reader, name
    reader = programs["worker-sync"].environment
    assert json.loads(reader[ALLOWED]) == [f"127.0.0.1:{source.port}"]
    assert json.loads(reader["CONCORD_SYNC_LEGACY_ENVIRONMENTS"]) == {"live": {"base_url": source.url}}
    assert Path(reader["CONCORD_SYNC_DATA_DIR"]).is_dir()


def test_its_port_stays_while_the_stack_runs(stack_home: Home) -> None:
    given = settings(stack_home)
    old_system.settle(given, stack_home, wanted=True, is_running=False)
    first = old_system.settled(stack_home)
    old_system.settle(given, stack_home, wanted=True, is_running=True)
    assert old_system.settled(stack_home) == first
    old_system.settle(given, stack_home, wanted=False, is_running=True)
    assert old_system.settled(stack_home) is None


def test_there_is_none_beside_sources_of_ones_own(stack_home: Home) -> None:
    given = settings(stack_home, **{ALLOWED: '["10.0.0.7:8990"]'})
    old_system.settle(given, stack_home, wanted=True, is_running=False)
    assert make_plan(given, stack_home).old_system is None


@pytest.mark.parametrize("rows", ["0", "-1", "many", "1.5"])
def test_rows_that_are_no_number_are_refused(rows: str) -> None:
    with pytest.raises(ValueError, match="CONCORD_DEMO_ROWS"):
        StackSettings.read({"CONCORD_DEMO_ROWS": rows})
