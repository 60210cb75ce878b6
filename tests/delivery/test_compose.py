"""compose.yaml and the Dockerfiles without a Docker engine: valid, closed, and in agreement with the services."""

import json
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import rich_click as click
import yaml

from concord.catalogue import SERVICES
from concord.commands.demo import demo
from concord.gateway import for_containers, render
from concord.stack.handouts import FILES, Addresses, write
from tests.repository.planted import BIN, ROOT, run

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
KINDS = ("migrate", "web", "stream", "worker", "relay")
OURS = [f"{name}-{kind}" for name in SERVICES for kind in KINDS]
PROFILES = {"old-system": ["demo"], "demo": ["demo"], "prometheus": ["monitoring"], "grafana": ["monitoring"]}
ONCE = ("-migrate", "demo")
# Read by the command line and not by a service's settings.
OF_THE_COMMAND = {"CONCORD_DATABASE_URL_FILE": "migrate", "CONCORD_RELAY_METRICS": "relay"}
DOCKERFILES = [ROOT / "deploy/Dockerfile", ROOT / "deploy/gateway/Dockerfile"]


def environment(container: str) -> Mapping[str, str]:
    found: Mapping[str, str] = CONTAINERS[container].get("environment", {})
    return found


def test_it_is_valid() -> None:
    program = BIN / "check-jsonschema"
    done = run(program, "--builtin-schema", "vendor.compose-spec", str(ROOT / "compose.yaml"), folder=ROOT)
    assert done.status == 0, done.text


def test_it_has_every_service_with_all_its_processes() -> None:
    assert set(OURS) | {"gateway", "postgres", "redis"} | PROFILES.keys() == set(CONTAINERS)
    assert {name: each["profiles"] for name, each in CONTAINERS.items() if "profiles" in each} == PROFILES


@pytest.mark.parametrize("name", SERVICES)
def test_containers_agree_with_the_service(name: str) -> None:
    config = import_module(f"services.{name}.config")
    assert CONTAINERS[f"{name}-worker"]["command"] == ["concord", "worker"], "without names: all queues of the image"
    assert CONTAINERS[f"{name}-migrate"]["command"] == ["concord", "migrate", "--make", name]
    for kind in KINDS:
        container = CONTAINERS[f"{name}-{kind}"]
        assert container["build"]["args"]["SERVICE"] == name
        if kind != "migrate":
            siblings = json.loads(environment(f"{name}-{kind}")[f"CONCORD_{name.upper()}_SIBLINGS"])
            assert siblings == {callee: f"http://{callee}-web:8000" for callee in config.CALLS}
        needs = container["depends_on"]
        expected = "postgres" if kind == "migrate" else f"{name}-migrate"
        assert needs[expected]["condition"] in ("service_healthy", "service_completed_successfully")


def unknown(name: str, given: Mapping[str, str]) -> list[str]:
    """Variables that no setting of the service has."""
    fields = import_module(f"services.{name}.config").Settings.model_fields
    words = [variable for variable in given if variable.startswith("CONCORD_") and variable not in OF_THE_COMMAND]
    prefixes = (f"CONCORD_{name.upper()}_", "CONCORD_")
    return [
        variable
        for variable in words
        if not any(
            variable.startswith(prefix)
            and {variable.removeprefix(prefix).lower(), variable.removeprefix(prefix).removesuffix("_FILE").lower()}
            & fields.keys()
            for prefix in prefixes
        )
    ]


@pytest.mark.parametrize("container", OURS)
def test_settings_exist_and_files_are_handed_out(container: str) -> None:
    name, kind = container.rsplit("-", 1)
    given = environment(container)
    assert unknown(name, given) == []
    assert {kind} >= {OF_THE_COMMAND[variable] for variable in given if variable in OF_THE_COMMAND}
    named = {Path(value).name for value in given.values() if value.startswith("/run/secrets/")}
    handed = set(CONTAINERS[container]["secrets"])
    others = tuple(f"{other}_" for other in SERVICES if other != name)
    assert not [secret for secret in handed if secret.startswith(others)]
    assert handed == named
    # Only migrations know the owner, and the server's superuser who makes databases.
    assert (f"{name}_owner_url" in handed) == ("postgres_url" in handed) == (kind == "migrate")
    assert (f"{name}_relay_url" in handed) == (kind in ("migrate", "relay"))
    # What a service cannot start without.
    required = {"CONCORD_JWKS", "CONCORD_SECRET_KEY_FILE", f"CONCORD_{name.upper()}_DATABASE_URL_FILE"}
    assert kind == "migrate" or given.keys() >= required


def test_secrets_are_files_that_are_made(tmp_path: Path) -> None:
    assert sorted(COMPOSE["secrets"]) == write(tmp_path / "home", Addresses())
    for name, secret in COMPOSE["secrets"].items():
        assert secret["file"] == f"${{CONCORD_SECRETS:-.concord-compose}}/{FILES}/{name}"
    texts = {path.name: path.read_text() for path in (tmp_path / "home" / FILES).iterdir()}
    assert write(tmp_path / "home", Addresses()) == sorted(texts), "made once"
    assert {path.name: path.read_text() for path in (tmp_path / "home" / FILES).iterdir()} == texts
    assert (tmp_path / "home" / FILES).stat().st_mode & 0o777 == 0o700
    assert len({texts[f"{name}_{role}_url"] for name in SERVICES for role in ("owner", "database", "relay")}) == 12
    pair = [json.loads(texts[f"{name}_pair_secrets"]) for name in ("sync", "workflow")]
    assert pair[0]["workflow"] == pair[1]["sync"]


def test_the_demo_reads_what_sync_is_let_to_and_alone_may_sign() -> None:
    given = environment("demo")
    server = given["CONCORD_OLD_SYSTEM"]
    assert json.loads(environment("sync-worker")["CONCORD_SYNC_LEGACY_ENVIRONMENTS"]) == {"live": {"base_url": server}}
    assert json.loads(environment("sync-worker")["CONCORD_SYNC_ALLOWED_PRIVATE"]) == [server.removeprefix("http://")]
    assert server.removeprefix("http://").split(":")[0] in CONTAINERS
    options = {parameter.envvar for parameter in demo.params if isinstance(parameter, click.Option)}
    assert {name for name in given if name.startswith("CONCORD_")} <= options | {"CONCORD_PUBLIC_URL"}
    holders = [name for name, each in CONTAINERS.items() if "issuer_key" in each.get("secrets", ())]
    assert holders == ["demo"]
    assert CONTAINERS["demo"]["depends_on"].keys() >= {"gateway", *(f"{name}-web" for name in SERVICES)}


def test_only_the_gateway_is_seen_from_outside() -> None:
    published = {name: each["ports"] for name, each in CONTAINERS.items() if "ports" in each}
    assert published.keys() == {"gateway", "grafana"}
    assert all(port.startswith("${CONCORD_BIND:-127.0.0.1}:") for ports in published.values() for port in ports)
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert [CONTAINERS[name]["networks"] for name in ("postgres", "redis")] == [["data"], ["data"]]


@pytest.mark.parametrize("container", CONTAINERS)
def test_containers_are_limited_and_closed(container: str) -> None:
    described = CONTAINERS[container]
    assert {"mem_limit", "cpus", "restart", "logging"} <= described.keys()
    assert described["restart"] == ("no" if container.endswith(ONCE) else "unless-stopped")
    assert ":" in described["image"]
    if container != "postgres":
        assert described["read_only"] is True
    if container not in ("postgres", "redis"):
        assert described["cap_drop"] == ["ALL"]
        assert described["security_opt"] == ["no-new-privileges:true"]
    assert not [name for name in environment(container) if re.search("PASSWORD$|SECRET$|_KEY$", name)]


def instructions(path: Path) -> list[tuple[str, str]]:
    text = re.sub(r"^\s*#.*\n", "", path.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_images_are_plain_and_run_as_nobody(path: Path) -> None:
    words = instructions(path)
    known = {"ARG", "FROM", "ENV", "RUN", "WORKDIR", "COPY", "LABEL", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK"}
    assert {word for word, _rest in words} <= known | {"CMD", "ENTRYPOINT"}
    assert not [rest for word, rest in words if word in ("RUN", "COPY") and re.match("--(mount|link|network)", rest)]
    last = max(at for at, (word, _rest) in enumerate(words) if word == "FROM")
    final = dict(words[last:])
    assert words[last][1] == "${BASE}"
    assert re.fullmatch(r"\d+:\d+", final["USER"])
    assert isinstance(json.loads(final["CMD"]), list)
    assert isinstance(json.loads(final["HEALTHCHECK"].split("CMD ", 1)[1]), list)
    assert "RUN" not in final
    sources = [rest.split()[:-1] for word, rest in words if word == "COPY" and "--from" not in rest]
    for source in (each.replace("${SERVICE}", "sync") for copied in sources for each in copied):
        assert (ROOT / source).exists(), source


def test_the_context_holds_what_images_are_made_of() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert "*" in lines
    for path in DOCKERFILES:
        for word, rest in instructions(path):
            if word == "COPY" and "--from" not in rest:
                assert all(any(source.startswith(each) for each in kept) for source in rest.split()[:-1]), rest


def test_the_gateway_looks_names_up_while_it_runs() -> None:
    """A container that comes back has another address."""
    main = render(for_containers())["nginx.conf"]
    assert "include /run/gateway/resolver.conf;" in main
    assert not re.search(r"^\s*upstream ", main, re.MULTILINE)
    for name in SERVICES:
        assert f"set $web {name}-web$domain:8000;" in main
        assert f"set $stream {name}-stream$domain:8000;" in main
    assert "proxy_pass http://$web;" in main
