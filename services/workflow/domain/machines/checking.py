"""The stages of a check in their order (3 to 7), for one item whose facts are known; nothing here queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.workflow.domain.machines.asking import Ask, Finding
from services.workflow.domain.machines.definition import Edge, Machine
from services.workflow.domain.machines.registry import GUARDS
from services.workflow.domain.machines.separating import own_work


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the stages found. An edge means that stage 5 was passed; no finding on an edge means: go."""

    from_state: str
    to_state: str
    edge: Edge | None = None
    unchanged: bool = False
    findings: Sequence[Finding] = ()
    missing: Sequence[str] = ()
    allowed_targets: Sequence[str] = ()
    warnings: Sequence[str] = ()

    @property
    def passes(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class Requirements:
    """What an edge wants of a request that it does not have."""

    findings: Sequence[Finding] = ()
    fields: Sequence[str] = field(default=())


def judge(machine: Machine, state: str, target: str, ask: Ask) -> Verdict:
    """Stages 3 to 7a: what can be said from definition and request alone."""
    known_target, known_state = machine.state_named(target), machine.state_named(state)
    if known_target is None:
        detail = f"target_state: the machine {machine.name} has no state {target.strip()[:50]!r}."
        return Verdict(state, target, findings=[Finding("unknown_state", detail, "/target_state", 422)])
    if known_state is None:
        detail = f"The stored state {state!r} is not one of the machine {machine.name}."
        return Verdict(state, known_target, findings=[Finding("unknown_state", detail)])
    if known_target == known_state:
        return Verdict(known_state, known_target, unchanged=True)
    allowed = machine.targets(known_state, as_system=ask.as_system)
    edge = machine.edge(known_state, known_target, as_system=ask.as_system)
    if edge is None:
        return Verdict(
            known_state, known_target, findings=[_no_edge(known_state, known_target, allowed)], allowed_targets=allowed
        )
    denied, missing = permission_findings(edge, ask)
    findings = denied or requirements(edge, ask).findings
    return Verdict(known_state, known_target, edge, False, findings, missing, allowed)


def look_at_facts(
    machine: Machine,
    verdict: Verdict,
    facts: Any,
    ask: Ask,
    *,
    excluded: Collection[str] = (),
    barred: Sequence[Finding] = (),
) -> Verdict:
    """Stage 7b for a verdict that has come to stage 7, and the warnings: all findings are collected. `excluded` are
    the persons whom the edge keeps out, `barred` says why a vote would not count."""
    edge = verdict.edge
    assert edge is not None  # who has no edge never comes here
    refusals = [found for name in edge.guards if (found := GUARDS[name](facts, ask)) is not None]
    if (own := own_work(edge, excluded, ask)) is not None:
        refusals.insert(0, own)
    names = (*machine.warnings, *edge.warnings)
    said = [found for name in names if (found := GUARDS[name](facts, ask)) is not None]
    return Verdict(
        verdict.from_state,
        verdict.to_state,
        edge,
        False,
        [*verdict.findings, *refusals, *barred],
        verdict.missing,
        verdict.allowed_targets,
        [f"{found.code}: {found.detail}" for found in said],
    )


def came_to_facts(verdict: Verdict) -> bool:
    """Whether stage 7 was reached: an edge, and nobody denied."""
    return verdict.edge is not None and not verdict.missing and not any(f.code in _STAGE_6 for f in verdict.findings)


_STAGE_6 = frozenset({"permission_missing", "actor_missing"})


def permission_findings(edge: Edge, ask: Ask) -> tuple[list[Finding], list[str]]:
    """Stage 6, decided by comparison: the finding and the names that are missing."""
    if ask.as_system:
        return [], []
    if ask.actor is None:
        return [Finding("actor_missing", "Nobody asks: a permission belongs to an actor.", status=403)], []
    missing = [name for name in edge.permissions if name not in ask.permissions]
    if not missing:
        return [], []
    word = "permissions" if len(missing) > 1 else "permission"
    return [Finding("permission_missing", f"You lack the {word} {', '.join(missing)}.", status=403)], missing


def requirements(edge: Edge, ask: Ask) -> Requirements:
    """Stage 7a: comments and metadata keys that the request has to bring; blank ones count as missing."""
    findings, fields = [], []
    if edge.comments and not ask.comments.strip():
        fields.append("comments")
        findings.append(Finding("comments_required", f"To {edge.verb} needs comments.", "/comments", 422))
    for key in edge.metadata:
        if _is_blank(ask.metadata, key):
            fields.append(f"metadata.{key}")
            detail = f"To {edge.verb} needs {key} in the metadata."
            findings.append(Finding("metadata_required", detail, f"/metadata/{key}", 422))
    return Requirements(findings, fields)


def status_of(findings: Sequence[Finding]) -> int:
    """Of a refusal: what the request lacks comes before what the data refuse."""
    statuses = [found.status for found in findings]
    return 422 if 422 in statuses else statuses[0]


def _no_edge(state: str, target: str, allowed: Sequence[str]) -> Finding:
    ways = f"From {state} it may go to {', '.join(allowed)}." if allowed else f"{state} is final."
    return Finding("transition_not_allowed", f"{state} does not lead to {target}. {ways}", "/target_state")


def _is_blank(metadata: Mapping[str, Any], key: str) -> bool:
    value = metadata.get(key)
    return value is None or (isinstance(value, str) and not value.strip())
