"""Edges that exclude who had a part before: creator, assignee, the actors of earlier edges."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from services.workflow.domain.machines.asking import Ask
from services.workflow.domain.machines.reading import DefinitionFault, read
from services.workflow.operations.transitions.lifecycle import Wanted
from services.workflow.operations.transitions.moving import move
from services.workflow.operations.work_orders.lifecycle import WORK_ORDER
from shared.app import ServiceApp
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson, Unit
from tests.fixtures.statements import counting
from tests.workflow.domain.test_machines import SOUND
from tests.workflow.working import moved, order, vendor

pytestmark = pytest.mark.usefixtures("strict")


@pytest.fixture
def strict(later_versions: Callable[[], None]) -> None:
    """Approving excludes creator and submitter, starting the approver, closing assignee and completer."""
    later_versions()


@pytest.fixture
def people(person: MakePerson) -> Callable[[str], Person]:
    return lambda name: person(sub=name)


def submitted(ada: Person, by: Person, **body: Any) -> str:
    supplier = vendor(ada, name=f"Supplier {uuid.uuid4()}")
    address = f"work-orders/{order(ada, vendor_id=supplier['id'], **body)['id']}"
    moved(by, address, "SUBMITTED")
    return address


def test_creator_and_submitter_do_not_approve(ada: Person, people: Callable[[str], Person]) -> None:
    address = submitted(ada, people("bob"))
    for name in ("ada", "bob"):
        answer = people(name).post(f"{address}/approve", {})
        assert (answer.status_code, answer.get_json()["code"]) == (403, "own_work")
    assert moved(people("cyd"), address, "APPROVED")["to_state"] == "APPROVED"


def test_it_is_known_beforehand(ada: Person, people: Callable[[str], Person]) -> None:
    address = submitted(ada, people("bob"))
    blocked = people("bob").get(f"{address}/transitions").get_json()["blocked"]
    assert [(one["target"], one["reasons"][0]["code"]) for one in blocked] == [("APPROVED", "own_work")]
    assert people("cyd").get(f"{address}/transitions").get_json()["blocked"] == []
    dry = ada.post(f"{address}/approve", {"dry_run": True}).get_json()
    assert (dry["success"], dry["status_if_run"], dry["errors"][0]["code"]) == (False, 403, "own_work")


def test_whoever_ever_took_the_edge_is_excluded(ada: Person, people: Callable[[str], Person]) -> None:
    address = submitted(ada, people("bob"))
    moved(people("cyd"), address, "DRAFT", comments="not yet")
    moved(people("dan"), address, "SUBMITTED")
    assert code_of(people("bob").post(f"{address}/approve", {})) == "own_work"
    moved(people("cyd"), address, "APPROVED")
    assert code_of(people("cyd").post(f"{address}/start", {})) == "own_work"


def test_the_assignee_does_not_close(ada: Person, people: Callable[[str], Person]) -> None:
    address = submitted(ada, ada, assigned_to_user="lin")
    moved(people("cyd"), address, "APPROVED")
    moved(ada, address, "IN_PROGRESS")
    moved(ada, address, "COMPLETED", comments="done")
    for name in ("lin", "ada"):
        assert code_of(people(name).post(f"{address}/close", {"comments": "done"})) == "own_work"
    assert moved(people("cyd"), address, "CLOSED", comments="done")["to_state"] == "CLOSED"


def test_the_system_is_nobody_but_acts_for_somebody(ada: Person, unit: Unit) -> None:
    first, second = (int(submitted(ada, ada).rsplit("/", 1)[1]) for _ in range(2))
    with unit() as session:
        for_ada = Ask(as_system=True, on_behalf_of="ada", reason="system_auto")
        (refused,) = move(session, WORK_ORDER, [Wanted(first)], "APPROVED", for_ada)
        (done,) = move(session, WORK_ORDER, [Wanted(second)], "APPROVED", Ask(as_system=True, reason="system_auto"))
    assert [error.code for error in refused.result.errors] == ["own_work"]
    assert done.result.success


def test_the_statements_of_a_check_do_not_grow_with_the_items(ada: Person, unit: Unit, app: ServiceApp) -> None:
    ids = [int(submitted(ada, ada).rsplit("/", 1)[1]) for _ in range(6)]
    counts = []
    for wanted in (ids[:1], ids[1:]):
        with unit() as session, counting(app.runtime.db.engine) as sent:
            ask = Ask(actor="cyd", permissions=frozenset({"workorder.approve"}))
            outcomes = move(session, WORK_ORDER, [Wanted(one) for one in wanted], "APPROVED", ask)
        assert all(outcome.result.success for outcome in outcomes)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_definition_excludes_only_what_it_knows() -> None:
    excluding = 'verb = "switch_off"\nexcludes = ["{}"]'
    assert read("light.toml", SOUND.replace('verb = "switch_off"', excluding.format("switch_on"))).edges
    with pytest.raises(DefinitionFault) as fault:
        read("light.toml", SOUND.replace('verb = "switch_off"', excluding.format("burn")))
    assert fault.value.rule == "excludes_known"


def code_of(answer: Any) -> str:
    assert answer.status_code == 403, answer.get_data(as_text=True)
    return str(answer.get_json()["code"])
