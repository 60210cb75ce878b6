"""Votes of a checked set: what was cast before is looked up and what is cast is stored, by one statement each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.definition import Edge
from services.workflow.domain.machines.voting import Ballot, Vote, ballot, refusals, votes
from services.workflow.models import AuditEvent, Step
from services.workflow.operations import sets
from services.workflow.operations.persons.writing import written
from services.workflow.operations.transitions.checked import Checked
from services.workflow.operations.transitions.lifecycle import Lifecycle
from shared.auditing.writing import Entry, record_many
from shared.redaction import redact
from shared.tenancy import context_of, tenant_of

VOTE = "vote"
Voting = tuple[Ballot | None, Sequence[Finding]]


def ballots(session: Session, lifecycle: Lifecycle, wanted: Sequence[tuple[Any, Edge]], ask: Ask) -> list[Voting]:
    """By row and edge, in their order: the votes before this one, and why this one is refused."""
    needed = [lifecycle.votes(row, edge) for row, edge in wanted]
    asked = [votes(edge, number, ask) for (_row, edge), number in zip(wanted, needed, strict=True)]
    ids = [row.id for (row, _edge), is_asked in zip(wanted, asked, strict=True) if is_asked]
    if not ids:
        return [(None, ())] * len(wanted)
    before = _cast_before(session, lifecycle, ids)
    found: list[Voting] = []
    for (row, edge), number, is_asked in zip(wanted, needed, asked, strict=True):
        if not is_asked:
            found.append((None, []))
            continue
        so_far = ballot(before.get(row.id, []), verb=edge.verb, version=row.version, needed=number)
        found.append((so_far, refusals(edge, so_far, ask.persons(*lifecycle.needed(row, edge)))))
    return found


def _cast_before(session: Session, lifecycle: Lifecycle, ids: Sequence[int]) -> dict[int, list[Vote]]:
    behind = Step.data["on_behalf_of"].astext
    found: dict[int, list[Vote]] = {}
    rows = select(Step.entity_id, Step.decision, Step.round, Step.actor, behind).where(
        Step.tenant_id == tenant_of(session),
        Step.entity == lifecycle.entity,
        Step.kind == VOTE,
        Step.entity_id.in_(ids),
    )
    for item_id, *vote in session.execute(rows):
        found.setdefault(item_id, []).append(Vote(*vote))
    return found


def cast(session: Session, lifecycle: Lifecycle, voting: Sequence[Checked], ask: Ask) -> None:
    """A step and an audit row for each vote; items that need more of them only count their version up."""
    if not voting:
        return
    early = [(item.row, dict[str, Any]()) for item in voting if not item.moves]
    sets.update_rows(session, lifecycle.model, early)
    rows = [_step(session, lifecycle, item, ask) for item in voting]
    sets.insert_rows(session, Step, rows)
    told = [
        Entry(
            f"{row['entity']}.voted", row["entity"], row["entity_id"], metadata={"verb": row["decision"], **row["data"]}
        )
        for row in rows
    ]
    record_many(session, AuditEvent, told)


def _step(session: Session, lifecycle: Lifecycle, item: Checked, ask: Ask) -> dict[str, Any]:
    assert item.verdict is not None  # it votes
    assert item.verdict.edge is not None
    assert item.ballot is not None
    edge = item.verdict.edge
    data = redact(dict(ask.metadata)) | {"on_behalf_of": ask.lender(lifecycle.needed(item.row, edge))}
    return {
        "tenant_id": tenant_of(session),
        "correlation_id": context_of(session).correlation_id,
        "entity": lifecycle.entity,
        "entity_id": item.row.id,
        "kind": VOTE,
        "decision": edge.verb,
        "round": item.ballot.round,
        "comments": written(session, ask.comments),
        "data": data,
        "actor": ask.actor,
    }
