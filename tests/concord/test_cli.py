"""The command line as a whole: names, exit codes, what goes to which stream."""

import json
import socket
from contextlib import closing
from pathlib import Path

import pytest
from click.shell_completion import BashComplete

from concord.catalogue import installed
from concord.cli import cli
from tests.concord.conftest import Run
from tests.gateway.stage import free_port


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    stack = ("up", "down", "status", "logs", "doctor", "token", "migrate", "web", "relay", "worker", "stream")
    for command in (*stack, "propagation"):
        assert f" {command} " in result.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["status", "--nonsense"], ["worker"], ["logs", "-n", "many"]])
def test_wrong_use_is_2(run: Run, words: list[str]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize(
    ("short", "known"),
    [("propagate", "preview"), ("validate", "--fix"), ("monitor", "--period"), ("rejects", "redrive")],
)
def test_short_names_lead_to_the_long_ones(run: Run, short: str, known: str) -> None:
    result = run(short, "--help")
    assert (result.exit_code, known in result.stdout) == (0, True)


def test_a_shell_completes_names() -> None:
    found = BashComplete(cli, {}, "concord", "_CONCORD_COMPLETE").get_completions(["sync"], "q")
    assert [item.value for item in found] == ["quarantine"]


def test_status_of_a_stack_that_does_not_run_is_4(run: Run) -> None:
    assert run("status").exit_code == 4
    result = run("status", "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout) == {"state": "stopped", "programs": []}


def test_logs_without_a_stack_is_4_and_of_an_unknown_program_2(run: Run, home: Path) -> None:
    assert run("logs").exit_code == 4
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "postgres.log").touch()
    result = run("logs", "postgras")
    assert result.exit_code == 2
    assert "postgres" in result.stderr


def test_down_without_a_stack_is_no_failure(run: Run, home: Path) -> None:
    assert run("down").exit_code == 0
    assert not home.exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_2(run: Run, port: str) -> None:
    result = run("up", CONCORD_PORT=port)
    assert result.exit_code == 2
    assert "CONCORD_PORT" in result.stderr


def test_a_taken_port_is_named_before_anything_starts(run: Run, postgres_url: str, redis_url: str) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        servers = {"CONCORD_DATABASE_URL": postgres_url, "CONCORD_REDIS_URL": redis_url}
        result = run("up", CONCORD_PORT=port, **servers)
    assert result.exit_code == 1
    assert port in result.stderr
    assert "CONCORD_PORT" in result.stderr
    assert run("status").exit_code == 4


@pytest.mark.parametrize("name", ["CONCORD_DATABASE_URL", "CONCORD_REDIS_URL"])
def test_a_named_server_that_does_not_answer_is_4(run: Run, home: Path, name: str) -> None:
    scheme = "postgresql" if "DATABASE" in name else "redis"
    result = run("up", **{name: f"{scheme}://127.0.0.1:{free_port()}/0"})
    assert result.exit_code == 4
    assert name in result.stderr
    assert not (home / "data").exists()


def test_an_unknown_queue_is_2_and_names_the_known(run: Run) -> None:
    result = run("worker", "nonsense")
    assert result.exit_code == 2
    for service in installed():
        for queue in service.queues:
            assert queue in result.stderr


def test_workers_of_several_services_are_several_programs(run: Run) -> None:
    result = run("worker", "propagation", "workflow")
    assert (result.exit_code, "propagation, workflow" in result.stderr) == (2, True)


def test_doctor_prints_data_only_and_knows_the_binaries(run: Run) -> None:
    result = run("doctor", "--json", CONCORD_NGINX="/no/such/nginx")
    findings = {finding["subject"]: finding for finding in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert findings["Python"]["level"] == "ok"
    assert findings["PostgreSQL"]["level"] == findings["Valkey"]["level"] == "ok"
    assert findings["nginx"]["level"] == "error"
    assert "CONCORD_NGINX" in findings["nginx"]["detail"]
    assert findings["stack"]["advice"] == "`concord up` starts it"
    assert findings["account"]["level"] in ("ok", "note")
