"""Runs of several tenants as one document: figures are sums, examples name their tenant."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.validation.domain.integrity.options import Options
from services.validation.domain.integrity.outcome import CLEAN, FAILED, exit_code

_SUMMED: Final = ("found", "fixed", "changed_rows", "remaining")
# The worst first.
_STATUSES: Final = ("error", "not_run", "findings", "fixed", "ok")

Run = Mapping[str, Any]


def added_up(runs: Sequence[Run], options: Options) -> dict[str, Any]:
    """One run as it is; several with `tenant` null and `runs`, their ids."""
    if len(runs) == 1:
        return {name: value for name, value in runs[0].items() if name != "tenant_slug"}
    totals = {
        name: sum(run["totals"][name] for run in runs) for name in ("found", "fixed", "remaining", "warnings", "errors")
    }
    totals = {"rules": max((run["totals"]["rules"] for run in runs), default=0), **totals}
    is_failed = any(run["exit_code"] == FAILED for run in runs)
    return {
        "run_id": None,
        "runs": [{"run_id": run["run_id"], "tenant": run["tenant"]} for run in runs],
        "mode": str(options.mode),
        "tenant": None,
        "started_at": min((run["started_at"] for run in runs), default=None),
        "finished_at": max((run["finished_at"] for run in runs), default=None),
        "duration_seconds": sum(run["duration_seconds"] for run in runs),
        "state": "failed" if is_failed else "completed",
        "exit_code": exit_code(totals, strict=options.strict) if runs else CLEAN,
        "rule_sets": runs[0]["rule_sets"] if runs else [],
        "totals": totals,
        "rules": [_rule([run["rules"][place] for run in runs], runs) for place in range(len(runs[0]["rules"]))]
        if runs
        else [],
        "info": {
            name: sum(run["info"].get(name, 0) for run in runs) for name in ("scenes_with_xp", "scenes_awaiting_xp")
        },
    }


def _rule(same: Sequence[Run], runs: Sequence[Run]) -> dict[str, Any]:
    """One rule in all tenants."""
    status = min((rule["status"] for rule in same), key=_STATUSES.index)
    samples = [
        {"tenant": run["tenant_slug"], **sample}
        for rule, run in zip(same, runs, strict=True)
        for sample in rule["samples"]
    ]
    return {**same[0], **{name: sum(rule[name] for rule in same) for name in _SUMMED}} | {
        "status": status,
        "samples": samples,
    }
