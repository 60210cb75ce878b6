"""What a run leaves in the log, and its counters in the audit row, however it was carried out."""

import json
import logging as standard
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from services.propagation.app import create_app
from services.propagation.config import Settings
from services.propagation.models import AuditEvent
from shared import logging
from shared.app import ServiceApp
from shared.tenancy import Context
from tests.propagation.changing import batch, change, item, job, set_workspace
from tests.propagation.naming import Naming, answered
from tests.propagation.working import Worker
from tests.propagation.working import worker as worker

Line = dict[str, Any]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Where the log may go; afterwards logging is as it was."""
    root = standard.getLogger()
    level, handlers, former = root.level, list(root.handlers), structlog.get_config()
    yield tmp_path / "logs" / "string_propagation.log"
    for handler in [handler for handler in root.handlers if handler not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.configure(**former)


@pytest.fixture
def lines(file: Path) -> Callable[[str], list[Line]]:
    """The lines of this name so far, everything being logged."""
    logging.configure("DEBUG", file)

    def of(name: str) -> list[Line]:
        return [line for line in map(json.loads, file.read_text().splitlines()) if line["event"] == name]

    return of


def told(line: Line) -> list[Any]:
    return [line[name] for name in ("trigger", "method", "status", "total", "processed", "failed", "skipped")]


def audited(app: ServiceApp, context: Context, job_id: str) -> list[Any]:
    with app.runtime.db.transaction(context) as session:
        rows = session.query(AuditEvent).filter(AuditEvent.entity_id == job_id, AuditEvent.action.like("run.%")).all()
        told = [row.metadata_ or {} for row in rows]
        return [[one[name] for name in ("total", "processed", "failed", "skipped")] for one in told]


def test_a_run_at_once(naming: Naming, lines: Callable[[str], list[Line]]) -> None:
    tree = naming.tree()
    before = len(lines("run_ended")), len(lines("run_level"))
    summary = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]
    (ended,) = lines("run_ended")[before[0] :]
    assert told(ended) == ["detail_update", "synchronous", "completed", 7, 7, 0, 0]
    assert (ended["job_id"], ended["level"]) == (summary["job_id"], "info")
    assert ended["seconds"] >= 0
    levels = lines("run_level")[before[1] :]
    assert [(line["level_of_tree"], line["strings"]) for line in levels] == [(0, 1), (1, 2), (2, 4)]
    assert {(line["job_id"], line["level"]) for line in levels} == {(summary["job_id"], "debug")}


def test_levels_are_for_debugging(naming: Naming, lines: Callable[[str], list[Line]], file: Path) -> None:
    logging.configure("INFO", file)
    tree = naming.tree()
    answered(change(naming, tree["account"], "Brand", "PUMA"))
    assert lines("run_level") == []
    assert len(lines("run_ended")) == 1


@pytest.mark.parametrize("error_handling", ["continue", "stop", "rollback"])
def test_a_run_of_a_worker(
    naming: Naming,
    worker: Worker,
    app: ServiceApp,
    context: Context,
    lines: Callable[[str], list[Line]],
    error_handling: str,
) -> None:
    tree = naming.tree()
    set_workspace(naming, background_processing_threshold=7)
    update = item(naming, tree["account"], "Brand", "PUMA")
    answer = answered(batch(naming, update, error_handling=error_handling), 202)
    assert lines("run_ended") == []
    worker.run()
    (ended,) = lines("run_ended")
    method = "chunked" if error_handling == "continue" else "background"
    assert told(ended) == ["batch_update", method, "completed", 7, 7, 0, 0]
    assert ended["job_id"] == answer["job_id"]
    assert ended["tenant"] == str(context.tenant_id)
    assert job(naming, answer["job_id"])["processed_strings"] == 7
    assert audited(app, context, answer["job_id"]) == [[7, 7, 0, 0]]
    assert sum(line["strings"] for line in lines("run_level")) == 7


@pytest.mark.parametrize("error_handling", ["continue", "rollback"])
def test_an_undo_of_a_worker(
    naming: Naming,
    worker: Worker,
    app: ServiceApp,
    context: Context,
    lines: Callable[[str], list[Line]],
    error_handling: str,
) -> None:
    tree = naming.tree()
    summary = answered(change(naming, tree["account"], "Brand", "PUMA"))["propagation_summary"]
    set_workspace(naming, background_processing_threshold=7)
    body = {"error_handling": error_handling}
    undone = answered(naming.person.post(f"jobs/{summary['job_id']}/undo", body), 202)["id"]
    worker.run()
    (ended,) = [line for line in lines("run_ended") if line["job_id"] == undone]
    assert told(ended) == ["undo", "background", "completed", 7, 7, 0, 0]
    assert audited(app, context, undone) == [[7, 7, 0, 0]]


def test_the_setting_names_the_file(settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_PROPAGATION_LOG_FILE", str(file))
    given = Settings.model_validate(settings.model_dump(exclude={"log_file"}))
    assert given.log_file == file
    app = create_app(given)
    structlog.get_logger("propagation").info("here")
    app.runtime.db.dispose()
    assert json.loads(file.read_text().splitlines()[-1])["event"] == "here"
