from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.workflow.domain import tasks
from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.tasks import CheckpointFacts, TaskFacts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def task(**facts: Any) -> TaskFacts:
    given: Mapping[str, Any] = {"id": 1, "kind": "task", "created_at": NOW - 2 * HOUR} | facts
    return TaskFacts(**given)


def ask(**said: Any) -> Ask:
    return Ask(actor="ada", timestamp=NOW, **said)


def code(finding: Finding | None) -> str | None:
    return finding.code if finding else None


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [({}, "assignee_missing"), ({"assigned_to_user": "bob"}, None), ({"assigned_to_team": "facility"}, None)],
)
def test_work_starts_with_an_assignee(facts: dict[str, Any], refusal: str | None) -> None:
    assert code(tasks.assignee_named(task(**facts), ask())) == refusal


def test_all_missing_evidence_is_told_at_once() -> None:
    wanting = task(required=("observation", "meter_reading", "attachment"), given=frozenset({"observation"}))
    finding = tasks.evidence_given(wanting, ask())
    assert finding is not None
    assert (finding.code, finding.members) == ("evidence_missing", {"missing": ["meter_reading", "attachment"]})
    assert "meter reading, attachment" in finding.detail
    assert tasks.evidence_given(task(required=("observation",), given=frozenset({"observation"})), ask()) is None


@pytest.mark.parametrize(
    ("facts", "warning"),
    [
        ({"due_at": NOW}, None),
        ({"due_at": NOW - HOUR}, "sla_overdue"),
        ({"sla_hours": 1}, "sla_overdue"),
        ({"sla_hours": 1, "due_at": NOW + HOUR}, None),
    ],
)
def test_a_warning_past_the_deadline(facts: dict[str, Any], warning: str | None) -> None:
    finding = tasks.sla_kept(task(**facts), ask())
    assert code(finding) == warning
    assert finding is None or "SLA" in finding.detail


@pytest.mark.parametrize(
    ("kind", "number", "warning"), [("tour", 2, "checkpoints_open"), ("tour", 0, None), ("task", 2, None)]
)
def test_a_warning_of_open_checkpoints(kind: str, number: int, warning: str | None) -> None:
    assert code(tasks.checkpoints_done(task(kind=kind, open_checkpoints=number), ask())) == warning


@pytest.mark.parametrize(
    ("expires_at", "refusal"), [(None, "not_expired"), (NOW + HOUR, "not_expired"), (NOW, None), (NOW - HOUR, None)]
)
def test_the_server_closes_what_has_expired(expires_at: datetime | None, refusal: str | None) -> None:
    assert code(tasks.task_expired(task(expires_at=expires_at), ask())) == refusal


@pytest.mark.parametrize(
    ("kind", "done", "target"),
    [("tour", 1, "PARTIALLYCOMPLETED"), ("tour", 0, "AUTOCLOSED"), ("task", 1, "AUTOCLOSED")],
)
def test_a_tour_that_was_begun_expires_partly_done(kind: str, done: int, target: str) -> None:
    facts = task(kind=kind, done_checkpoints=done)
    assert tasks.target_of_expiry(facts) == target
    assert (tasks.tour_begun(facts, ask()) is None) == (target == "PARTIALLYCOMPLETED")


def test_the_first_start_is_kept() -> None:
    assert tasks.stamp_started(task(), ask()) == {"started_at": NOW}
    assert tasks.stamp_started(task(started_at=NOW - HOUR), ask()) == {}


@pytest.mark.parametrize(
    ("facts", "end", "hours"),
    [
        ({"started_at": NOW - HOUR}, NOW, "1.00"),
        ({}, NOW, "2.00"),
        ({"started_at": NOW - 2 * HOUR, "completed_at": NOW - HOUR}, NOW - HOUR, "1.00"),
    ],
)
def test_hours_count_from_the_start_else_from_the_creation(facts: dict[str, Any], end: datetime, hours: str) -> None:
    assert tasks.stamp_task_ended(task(**facts), ask()) == {"completed_at": end, "hours_spent": Decimal(hours)}


def test_checkpoints_tell_who_completed_them() -> None:
    checkpoint = CheckpointFacts(id=1)
    assert tasks.stamp_checkpoint_completed(checkpoint, ask()) == {"completed_at": NOW, "completed_by": "ada"}
    assert tasks.task_not_ended(checkpoint, ask()) is None
    assert code(tasks.task_not_ended(CheckpointFacts(id=1, task_has_ended=True), ask())) == "terminal_state"
