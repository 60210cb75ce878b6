"""Dashboards ask for what is exported, Prometheus finds every process and loads every rule."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from concord.catalogue import SERVICES
from docs.dashboards import DASHBOARDS, FOLDER
from tests.repository.planted import ROOT, run
from tests.repository.test_alerts import PROMTOOL, names_in, needs_promtool

OBSERVABILITY = ROOT / "deploy/observability"
PROMETHEUS: dict[str, Any] = yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text())
PANELS = [(f"{board.title}: {panel.title}", panel) for board in DASHBOARDS for panel in board.panels]
# Grafana puts these in before it asks.
PUT_IN = {"$__rate_interval": "5m", "$service": "sync"}


def plain(expression: str) -> str:
    for word, value in PUT_IN.items():
        expression = expression.replace(word, value)
    return expression


def test_every_metric_of_a_panel_is_exported(known: set[str]) -> None:
    for title, panel in PANELS:
        for expression in panel.asked.values():
            asked = names_in(plain(expression))
            assert asked, title
            assert asked - known == set(), title


def test_legends_name_labels_that_are_kept() -> None:
    for title, panel in PANELS:
        for legend, expression in panel.asked.items():
            kept = {label.strip() for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(",")}
            of_target = {"job", "instance"} if "by (" not in expression else set()
            assert set(re.findall(r"\{\{(\w+)\}\}", legend)) <= kept | of_target, title


def test_files_are_what_grafana_reads() -> None:
    """Current they are by tests/repository/test_documents.py."""
    paths = sorted(FOLDER.glob("*.json"))
    assert [path.stem for path in paths] == sorted(board.name for board in DASHBOARDS)
    sources = yaml.safe_load((FOLDER.parent / "provisioning/datasources/prometheus.yml").read_text())["datasources"]
    for path in paths:
        board = json.loads(path.read_text())
        places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
        assert len(set(places)) == len(places)
        assert {panel["datasource"]["uid"] for panel in board["panels"]} == {source["uid"] for source in sources}


@needs_promtool
def test_expressions_are_valid(tmp_path: Path) -> None:
    rules = [{"record": "panel", "expr": plain(each)} for _title, panel in PANELS for each in panel.asked.values()]
    (tmp_path / "panels.rules.yml").write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    checked = run(Path(PROMTOOL or ""), "check", "rules", "panels.rules.yml", folder=tmp_path)
    assert checked.status == 0, checked.text


def test_prometheus_looks_at_every_process_that_has_figures() -> None:
    targets = {
        target for job in PROMETHEUS["scrape_configs"] for each in job["static_configs"] for target in each["targets"]
    }
    assert targets == {f"{name}-web:8000" for name in SERVICES} | {f"{name}-relay:9100" for name in SERVICES}
    containers = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    assert {target.split(":")[0] for target in targets} <= containers.keys()
    assert "./deploy/observability:/etc/prometheus:ro" in containers["prometheus"]["volumes"]


@needs_promtool
def test_prometheus_loads_every_rule(tmp_path: Path) -> None:
    assert PROMETHEUS["rule_files"] == ["/etc/prometheus/*.rules.yml"]
    here = (OBSERVABILITY / "prometheus.yml").read_text().replace("/etc/prometheus", str(OBSERVABILITY))
    (tmp_path / "prometheus.yml").write_text(here)
    checked = run(Path(PROMTOOL or ""), "check", "config", "prometheus.yml", folder=tmp_path)
    assert checked.status == 0, checked.text
    for path in OBSERVABILITY.glob("*.rules.yml"):
        assert path.name in checked.text
