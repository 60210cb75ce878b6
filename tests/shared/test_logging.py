"""Log lines: one JSON object each, with their context, from our loggers and those of libraries."""

import json
import logging as standard
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from shared import logging


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = standard.getLogger()
    level, handlers, former = root.level, list(root.handlers), structlog.get_config()
    file = tmp_path / "logs" / "service.log"
    logging.configure("INFO", file)
    yield file
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.configure(**former)


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_line_carries_its_context(log_file: Path) -> None:
    structlog.contextvars.clear_contextvars()  # another test may have answered a request in this thread
    correlation_id = uuid.uuid4()
    with logging.bind(correlation_id=correlation_id, tenant="t", job_id=None):
        structlog.get_logger("app").info("string.saved", count=3)
        with logging.bind(actor="ada"):
            structlog.get_logger("app").warning("slow")
    structlog.get_logger("app").info("outside")

    first, second, third = lines(log_file)
    assert first.pop("time").endswith("Z")
    assert first == {
        "event": "string.saved",
        "count": 3,
        "level": "info",
        "logger": "app",
        "correlation_id": str(correlation_id),
        "tenant": "t",
    }
    assert (second["actor"], second["tenant"], second["level"]) == ("ada", "t", "warning")
    assert "tenant" not in third


@pytest.mark.parametrize("name", ["gunicorn.error", "rq.worker", "anything.else"])
def test_library_lines_have_the_same_shape(log_file: Path, name: str) -> None:
    with logging.bind(job_id="j", attempt=2):
        standard.getLogger(name).warning("worker %s started", 7)
    (line,) = lines(log_file)
    assert (line["event"], line["logger"], line["level"]) == ("worker 7 started", name, "warning")
    assert (line["job_id"], line["attempt"]) == ("j", 2)


def test_levels(log_file: Path) -> None:
    structlog.get_logger("app").debug("not shown")
    standard.getLogger("sqlalchemy.engine").info("select 1")
    structlog.get_logger("app").info("shown")
    assert [line["event"] for line in lines(log_file)] == ["shown"]


def test_an_exception_is_one_line(log_file: Path) -> None:
    try:
        raise ValueError("what happened")
    except ValueError:
        structlog.get_logger("app").exception("failed")
    (line,) = lines(log_file)
    assert "ValueError: what happened" in line["exception"]


def test_every_line_passes_the_redaction(log_file: Path) -> None:
    def hide(event: logging.EventDict) -> logging.EventDict:
        return {name: "***" if name == "password" else value for name, value in event.items()}

    logging.redact_with(hide)
    structlog.get_logger("app").info("login", password="secret")
    standard.getLogger("lib").warning("login", extra={"password": "secret"})
    assert "secret" not in log_file.read_text()
    assert lines(log_file)[0]["password"] == "***"


def test_a_second_call_replaces_the_first(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logging.configure("INFO")
    structlog.get_logger("app").info("once")
    assert log_file.read_text() == ""
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_standard_output_is_json(capsys: pytest.CaptureFixture[str], log_file: Path) -> None:
    logging.configure("INFO", log_file)
    structlog.get_logger("app").info("näh", at=uuid.UUID(int=1))
    assert json.loads(capsys.readouterr().out)["at"] == str(uuid.UUID(int=1))


def test_strange_values_do_not_cost_the_line(log_file: Path) -> None:
    structlog.get_logger("app").info("odd", half="\ud800", large=2**70, raw=b"\xff", key={1: {"a"}})
    (line,) = lines(log_file)
    assert (line["event"], line["large"]) == ("odd", 2**70)
