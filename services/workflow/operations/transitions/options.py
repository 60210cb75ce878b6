"""What an item could do next: each declared target is available or blocked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.checking import Verdict, look_at_facts, permission_findings, requirements
from services.workflow.domain.machines.definition import Edge
from services.workflow.operations.transitions.lifecycle import Lifecycle
from services.workflow.operations.transitions.separating import excluded
from services.workflow.operations.transitions.voting import ballots


@dataclass(frozen=True, slots=True)
class Option:
    """A way out of the present state for this caller; with reasons it is blocked."""

    edge: Edge
    reasons: Sequence[Finding]
    required_fields: Sequence[str]
    warnings: Sequence[str]


def options(session: Session, lifecycle: Lifecycle, row: Any, ask: Ask) -> list[Option]:
    """Missing comments do not block: they are a required field. A missing permission does."""
    machine = lifecycle.machine_of(row)
    facts = lifecycle.facts(session, [row], ask)[row.id]
    edges = machine.edges_from(lifecycle.state_of(row))
    ways = [(row, edge) for edge in edges]
    kept_out, cast = excluded(session, lifecycle, ways), ballots(session, lifecycle, ways, ask)
    found = []
    for edge, persons, (_ballot, barred) in zip(edges, kept_out, cast, strict=True):
        verdict = Verdict(edge.origin, edge.target, edge)
        verdict = look_at_facts(machine, verdict, facts, ask, excluded=persons, barred=barred)
        denied, _missing = permission_findings(edge, ask)
        fields = requirements(edge, Ask(actor=ask.actor)).fields
        found.append(Option(edge, [*denied, *verdict.findings], fields, verdict.warnings))
    return found
