"""Pipelines as an orchestrator outside sees them: a node for each, with what to send, where to wait, what is good."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.sync.domain.configuration import Configuration
from services.sync.domain.graph import in_order

BASE = "/api/sync/v1"
WELL = ("completed", "completed_with_errors")
# A start that is sent again is the same run, as long as its Idempotency-Key is.
RETRIES = 2
# To be filled with the id of the run that a start answers.
RUN = "{run_id}"


def dag(dag_id: str, members: Sequence[Configuration], *, of: Configuration | None = None) -> dict[str, Any]:
    """Of a group's members, or of a pipeline (`of`) with all that it depends on, which are the members then."""
    by_name = {member.name: member for member in members}
    needs = {name: [need for need in member.depends_on if need in by_name] for name, member in by_name.items()}
    order = in_order(by_name, needs)
    due = of.schedule[0] if of is not None and of.schedule else {}
    return {
        "dag_id": dag_id,
        "description": (of.given.get("description") if of else None) or f"Runs of {', '.join(order)}.",
        "schedule": due.get("cron"),
        "time_zone": due.get("time_zone", "UTC"),
        "max_active_runs": 1,
        "nodes": [_node(by_name[name], by_name.values(), needs) for name in order],
        "edges": [{"from": need, "to": name} for name in order for need in needs[name]],
    }


def _node(member: Configuration, members: Any, needs: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """`accept` are the statuses with which those that depend on it may start."""
    wants_clean = any(other.require_clean and member.name in needs[other.name] for other in members)
    return {
        "id": member.name,
        "pipeline": member.name,
        "start": {
            "method": "POST",
            "path": f"{BASE}/pipelines/{member.name}/runs",
            "body": {"dependencies": "ignore"},
        },
        "wait_path": f"{BASE}/runs/{RUN}/wait",
        "result_path": f"{BASE}/runs/{RUN}",
        "accept": list(WELL[:1] if wants_clean else WELL),
        "timeout_seconds": member.timeout_seconds,
        "retries": RETRIES,
    }
