"""The manifests without a cluster: valid to the letter, closed, and in agreement with the services."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator

from concord.catalogue import SERVICES
from concord.cli import cli
from concord.stack.handouts import Addresses, write
from tests.delivery.test_compose import unknown
from tests.repository.planted import ROOT
from tests.repository.test_alerts import names_in

FOLDER = ROOT / "deploy/kubernetes"
FILES = sorted(path for path in FOLDER.rglob("*.yaml") if path.name not in ("names.yaml", "spread.yaml"))
# Kinds that Kubernetes itself does not know: the few fields that are used here.
OWN = {path.stem: json.loads(path.read_text()) for path in (FOLDER / "schemas").glob("*.json")}


def documents(path: Path) -> Iterator[dict[str, Any]]:
    yield from (document for document in yaml.safe_load_all(path.read_text()) if document)


MANIFESTS = [(path.relative_to(FOLDER), document) for path in FILES for document in documents(path)]
RUNNING = {
    str(path): document["spec"]["template"] for path, document in MANIFESTS if document["kind"] in ("Deployment", "Job")
}


def test_manifests_are_valid() -> None:
    for path, document in MANIFESTS:
        if document["kind"] in OWN:
            assert list(Draft202012Validator(OWN[document["kind"]]).iter_errors(document)) == [], path
        else:
            kubernetes_validate.validate(document, "1.37", strict=True)
    assert {document["kind"] for _path, document in MANIFESTS} >= {"PodDisruptionBudget", "NetworkPolicy", *OWN}


def test_kustomizations_name_what_is_there() -> None:
    reached = set()
    for path in FOLDER.rglob("kustomization.yaml"):
        said = yaml.safe_load(path.read_text())
        named = [*said["resources"], *said.get("configurations", [])]
        named += [each["path"] for each in said.get("patches", []) if "path" in each]
        named += [name for each in said.get("configMapGenerator", []) for name in each["envs"]]
        for name in named:
            target = (path.parent / name).resolve()
            assert target.exists(), f"{path}: {name}"
            reached.add(target)
        for patch in (yaml.safe_load(each["patch"]) for each in said.get("patches", []) if "patch" in each):
            assert [step["op"] for step in patch] == ["replace"]
    assert {path for path in FILES if path.name != "kustomization.yaml"} <= reached
    assert (FOLDER / "base/service").resolve() in reached


def test_pods_may_nothing_that_they_do_not_need() -> None:
    """What the namespace's policy `restricted` demands, and a file system that nobody writes."""
    for path, template in RUNNING.items():
        pod = template["spec"]
        assert pod["automountServiceAccountToken"] is False, path
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            closed = {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert container["securityContext"] == closed, path
            assert "memory" in container["resources"]["limits"]
            assert {"cpu", "memory"} == container["resources"]["requests"].keys()
    levels = [document["metadata"]["labels"] for _path, document in MANIFESTS if document["kind"] == "Namespace"]
    assert levels == [{"pod-security.kubernetes.io/enforce": "restricted"}]


def test_replacing_a_process_leaves_no_gap() -> None:
    budgets = {document["metadata"]["name"] for _p, document in MANIFESTS if document["kind"] == "PodDisruptionBudget"}
    for path, document in MANIFESTS:
        if document["kind"] != "Deployment":
            continue
        name, spec = document["metadata"]["name"], document["spec"]
        assert name in budgets, path
        assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        (container,) = spec["template"]["spec"]["containers"]
        if name in ("web", "stream", "gateway"):
            assert (
                container["lifecycle"]["preStop"]["sleep"]["seconds"]
                < spec["template"]["spec"]["terminationGracePeriodSeconds"]
            )
            assert spec["replicas"] >= 2
        assert ("readinessProbe" in container) == (name != "worker")


def test_commands_exist() -> None:
    for path, template in RUNNING.items():
        (container,) = template["spec"]["containers"]
        program, *arguments = container["command"]
        if program == "concord":
            assert cli.get_command(None, arguments[0]) is not None, path  # type: ignore[arg-type]
        else:
            assert (ROOT / "deploy/gateway" / Path(program).name).is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_settings_exist_and_so_do_their_files(name: str, tmp_path: Path) -> None:
    made = write(tmp_path, Addresses())
    for file in ("settings.env", "migrations.env"):
        lines = (FOLDER / "base" / name / file).read_text().splitlines()
        given = dict(line.split("=", 1) for line in lines)
        assert unknown(name, given) == []
        assert {Path(value).name for value in given.values() if value.startswith("/run/secrets/")} <= set(made)
        if file == "settings.env":
            siblings = json.loads(given[f"CONCORD_{name.upper()}_SIBLINGS"])
            compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"][f"{name}-web"]["environment"]
            assert siblings == json.loads(compose[f"CONCORD_{name.upper()}_SIBLINGS"])
            assert f"CONCORD_{name.upper()}_OWNER_URL_FILE" not in given


@pytest.mark.parametrize("name", SERVICES)
def test_workers_follow_what_waits_and_what_runs(name: str) -> None:
    (scaling,) = documents(FOLDER / "base" / name / "scaling.yaml")
    (trigger,) = scaling["spec"]["triggers"]
    assert names_in(trigger["metadata"]["query"]) == {"concord_jobs"}, "pending and running ones"
    assert f'service="{name}"' in trigger["metadata"]["query"]
    assert scaling["spec"]["scaleTargetRef"] == {"name": "worker"}


def test_images_are_those_that_are_built() -> None:
    said = yaml.safe_load((FOLDER / "overlays/production/kustomization.yaml").read_text())
    assert {image["name"] for image in said["images"]} == {"concord-gateway", *(f"concord-{name}" for name in SERVICES)}
    used = {template["spec"]["containers"][0]["image"] for template in RUNNING.values()}
    assert used == {"concord-service", "concord-gateway"}
