"""Alert rules ask for what is exported, fire when they should, and lead to a page that says what to do."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repository.planted import ROOT, Finding, run

FOLDER = ROOT / "deploy" / "observability"
RULE_FILES = sorted(FOLDER.glob("*.rules.yml"))
RUNBOOK = "docs/how-to/alerts.md"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian package prometheus)")

# What stands in an expression besides names: texts, labels of matchers and groups, times, functions.
_NOISE = re.compile(
    r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\boffset\s+\w+'
    r"|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
)
_NAME = re.compile(r"(?<![\w:])[a-zA-Z_:][\w:]*(?!\w|\s*\()")
_WORDS = {"and", "or", "unless", "bool"}


def names_in(expression: str) -> set[str]:
    """Metrics that an expression asks for."""
    return set(_NAME.findall(_NOISE.sub(" ", expression))) - _WORDS


def rules() -> Iterable[dict[str, Any]]:
    for path in RULE_FILES:
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


def test_every_metric_of_a_rule_is_exported(known: set[str]) -> None:
    asked = set().union(*(names_in(rule["expr"]) for rule in rules()))
    assert asked - known == set()
    assert "misspelt_total" not in known
    assert {"propagation_runs_total", "concord_jobs_dead_letter", "redis_errors_total"} <= asked


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('sum by (a) (rate(x_total{status=~"5..", b="c d"}[5m])) / on (a) y > 0.5', {"x_total", "y"}),
        ("time() - max(z_seconds offset 5m) > 60 and absent(w:rate5m)", {"z_seconds", "w:rate5m"}),
        ("sum(misspelt_total) > 1e3", {"misspelt_total"}),
    ],
)
def test_names_are_found_in_expressions(expression: str, names: set[str]) -> None:
    assert names_in(expression) == names


def test_every_alert_leads_to_its_paragraph() -> None:
    alerts = {rule["alert"]: rule for rule in rules()}
    headings = re.findall(r"^## (\w+)$", (ROOT / RUNBOOK).read_text(), re.MULTILINE)
    assert sorted(alerts) == sorted(headings)
    for name, rule in alerts.items():
        assert rule["annotations"]["runbook_url"] == f"{RUNBOOK}#{name.lower()}"
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["labels"]["severity"] in ("info", "warning", "critical", "page")


def test_every_alert_is_tested() -> None:
    tested = " ".join(path.read_text() for path in FOLDER.glob("*.test.yml"))
    assert {rule["alert"] for rule in rules() if f'alertname="{rule["alert"]}"' not in tested} == set()


# What other tools ask for; what a counter is called there without its end has it here.
NAMES_OF_WORKFLOW = """
    bulk_operation_total bulk_operation_success_total bulk_operation_items_total bulk_operation_duration_seconds_count
    state_transition_total state_transition_error_total state_transition_duration_seconds_count version_conflicts_total
    redis_cache_hits_total redis_cache_requests_total redis_errors_total audit_log_writes_total
    audit_write_failures_total audit_spool_rows search_queries_total search_query_duration_seconds_count
    search_results_count_count search_cache_hits_total search_cache_misses_total search_cache_size_bytes
    search_errors_total search_zero_results_total search_click_through_rate search_rate_limit_requests_total
    search_rate_limit_exceeded_total search_rate_limit_check_duration_seconds_count search_active_rate_limits
    outbox_pending outbox_dead_letters
"""


def test_the_figures_of_workflow_have_their_promised_names(known: set[str]) -> None:
    assert set(NAMES_OF_WORKFLOW.split()) - known == set()


def promtool(*arguments: str, folder: Path = FOLDER) -> Finding:
    assert PROMTOOL is not None
    return run(Path(PROMTOOL), *arguments, folder=folder)


@needs_promtool
def test_rules_are_valid_and_pass_their_tests() -> None:
    checked = promtool("check", "rules", *(path.name for path in RULE_FILES))
    assert checked.status == 0, checked.text
    passed = promtool("test", "rules", *(path.name for path in sorted(FOLDER.glob("*.test.yml"))))
    assert passed.status == 0, passed.text


@needs_promtool
@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("propagation.test.yml", 'alertname="PropagationRunsSlow"', 'alertname="PropagationRunsFast"'),
        ("propagation.rules.yml", "< 0.95", "< 0.85"),
        ("propagation.rules.yml", ">= 20", ">= 2"),
        ("propagation.rules.yml", "(propagation_unresolved_errors)) > 10", "(propagation_unresolved_errors)) > 11"),
        ("propagation.rules.yml", "> 30\n", "> 31\n"),
        ("propagation.rules.yml", '{service="propagation"}) > 300', '{service="propagation"}) > 360'),
        (
            "workflow.rules.yml",
            "(state_transition_error_total[1h])) > 500",
            "(state_transition_error_total[1h])) > 600",
        ),
        (
            "workflow.rules.yml",
            "[1h])) > 50\n        labels: {severity: info}",
            "[1h])) > 70\n        labels: {severity: info}",
        ),
        ("workflow.rules.yml", "|57P.*", "|58P.*"),
        ("validation.rules.yml", "> 0.1\n", "> 0.12\n"),
        (
            "validation.rules.yml",
            ">= 20\n        labels: {severity: warning}",
            ">= 2\n        labels: {severity: warning}",
        ),
        ("validation.rules.yml", "validation_constraints_missing) > 0", "validation_constraints_missing) > 1"),
        ("sync.rules.yml", "max(sync_edge_stale_stores) > 0", "max(sync_edge_stale_stores) > 1"),
    ],
)
def test_a_wrong_expectation_or_rule_fails(file: str, right: str, wrong: str, tmp_path: Path) -> None:
    service = file.partition(".")[0]
    for path in FOLDER.glob(f"{service}.*.yml"):
        shutil.copy(path, tmp_path)
    planted = (tmp_path / file).read_text()
    assert right in planted
    (tmp_path / file).write_text(planted.replace(right, wrong))
    assert promtool("test", "rules", f"{service}.test.yml", folder=tmp_path).status == 1


@needs_promtool
def test_a_broken_rule_is_noticed(tmp_path: Path) -> None:
    broken = (FOLDER / "propagation.rules.yml").read_text().replace("sum(max by", "sum(max bye", 1)
    (tmp_path / "broken.rules.yml").write_text(broken)
    assert promtool("check", "rules", "broken.rules.yml", folder=tmp_path).status == 1
