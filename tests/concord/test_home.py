"""Folders, passwords and the lock of a stack's home."""

import os
import stat
from pathlib import Path

import pytest

from concord.settings import StackSettings
from concord.stack.account import Account
from concord.stack.home import LONGEST_RUN_PATH, Home, HomeUnusable
from concord.stack.memory import remember, remembered


def test_sockets_stay_short_however_long_the_temporary_folder(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / ("long" * 20)))
    run = Home(home).run
    assert len(os.fsencode(run)) <= LONGEST_RUN_PATH
    assert len(os.fsencode(run / "worker-propagation_heavy" / "http.sock")) < 100


def test_each_home_has_its_own_run_folder(tmp_path: Path) -> None:
    assert Home(tmp_path / "a").run != Home(tmp_path / "b").run


def test_the_run_folder_is_remembered_in_a_link(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = Home(home)
    stack.prepare(None)
    try:
        made = stack.run
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        assert Home(home).run == made
    finally:
        stack.remove_run()
    assert not made.exists()
    assert not (home / "run").is_symlink()


def test_a_run_folder_that_is_a_link_is_refused(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concord.stack.home.tempfile.gettempdir", lambda: "/tmp")
    stack, elsewhere = Home(home), tmp_path / "elsewhere"
    elsewhere.mkdir()
    planted = stack.run
    planted.symlink_to(elsewhere)
    try:
        with pytest.raises(HomeUnusable, match="belongs to somebody else"):
            stack.prepare(None)
    finally:
        planted.unlink()


def test_passwords_are_made_once_and_private(home: Path) -> None:
    stack = Home(home)
    (home / "secrets").mkdir(parents=True)
    first = stack.passwords("sync", ("owner", "app"))
    assert stack.passwords("sync", ("owner", "app")) == first
    assert stack.passwords("workflow", ("owner",)).keys() == {"owner"}
    assert len({*first.values(), *stack.passwords("workflow", ("owner",)).values()}) == 3
    assert stat.S_IMODE((home / "secrets" / "passwords.json").stat().st_mode) == 0o600


def test_one_command_at_a_time(home: Path) -> None:
    with Home(home).locked(), pytest.raises(HomeUnusable, match="another"), Home(home).locked():
        pass
    with Home(home).locked():
        pass


def test_later_commands_know_what_up_was_told(home: Path) -> None:
    stack = Home(home)
    home.mkdir()
    base = {"CONCORD_HOME": str(home)}
    told = StackSettings.read({**base, "CONCORD_PORT": "9001", "CONCORD_ISSUER": "mine"})
    remember(remembered(told, stack), stack)
    assert remembered(StackSettings.read(base), stack) == remembered(told, stack)
    moved = remembered(StackSettings.read({**base, "CONCORD_PORT": "9002"}), stack)
    assert (moved.port, moved.public_url, moved.issuer) == (9002, "http://127.0.0.1:9002", "mine")


def test_data_that_the_servers_account_could_not_reach_lie_elsewhere(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, open_to_all = tmp_path / "closed", tmp_path / "lib"
    closed.mkdir(mode=0o700)
    open_to_all.mkdir()
    monkeypatch.setattr("concord.stack.home.SHELTER", open_to_all)
    stack = Home(closed / "home")
    stack.root.mkdir()
    account = Account("stranger", uid=os.geteuid() + 1, gid=os.getegid() + 1)
    data = stack.data(account)
    assert data.parent == open_to_all
    assert (stack.root / "data").readlink() == data
    # Remembered, also for those who could reach the home.
    assert stack.data(None) == data
    stack.wipe()
    assert not data.exists()
    assert not stack.root.exists()


def test_data_lie_in_the_home_otherwise(home: Path) -> None:
    home.mkdir()
    assert Home(home).data(None) == home / "data"
