"""Installations by name: kept for their owner alone, and where each command then goes."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import werkzeug

from tests.concord.conftest import Run, serving


@pytest.fixture
def asked() -> list[tuple[str, str | None]]:
    """(path, authorization) of each call."""
    return []


@pytest.fixture
def service(asked: list[tuple[str, str | None]]) -> Any:
    def app(environ: Any, start: Any) -> Any:
        request = werkzeug.Request(environ)
        asked.append((request.path, request.headers.get("Authorization")))
        return werkzeug.Response('{"results": []}', mimetype="application/json")(environ, start)

    return app


def test_a_profile_is_kept_chosen_and_forgotten(
    run: Run, home: Path, service: Any, asked: list[tuple[str, str | None]]
) -> None:
    with serving(service) as address:
        assert run("config", "profile", "set", "site", "--address", f"{address}/", "--token", "t1").exit_code == 0
        file = home / "concord" / "profiles.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        listed = run("config", "profile", "list", "--json")
        assert json.loads(listed.stdout) == [{"name": "site", "address": address, "token": True, "current": False}]
        assert "t1" not in listed.stdout + run("config", "profile", "show", "site").stdout

        assert run("--profile", "site", "jobs", "list", "--service", "sync", "--json").exit_code == 0
        assert run("jobs", "list", "--service", "sync", CONCORD_PROFILE="site").exit_code == 0
        assert run("config", "profile", "use", "site").exit_code == 0
        assert run("jobs", "list", "--service", "sync", "--token", "t2").exit_code == 0
        assert asked == [("/api/sync/v1/jobs", f"Bearer {token}") for token in ("t1", "t1", "t2")]

        # A token goes nowhere else than where it was given for.
        moved = run("config", "profile", "set", "site", "--address", "https://elsewhere.example")
        assert moved.exit_code == 0
        lacking = run("jobs", "list")
        assert (lacking.exit_code, "no token" in lacking.stderr) == (4, True)
        assert run("config", "profile", "remove", "site").exit_code == 0
        assert json.loads(run("config", "profile", "list", "--json").stdout) == []
        assert "concord up" in run("jobs", "list").stderr  # the stack on this machine again
        assert len(asked) == 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["config", "profile", "set", "x"], 2, "--address"),
        (["config", "profile", "set", "x", "--address", "site.example"], 2, "no address"),
        (["config", "profile", "use", "x"], 2, "known: none"),
        (["config", "profile", "use"], 2, "--none"),
        (["config", "profile", "show"], 1, "this machine"),
        (["--profile", "x", "jobs", "list"], 2, "known: none"),
        (["--profile", "x", "jobs", "list", "--address", "http://127.0.0.1:1"], 2, "either"),
    ],
)
def test_what_cannot_be_is_said(run: Run, words: list[str], code: int, said: str) -> None:
    result = run(*words)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr


def test_a_file_that_is_none_of_ours_is_named(run: Run, home: Path) -> None:
    (home / "concord").mkdir(parents=True)
    (home / "concord" / "profiles.json").write_text("[]")
    assert "profiles.json" in run("config", "profile", "list").stderr
