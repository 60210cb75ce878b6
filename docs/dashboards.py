"""Grafana's dashboards, from a list of questions: `python -m docs.generate` writes `deploy/observability/grafana`.

Whoever changes one changes it here; a dashboard that was edited by hand in Grafana cannot be reviewed.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "deploy/observability/grafana/dashboards"
SOURCE = {"type": "prometheus", "uid": "prometheus"}
_WIDTH, _HEIGHT, _COLUMNS = 8, 7, 3
_RATE = "$__rate_interval"


@dataclass(frozen=True)
class Panel:
    """One question; `asked` has expression by legend, `unit` is Grafana's word. `is_now`: the last value counts."""

    title: str
    asked: dict[str, str]
    unit: str = "short"
    is_now: bool = False
    meaning: str = ""


@dataclass(frozen=True)
class Dashboard:
    title: str
    panels: tuple[Panel, ...]
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"concord-{self.title.lower().replace(' ', '-')}"


def _per_second(metric: str, by: str, where: str = "") -> str:
    return f"sum by ({by}) (rate({metric}{where}[{_RATE}]))"


def _quantile(metric: str, by: str, share: float = 0.95, where: str = "") -> str:
    return f"histogram_quantile({share}, sum by (le, {by}) (rate({metric}_bucket{where}[{_RATE}])))"


_OF = '{service=~"$service"}'
SERVICES = Dashboard(
    "Services",
    (
        Panel("Requests", {"{{service}}": _per_second("concord_http_requests_total", "service", _OF)}, "reqps"),
        Panel(
            "Answers with 5xx",
            {
                "{{service}}": _per_second(
                    "concord_http_requests_total", "service", '{service=~"$service",status=~"5.."}'
                )
                + " / "
                + _per_second("concord_http_requests_total", "service", _OF)
            },
            "percentunit",
            meaning="Alert from 1 % on.",
        ),
        Panel(
            "Time to answer, 95th percentile",
            {"{{service}}": _quantile("concord_http_request_duration_seconds", "service", where=_OF)},
            "s",
        ),
        Panel(
            "Slowest addresses",
            {
                "{{service}} {{method}} {{route}}": "topk(8, "
                + _quantile("concord_http_request_duration_seconds", "service, method, route", where=_OF)
                + ")"
            },
            "s",
        ),
        Panel(
            "Refusals", {"{{service}} {{code}}": _per_second("concord_refusals_total", "service, code", _OF)}, "reqps"
        ),
        Panel("Version conflicts", {"{{service}}": _per_second("version_conflicts_total", "service", _OF)}, "reqps"),
        Panel(
            "Errors of the database",
            {"{{service}} {{sqlstate}}": _per_second("concord_database_errors_total", "service, sqlstate", _OF)},
            "reqps",
        ),
        Panel(
            "Rolled back",
            {"{{service}}": _per_second("concord_transactions_rolled_back_total", "service", _OF)},
            "reqps",
        ),
        Panel(
            "Errors of Redis",
            {"{{service}} {{part}}": _per_second("redis_errors_total", "service, part", _OF)},
            "reqps",
        ),
        Panel(
            "Found in caches",
            {
                "{{service}} {{cache}}": _per_second("redis_cache_hits_total", "service, cache", _OF)
                + " / "
                + _per_second("redis_cache_requests_total", "service, cache", _OF)
            },
            "percentunit",
        ),
        Panel(
            "Calls to other services",
            {
                "{{service}} to {{callee}}, {{outcome}}": _per_second(
                    "concord_outbound_requests_total", "service, callee, outcome", _OF
                )
            },
            "reqps",
        ),
        Panel("Memory", {"{{job}} {{instance}}": "process_resident_memory_bytes"}, "bytes"),
    ),
    {"service": "label_values(concord_http_requests_total, service)"},
)

JOBS = Dashboard(
    "Jobs",
    (
        Panel("Waiting", {"{{queue}}": 'sum by (queue) (max by (queue, kind) (concord_jobs{status="pending"}))'}),
        Panel("Running", {"{{queue}}": 'sum by (queue) (max by (queue, kind) (concord_jobs{status="running"}))'}),
        Panel("In Redis", {"{{queue}}": "max by (queue) (concord_queue_length)"}),
        Panel(
            "Longest wait",
            {"{{queue}}": "max by (queue) (concord_jobs_oldest_pending_seconds)"},
            "s",
            meaning="Alerts from 2 and 5 minutes on.",
        ),
        Panel("Dead", {"{{service}} {{kind}}": "max by (service, kind) (concord_jobs_dead_letter)"}, is_now=True),
        Panel(
            "Since the relay last looked",
            {"{{service}}": "time() - max by (service) (concord_relay_last_look_timestamp_seconds)"},
            "s",
        ),
        Panel(
            "Sources of the relay",
            {"{{service}} {{source}}": "min by (service, source) (concord_relay_source_up)"},
            is_now=True,
        ),
        Panel(
            "Duties that failed",
            {"{{service}} {{duty}}": "sum by (service, duty) (increase(concord_relay_duty_failures_total[1h]))"},
        ),
        Panel("Messages that wait", {"{{service}}": "sum by (service) (max by (service, kind) (outbox_pending))"}),
        Panel("Oldest message", {"{{service}}": 'max by (service) (outbox_oldest_seconds{status="pending"})'}, "s"),
        Panel(
            "Dead messages",
            {"{{service}}": "sum by (service) (max by (service, kind) (outbox_dead_letters))"},
            is_now=True,
        ),
    ),
)

PROPAGATION = Dashboard(
    "Propagation",
    (
        Panel(
            "Runs",
            {"{{status}} {{method}}": "max by (status, method) (increase(propagation_runs_total[1h]))"},
        ),
        Panel("Names made again", {"a second": "max(propagation_strings_per_second)"}),
        Panel("Errors by type", {"{{error_type}}": "max by (error_type) (increase(propagation_errors_total[1h]))"}),
        Panel(
            "Errors nobody has resolved",
            {"{{error_type}}": "max by (error_type) (propagation_unresolved_errors)"},
            is_now=True,
        ),
        Panel("Stale names", {"{{reason}}": "max by (reason) (propagation_stale_strings)"}, is_now=True),
        Panel(
            "Length of a run",
            {
                "{{method}}": "max by (method) (increase(propagation_run_duration_seconds_sum[1h]))"
                " / max by (method) (increase(propagation_run_duration_seconds_count[1h]))"
            },
            "s",
        ),
    ),
)

WORKFLOW = Dashboard(
    "Workflow",
    (
        Panel("Transitions", {"{{machine}}": _per_second("state_transition_total", "machine")}, "reqps"),
        Panel(
            "Transitions refused",
            {"{{machine}} {{code}}": _per_second("state_transition_error_total", "machine, code")},
            "reqps",
        ),
        Panel(
            "Time of a transition, 95th percentile",
            {"{{machine}}": _quantile("state_transition_duration_seconds", "machine")},
            "s",
        ),
        Panel(
            "Bulk operations",
            {"{{entity}} {{operation}}": _per_second("bulk_operation_total", "entity, operation")},
            "reqps",
        ),
        Panel("Items of bulk operations", {"all": f"sum(rate(bulk_operation_items_total[{_RATE}]))"}, "reqps"),
        Panel("Searches", {"{{entity}} {{status}}": _per_second("search_queries_total", "entity, status")}, "reqps"),
        Panel(
            "Time of a search, 95th percentile",
            {"{{entity}}": _quantile("search_query_duration_seconds", "entity")},
            "s",
        ),
        Panel(
            "Searches",
            {
                "from the cache": f"sum(rate(search_cache_hits_total[{_RATE}]))",
                "without a result": f"sum(rate(search_zero_results_total[{_RATE}]))",
                "refused by the quota": f"sum(rate(search_rate_limit_exceeded_total[{_RATE}]))",
            },
            "reqps",
        ),
        Panel(
            "Audit rows that could not be written",
            {"failed": "sum(increase(audit_write_failures_total[1h]))", "in the spool": "max(audit_spool_rows)"},
        ),
    ),
)

SYNC = Dashboard(
    "Sync",
    (
        Panel(
            "Runs",
            {"{{pipeline}} {{status}}": "max by (pipeline, status) (increase(sync_runs_total[1h]))"},
        ),
        Panel(
            "Rows",
            {"{{pipeline}} {{outcome}}": "max by (pipeline, outcome) (increase(sync_rows_total[1h]))"},
        ),
        Panel("Rows a second", {"{{pipeline}}": "max by (pipeline) (sync_rows_per_second)"}),
        Panel("In quarantine", {"{{pipeline}}": "max by (pipeline) (sync_quarantine_open)"}, is_now=True),
        Panel("Open conflicts", {"{{pipeline}}": "max by (pipeline) (sync_conflicts_open)"}, is_now=True),
        Panel("Age of the watermark", {"{{pipeline}}": "max by (pipeline) (sync_watermark_age_seconds)"}, "s"),
        Panel(
            "Requests to sources",
            {
                "{{pipeline}}": "sum by (pipeline) (increase(sync_source_requests_total[5m]))",
                "again, {{pipeline}}": "max by (pipeline) (increase(sync_source_retries_total[5m]))",
            },
        ),
        Panel(
            "Calls of edges",
            {"{{endpoint}} {{mode}} {{status}}": _per_second("sync_edge_requests_total", "endpoint, mode, status")},
            "reqps",
        ),
        Panel("Sent to edges", {"{{endpoint}}": _per_second("sync_edge_bytes_total", "endpoint")}, "Bps"),
        Panel("Uses reported", {"{{result}}": _per_second("sync_usage_rows_total", "result")}, "reqps"),
        Panel("Oldest checkpoint of a run", {"all": "max(sync_oldest_checkpoint_age_seconds)"}, "s"),
    ),
)

VALIDATION = Dashboard(
    "Validation",
    (
        Panel(
            "Constraints that are missing", {"of {{job}}": "max by (job) (validation_constraints_missing)"}, is_now=True
        ),
        Panel("Constraints expected", {"all": "max(validation_constraints_expected)"}, is_now=True),
        Panel(
            "Time to answer, 95th percentile",
            {
                "{{route}}": "topk(6, "
                + _quantile("concord_http_request_duration_seconds", "route", where='{service="validation"}')
                + ")"
            },
            "s",
        ),
        Panel(
            "Jobs",
            {"{{kind}} {{status}}": 'max by (kind, status) (concord_jobs{service="validation"})'},
        ),
        Panel(
            "Found in caches",
            {
                "{{cache}}": _per_second("redis_cache_hits_total", "cache", '{service="validation"}')
                + " / "
                + _per_second("redis_cache_requests_total", "cache", '{service="validation"}')
            },
            "percentunit",
        ),
    ),
)

DASHBOARDS = (SERVICES, JOBS, PROPAGATION, WORKFLOW, VALIDATION, SYNC)


def text(dashboard: Dashboard) -> str:
    """What Grafana reads from a file."""
    document = {
        "uid": dashboard.name,
        "title": f"Concord: {dashboard.title.lower()}",
        "tags": ["concord"],
        "schemaVersion": 41,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": list(_variables(dashboard))},
        "panels": [_panel(number, panel) for number, panel in enumerate(dashboard.panels)],
    }
    return json.dumps(document, indent=1) + "\n"


def _variables(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    for name, query in dashboard.variables.items():
        yield {
            "name": name,
            "type": "query",
            "datasource": SOURCE,
            "query": query,
            "refresh": 2,
            "includeAll": True,
            "multi": True,
            "current": {"text": "All", "value": "$__all"},
        }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS)
    return {
        "id": number + 1,
        "title": panel.title,
        "description": panel.meaning,
        "type": "stat" if panel.is_now else "timeseries",
        "datasource": SOURCE,
        "gridPos": {"h": _HEIGHT, "w": _WIDTH, "x": column * _WIDTH, "y": row * _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "expr": expression, "legendFormat": legend, "instant": panel.is_now}
            for place, (legend, expression) in enumerate(panel.asked.items())
        ],
    }


PAGES: dict[Path, Callable[[], str]] = {FOLDER / f"{one.name}.json": partial(text, one) for one in DASHBOARDS}
