"""Every machine that is bound to rows, and the check of all definitions at the start."""

import re
from collections.abc import Mapping

import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.workflow.config import KNOWN_PERMISSIONS
from services.workflow.domain.machines.reading import DefinitionFault, Known, check_names
from services.workflow.domain.machines.registry import GUARDS, NOTES, STAMPS
from services.workflow.domain.machines.shipped import states_of, versions
from services.workflow.operations.approvals.lifecycle import APPROVAL
from services.workflow.operations.attendance.lifecycle import ATTENDANCE
from services.workflow.operations.tasks.lifecycle import CHECKPOINT, TASK
from services.workflow.operations.tickets.lifecycle import TICKET
from services.workflow.operations.timers.actions import ACTIONS
from services.workflow.operations.transitions.lifecycle import AFTER, Lifecycle
from services.workflow.operations.work_orders.lifecycle import PERMIT, WORK_ORDER
from shared.db import Database
from shared.tenancy import Context

ITEM_EVENTS = ("created", "updated", "assigned", "deleted")
log = structlog.get_logger(__name__)
LIFECYCLES: Mapping[str, Lifecycle] = {
    lifecycle.machine: lifecycle for lifecycle in (WORK_ORDER, PERMIT, TASK, CHECKPOINT, ATTENDANCE, TICKET, APPROVAL)
}


def event_types() -> list[str]:
    """What webhooks may ask for."""
    of_items = [f"{one.entity}.{word}" for one in LIFECYCLES.values() for word in ITEM_EVENTS]
    of_machines = [name for one in LIFECYCLES.values() for name in one.events]
    return list(dict.fromkeys([*of_items, *of_machines]))


def check_definitions() -> None:
    """Raises DefinitionFault where a definition names what nobody has registered."""
    known = Known(
        KNOWN_PERMISSIONS, frozenset(GUARDS), frozenset(STAMPS) | frozenset(NOTES) | frozenset(AFTER), ACTIONS
    )
    for machine in versions().values():
        check_names(f"{machine.name}.toml", machine, known)


def check_database(db: Database) -> None:
    """Raises DefinitionFault; a database that does not answer yet is asked by `machines check`."""
    try:
        with db.transaction(Context(tenant_id=None)) as session:
            check_constraints(session)
    except OperationalError:
        log.warning("definitions_unchecked", exc_info=True)


def check_constraints(session: Session) -> None:
    """Raises DefinitionFault where the database knows other states than the definition."""
    for name, lifecycle in LIFECYCLES.items():
        table = lifecycle.table.name
        constraint = session.scalar(
            text(
                "select pg_get_constraintdef(oid) from pg_constraint"
                " where conname = :name and conrelid = to_regclass(:table)"
            ),
            {"name": f"ck_{table}_{lifecycle.column}", "table": f"public.{table}"},
        )
        stored, declared = set(re.findall(r"'([^']*)'", constraint or "")), set(states_of(name))
        if stored != declared:
            detail = f"{table}.{lifecycle.column} allows {sorted(stored)}, the definition has {sorted(declared)}"
            raise DefinitionFault(f"{name}.toml", "states_in_database", detail)
