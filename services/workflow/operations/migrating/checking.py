"""What a migration would do, and the job that does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from services.workflow.domain.machines.migrating import MachineMigration
from services.workflow.domain.machines.shipped import versions
from services.workflow.errors import MachineNotVersioned, MigrationNotClean
from services.workflow.models import Job
from services.workflow.operations.lifecycles import LIFECYCLES
from services.workflow.operations.transitions.lifecycle import Lifecycle
from services.workflow.queries.machines import counts_by_state, items_in
from shared.errors import FieldError, Invalid, NotFound
from shared.jobs.operations import submit

KIND: Final = "workflow.migrate_items"
LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Check:
    """`counts` by state of all items on the old version; `stuck` are the first of those that cannot go."""

    migration: MachineMigration
    counts: Mapping[str, int]
    stuck: Sequence[tuple[int, str]]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def as_dict(self) -> dict[str, Any]:
        migration = self.migration
        states = [
            {
                "state": state,
                "image": migration.images.get(state),
                "items": self.counts.get(state, 0),
                "problem": migration.problem(state),
            }
            for state in migration.old.states
        ]
        return {
            "machine": migration.old.name,
            "from_version": migration.old.version,
            "to_version": migration.new.version,
            "clean": not self.stuck,
            "total": self.total,
            "states": states,
            "items": [{"id": row_id, "state": state, "code": migration.problem(state)} for row_id, state in self.stuck],
        }


def plan(name: str, old: int, new: int, images: Mapping[str, str]) -> tuple[Lifecycle, MachineMigration]:
    """Raises NotFound for a machine, MachineNotVersioned, and Invalid for versions or states that do not exist."""
    lifecycle = LIFECYCLES.get(name)
    if lifecycle is None:
        raise NotFound("There is no such machine.")
    if lifecycle.column != "state":
        raise MachineNotVersioned(f"Items do not remember a version of {name}; they take the newest at once.")
    found = {field: versions().get((name, version)) for field, version in (("from", old), ("to", new))}
    errors = [
        FieldError(f"/{field}_version", "unknown_version", f"There is no such version of {name}.")
        for field, machine in found.items()
        if machine is None
    ]
    if errors:
        raise Invalid("A version is unknown.", errors=errors)
    if old == new:
        raise Invalid.field("/to_version", "same_version", "A migration leads to another version.")
    assert found["from"] is not None
    assert found["to"] is not None
    named = {state.strip().upper(): image.strip().upper() for state, image in images.items()}
    migration = MachineMigration(found["from"], found["to"], named)
    errors = [FieldError(f"/states/{state}", "unknown_state", detail) for state, detail in migration.unknown()]
    if errors:
        raise Invalid("A state is unknown.", errors=errors)
    return lifecycle, migration


def check(session: Session, lifecycle: Lifecycle, migration: MachineMigration) -> Check:
    """Two statements, whatever the number of items."""
    counts = counts_by_state(session, lifecycle.model, migration.old.version)
    held_up = [state for state in counts if migration.problem(state)]
    stuck = items_in(session, lifecycle.model, migration.old.version, held_up, at_most=LISTED) if held_up else []
    return Check(migration, counts, stuck)


def start(session: Session, checked: Check) -> Job:
    """Raises MigrationNotClean."""
    if checked.stuck:
        told = checked.as_dict()
        held_up = [state["state"] for state in told["states"] if state["problem"] and state["items"]]
        detail = f"Items in {', '.join(held_up)} cannot go; nothing was changed."
        raise MigrationNotClean(detail, states=told["states"], items=told["items"])
    migration = checked.migration
    payload = {
        "machine": migration.old.name,
        "from_version": migration.old.version,
        "to_version": migration.new.version,
        "states": dict(migration.images),
    }
    return submit(session, Job, kind=KIND, queue="workflow_heavy", payload=payload, total=checked.total)


def left_behind(items: int) -> dict[str, Any] | None:
    """The error of a job after which items still stand on the old version."""
    if not items:
        return None
    return {"code": "items_left", "detail": f"{items} items moved while this ran and stay on the old version."}
