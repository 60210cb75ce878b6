"""Machines over HTTP and on the command line."""

import xml.etree.ElementTree as ET

import pytest
from click.testing import CliRunner
from sqlalchemy import NullPool, create_engine, make_url, text

from services.workflow.commands import workflow
from services.workflow.domain.machines.reading import DefinitionFault
from services.workflow.domain.machines.shipped import machines
from services.workflow.operations.lifecycles import check_constraints
from shared.tenancy import Context
from tests.fixtures.databases import TestDatabase
from tests.fixtures.people import Person
from tests.fixtures.services import MakePerson
from tests.workflow.working import order, order_in


def test_machines_are_told_as_they_are(ada: Person) -> None:
    found = {machine["name"]: machine for machine in ada.get("machines").get_json()["results"]}
    assert found.keys() == machines().keys()
    order = ada.get("machines/work_order").get_json()
    assert order == found["work_order"]
    assert (order["initial"], order["terminal"]) == ("DRAFT", ["CLOSED", "CANCELLED"])
    approve = next(edge for edge in order["edges"] if edge["verb"] == "approve")
    assert approve["from"] == "SUBMITTED"
    assert approve["permissions"] == ["workorder.approve"]
    draft = next(state for state in order["states"] if state["name"] == "DRAFT")
    assert draft["targets"] == ["SUBMITTED", "CANCELLED"]
    assert ada.get("machines/nothing").status_code == 404
    assert ada.get("machines/work_order?version=9").status_code == 404


@pytest.mark.parametrize("name", sorted(machines()))
def test_diagrams(ada: Person, name: str) -> None:
    text = ada.get(f"machines/{name}.mmd").get_data(as_text=True)
    assert text.startswith("stateDiagram-v2\n")
    drawing = ada.get(f"machines/{name}.svg")
    assert drawing.mimetype == "image/svg+xml"
    body = drawing.get_data(as_text=True)
    ET.fromstring(body)  # it is well-formed
    assert "http" not in body.replace("http://www.w3.org/2000/svg", "")
    assert all(state in text and state in body for state in machines()[name].states)


def test_a_state_tells_where_it_leads(person: MakePerson) -> None:
    viewer = person(roles=["viewer"])
    told = viewer.get("machines/task/states/assigned").get_json()
    assert (told["state"], told["initial"], told["terminal"]) == ("ASSIGNED", True, False)
    system = {target["target"]: target["system_only"] for target in told["targets"]}
    assert system["INPROGRESS"] is False
    assert system["AUTOCLOSED"] is True
    assert viewer.get("machines/task/states/nowhere").status_code == 404


def test_figures_say_where_items_stand(ada: Person) -> None:
    order_in(ada, "SUBMITTED")
    order(ada)
    told = ada.get("machines/work_order/figures").get_json()["results"]
    assert [each["state"] for each in told] == list(machines()["work_order"].states)
    assert [each["items"] for each in told][:3] == [1, 1, 0]
    assert told[0]["median_seconds"] >= 0
    assert told[1]["median_seconds"] is None
    assert ada.get("machines/permit/figures").get_json()["results"][0] == {
        "state": "NOT_REQUIRED", "items": 2, "median_seconds": None
    }  # fmt: skip
    assert ada.get("machines/nothing/figures").status_code == 404


def test_a_transition_is_validated_without_an_item(ada: Person, person: MakePerson) -> None:
    body = {"from_state": "submitted", "target_state": "approved"}
    told = ada.post("machines/work_order/validate", body).get_json()
    assert (told["valid"], told["errors"]) == (True, [])
    assert told["not_evaluated"] == ["vendor_assigned"]
    denied = person(roles=["viewer"], sub="vera").post("machines/work_order/validate", body).get_json()
    assert denied["missing_permissions"] == ["workorder.approve"]
    adjust = {"from_state": "PENDING", "target_state": "ADJUSTED", "metadata": {"adjustment_reason": " "}}
    (error,) = ada.post("machines/attendance/validate", adjust).get_json()["errors"]
    assert (error["code"], error["pointer"]) == ("metadata_required", "/metadata/adjustment_reason")
    system = {"from_state": "ASSIGNED", "target_state": "AUTOCLOSED"}
    (error,) = ada.post("machines/task/validate", system).get_json()["errors"]
    assert error["code"] == "transition_not_allowed"
    assert ada.post("machines/task/validate", {"from_state": "ASSIGNED"}).status_code == 422


def test_machines_are_checked_and_exported_on_the_command_line() -> None:
    checked = CliRunner().invoke(workflow, ["machines", "check"])
    assert checked.exit_code == 0, checked.output
    assert "work_order 1: 7 states, 11 edges" in checked.output
    drawn = CliRunner().invoke(workflow, ["machines", "export", "ticket", "--format", "svg"])
    assert drawn.output.startswith("<svg ")
    assert CliRunner().invoke(workflow, ["machines", "export", "nothing"]).exit_code == 1


def test_a_database_with_other_states_is_noticed(workflow_database: TestDatabase) -> None:
    engine = create_engine(
        make_url(workflow_database.owner_url).set(drivername="postgresql+psycopg"), poolclass=NullPool
    )
    with workflow_database.db.transaction(Context(tenant_id=None)) as session:
        check_constraints(session)
    change = "alter table work_orders drop constraint ck_work_orders_state, add constraint ck_work_orders_state"
    with engine.connect() as connection:
        kept = connection.scalar(
            text("select pg_get_constraintdef(oid) from pg_constraint where conname = 'ck_work_orders_state'")
        )
        connection.execute(text(f"{change} check (state in ('DRAFT', 'LOST')) not valid"))
        connection.commit()
        try:
            with (
                workflow_database.db.transaction(Context(tenant_id=None)) as session,
                pytest.raises(DefinitionFault, match="LOST") as fault,
            ):
                check_constraints(session)
            assert (fault.value.file, fault.value.rule) == ("work_order.toml", "states_in_database")
        finally:
            connection.execute(text(f"{change} {kept}"))
            connection.commit()
    engine.dispose()
