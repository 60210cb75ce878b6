"""Any life of a task and of an attendance record, against the tables as written down: each edge goes, no other does."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.working import record, task

TASK: Mapping[str, Mapping[str, str]] = {
    "ASSIGNED": {"INPROGRESS": "start", "WORKING": "start", "STANDBY": "hold"},
    "INPROGRESS": {
        "WORKING": "transition",
        "COMPLETED": "complete",
        "PARTIALLYCOMPLETED": "transition",
        "STANDBY": "hold",
        "ASSIGNED": "transition",
    },
    "WORKING": {
        "INPROGRESS": "transition",
        "COMPLETED": "complete",
        "PARTIALLYCOMPLETED": "change_status",
        "STANDBY": "hold",
        "MAINTENANCE": "change_status",
    },
    "STANDBY": {"INPROGRESS": "transition", "WORKING": "transition", "ASSIGNED": "transition"},
    "MAINTENANCE": {"WORKING": "transition", "INPROGRESS": "transition"},
    "PARTIALLYCOMPLETED": {"INPROGRESS": "transition", "WORKING": "transition", "COMPLETED": "complete"},
    "COMPLETED": {"AUTOCLOSED": "close", "INPROGRESS": "reopen"},
    "AUTOCLOSED": {},
}
ATTENDANCE: Mapping[str, Mapping[str, str]] = {
    "PENDING": {"APPROVED": "approve", "REJECTED": "reject", "ADJUSTED": "adjust"},
    "APPROVED": {"ADJUSTED": "adjust", "LOCKED": "lock"},
    "REJECTED": {"PENDING": "transition"},
    "ADJUSTED": {"APPROVED": "approve", "LOCKED": "lock"},
    "LOCKED": {},
}
BODY = {"comments": "as planned", "metadata": {"adjustment_reason": "The clock was wrong."}}


class Life(RuleBasedStateMachine):
    """One item under random requests; `table` is the model."""

    path: ClassVar[str]
    area: ClassVar[str]
    table: ClassVar[Mapping[str, Mapping[str, str]]]
    person: ClassVar[MakePerson]
    ada: ClassVar[Person]

    def new(self) -> dict[str, Any]:
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        row = self.new()
        self.address, self.state, self.version = f"{self.path}/{row['id']}", row["state"], 0

    @rule(pick=st.integers(0, 100), permitted=st.booleans())
    def move(self, pick: int, permitted: bool) -> None:
        target = list(self.table)[pick % len(self.table)]
        permission = self.table[self.state].get(target)
        held = [f"{self.area}.view"] + ([f"{self.area}.{permission}"] if permitted and permission else [])
        someone = self.person(sub="bob", roles=[], permissions=held)
        answer = someone.post(f"{self.address}/transition", {"target_state": target} | BODY)
        if target == self.state:
            assert (answer.status_code, answer.get_json()["unchanged"]) == (200, True)
        elif permission is None:
            told = answer.get_json()
            assert (answer.status_code, told["code"]) == (409, "transition_not_allowed")
            assert set(told["allowed_targets"]) == set(self.table[self.state])
        elif not permitted:
            told = answer.get_json()
            assert (answer.status_code, told["missing_permissions"]) == (403, [f"{self.area}.{permission}"])
        else:
            assert answer.status_code == 200, answer.get_data(as_text=True)
            self.state, self.version = target, self.version + 1

    @invariant()
    def is_what_it_should_be(self) -> None:
        row = self.ada.get(self.address).get_json()
        assert (row["state"], row["version"]) == (self.state, self.version)
        told = self.ada.get(f"{self.address}/transitions").get_json()
        offered = {option["target"] for name in ("available", "blocked") for option in told[name]}
        assert offered == set(self.table[self.state])


class TaskLife(Life):
    path, area, table = "tasks", "task", TASK

    def new(self) -> dict[str, Any]:
        return task(self.ada)


class AttendanceLife(Life):
    path, area, table = "attendance", "attendance", ATTENDANCE

    def new(self) -> dict[str, Any]:
        return record(self.ada, latitude=1.0, longitude=2.0)


@pytest.mark.parametrize("life", [TaskLife, AttendanceLife])
def test_a_life_follows_its_table(life: type[Life], ada: Person, person: MakePerson) -> None:
    life.ada, life.person = ada, staticmethod(person)
    options = settings(max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(life, settings=options)


@pytest.mark.parametrize(("life", "table"), [("task", TASK), ("attendance", ATTENDANCE)])
def test_every_edge_of_the_table_is_declared_with_its_permission(
    ada: Person, life: str, table: Mapping[str, Mapping[str, str]]
) -> None:
    edges = ada.get(f"machines/{life}").get_json()["edges"]
    declared = {(edge["from"], edge["to"]): edge["permissions"] for edge in edges if not edge["system_only"]}
    assert declared == {
        (origin, target): [f"{life}.{permission}"]
        for origin, row in table.items()
        for target, permission in row.items()
    }
    system = {(edge["from"], edge["to"]) for edge in edges if edge["system_only"]}
    expiring = ("ASSIGNED", "INPROGRESS", "WORKING", "STANDBY", "PARTIALLYCOMPLETED")
    expected = {(state, "AUTOCLOSED") for state in expiring} | {
        (state, "PARTIALLYCOMPLETED") for state in ("ASSIGNED", "STANDBY")
    }
    assert system == (expected if life == "task" else set())
