"""Random walks: whatever is asked, an order does what its definition says, and the records tell the same story."""

import uuid
from itertools import pairwise
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.workflow.domain.machines.shipped import machines
from shared.app import ServiceApp
from tests.fixtures.people import Issuer, Person
from tests.workflow.working import order, vendor

MACHINE = machines()["work_order"]


class Walk(RuleBasedStateMachine):
    """One work order and what is known of it."""

    app: ServiceApp
    issuer: Issuer

    @initialize(has_vendor=st.booleans())
    def begin(self, has_vendor: bool) -> None:
        self.person = Person(self.app.test_client(), "/api/workflow/v1", self.issuer.token(uuid.uuid4()))
        body = {"vendor_id": vendor(self.person)["id"]} if has_vendor else {}
        self.row = order(self.person, **body)
        self.moves = 0

    @rule(to=st.sampled_from([*MACHINE.states, "NOWHERE"]), comments=st.sampled_from(["", "because"]))
    def ask(self, to: str, comments: str) -> None:
        before = self.row
        body = {"target_state": to, "comments": comments, "version": before["version"]}
        promised = self._promised(body)
        answer = self.person.post(f"work-orders/{before['id']}/transition", body)
        assert answer.status_code == self._expected(before, to, comments)
        assert promised == answer.status_code
        if answer.status_code == 200:
            self.row = answer.get_json()["entity"]
            changed = not answer.get_json()["unchanged"]
            assert self.row["version"] == before["version"] + changed
            assert self.row["state"] == to
            self.moves += changed

    @rule()
    def ask_with_an_old_version(self) -> None:
        body = {"target_state": self.row["state"], "version": self.row["version"] + 1}
        assert self.person.post(f"work-orders/{self.row['id']}/transition", body).status_code == 409

    @invariant()
    def what_is_stored_is_what_was_told(self) -> None:
        assert self.person.get(f"work-orders/{self.row['id']}").get_json() == self.row

    def teardown(self) -> None:
        if hasattr(self, "row"):
            records = self._records("success=true")
            assert len(records) == self.moves
            states = ["DRAFT", *(record["to_state"] for record in reversed(records))]
            assert states[-1] == self.row["state"]
            assert all(MACHINE.edge(*pair) for pair in pairwise(states))

    def _records(self, query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.person.get(f"transitions?limit=200&{query}").get_json()["results"]
        return found

    def _promised(self, body: dict[str, Any]) -> int:
        """What a dry run says, before the question is asked in earnest."""
        if body["target_state"] not in MACHINE.states:
            return 422
        dry = self.person.post(f"work-orders/{self.row['id']}/transition", body | {"dry_run": True})
        status: int = dry.get_json()["status_if_run"]
        return status

    @staticmethod
    def _expected(row: dict[str, Any], target: str, comments: str) -> int:
        if target not in MACHINE.states:
            return 422
        edge = MACHINE.edge(row["state"], target)
        if target == row["state"]:
            return 200
        if edge is None:
            return 409
        if edge.comments and not comments:
            return 422
        return 409 if edge.verb == "approve" and row["vendor_id"] is None else 200


def test_random_walks_follow_the_definition(app: ServiceApp, issuer: Issuer) -> None:
    walk = type("WalkOfThisApp", (Walk,), {"app": app, "issuer": issuer})
    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
