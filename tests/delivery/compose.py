"""The containers for real: `python -m tests.delivery.compose test` (make compose-test) needs a Docker engine.

Under a project name, a port and volumes of its own, so that it leaves a running stack alone. The demo is played in
them: the story leaves in the four audit logs what it leaves on a machine without containers.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from concord.catalogue import SERVICES
from concord.stack.handouts import Addresses, write
from concord.tokens import DEMO_TENANT_ID, Issuer, Person
from tests.fixtures.servers import free_port
from tests.repository.planted import ROOT
from tests.stack.story import TIMELINE

PATIENCE_SECONDS = 600
DEMO_ROWS = 1_100
IMAGES = ("gateway", *(f"{name}-web" for name in SERVICES))


class Failed(Exception):
    """The stack of containers is not what it should be."""


@dataclass(frozen=True)
class Stack:
    """One compose project and how it is reached."""

    project: str
    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str) -> str:
        """Output of the compose that is installed, the current one first."""
        given = {
            "CONCORD_SECRETS": str(self.folder),
            "CONCORD_PORT": str(self.port),
            "CONCORD_DEMO_ROWS": str(DEMO_ROWS),
        }
        done = subprocess.run(
            [*composer(), "-p", self.project, "--profile", "demo", *arguments],
            cwd=ROOT,
            env=os.environ | given,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"compose {' '.join(arguments)} ended with {done.returncode}")
        return done.stdout

    def containers(self) -> Iterator[dict[str, Any]]:
        names = self.compose("ps", "-q", "--all").split() if composer() == ["docker", "compose"] else None
        found = names if names is not None else self.compose("ps", "-q").split()
        described = subprocess.run(["docker", "inspect", *found], capture_output=True, text=True, check=True)
        yield from json.loads(described.stdout)

    def token(self) -> str:
        person = Person("tester", "Tester", DEMO_TENANT_ID, roles=("admin",))
        return Issuer(self.folder / "keys", name="concord").user_token(person, ttl_seconds=600)


def composer() -> list[str]:
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]


def wait(stack: Stack, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Until each container is healthy, or runs where it has no check, or has done its one thing."""
    deadline = time.monotonic() + seconds
    while ill := dict(complaints(stack.containers())):
        if time.monotonic() > deadline or any("ended with" in text for text in ill.values()):
            raise Failed("\n".join(f"{name}: {text}" for name, text in sorted(ill.items())))
        time.sleep(1)


def complaints(containers: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for container in containers:
        state = container["State"]
        health = state.get("Health", {}).get("Status")
        is_once = container["HostConfig"]["RestartPolicy"]["Name"] in ("", "no")
        if state["Status"] == "exited" and state["ExitCode"] == 0:
            continue
        if state["Status"] == "exited":
            yield container["Name"], f"ended with {state['ExitCode']}"
        elif is_once or state["Status"] != "running" or health not in (None, "healthy"):
            yield container["Name"], health or state["Status"]


def ask(stack: Stack) -> None:
    """Each service through the gateway: a first call, a write, its stream; and what nobody outside may see."""
    headers = {"Authorization": f"Bearer {stack.token()}"}
    with httpx2.Client(base_url=stack.address, headers=headers, timeout=30) as client:
        listed = client.get("/api").json()
        expect([entry["name"] for entry in listed["services"]], list(SERVICES))
        expect(client.get("/login").status_code, 200, "the page of the gateway")
        for name in SERVICES:
            expect(client.get(f"/api/{name}/v1/jobs").status_code, 200, name)
            expect(client.get(f"/api/{name}/v1/openapi.json").json()["openapi"][:3], "3.1", name)
            expect(client.post(f"/api/{name}/v1/audit-log/verify").status_code, 200, name)
            expect(client.get(f"/api/{name}/readyz").status_code, 404, name)
            expect(httpx2.get(f"{stack.address}/api/{name}/v1/jobs").status_code, 401, name)
            # Answered by the stream process; were it away, the gateway would say 503.
            expect(client.get(f"/api/{name}/v1/jobs/{uuid.uuid4()}/events").status_code, 404, f"{name}'s stream")
        ticket = {"subject": "Containers", "description": "They run.", "external_ref": str(uuid.uuid4())}
        expect(client.post("/api/workflow/v1/tickets", json=ticket).status_code, 201, "a ticket")


def look(stack: Stack) -> None:
    """Containers of ours run without rights that they do not need, and only the gateway has a port."""
    for container in stack.containers():
        name, config, host = container["Name"], container["Config"], container["HostConfig"]
        ports = [port for port, bound in (host["PortBindings"] or {}).items() if bound]
        expect(ports, ["8080/tcp"] if "gateway" in name else [], name)
        if config["Image"].startswith("concord-"):
            expect(config["User"], "10001:10001", name)
            expect(host["ReadonlyRootfs"], True, name)
        secret = [each for each in config["Env"] if "URL=postgresql" in each or "PASSWORD=" in each]
        expect(secret, [], name)


def listen(stack: Stack) -> None:
    """To the demo's container, and what all four audit logs know of the story that it has told."""
    told = stack.compose("logs", "--no-color", "--no-log-prefix", "demo")
    print(told)
    story = re.search(r"concord trace (\S+)", told)
    if story is None:
        raise Failed("the demo has told no story")
    given = {"CONCORD_ADDRESS": stack.address, "CONCORD_TOKEN": stack.token()}
    command = [sys.executable, "-m", "concord", "trace", story[1], "--json"]
    rows = json.loads(subprocess.run(command, env=os.environ | given, stdout=subprocess.PIPE, check=True).stdout)
    left = iter([(row["service"], row["actor"], row["action"]) for row in rows])
    expect([step for step in TIMELINE if step not in left], [], "steps of the story in their order")
    expect(sorted({row["service"] for row in rows}), sorted(SERVICES), "services of the story")
    print(f"{len(rows):,} audit rows of {len(SERVICES)} services bear or continue {story[1]}")


def weigh(stack: Stack) -> None:
    """What each container uses of its memory; none was stopped for it, and none has begun twice."""
    form = "{{.Name}} {{.MemUsage}}"
    known = [container["Id"] for container in stack.containers() if container["State"]["Running"]]
    told = subprocess.run(["docker", "stats", "--no-stream", "--format", form, *known], capture_output=True, text=True)
    print(told.stdout)
    for container in stack.containers():
        expect(container["State"]["OOMKilled"], False, container["Name"])
        expect(container["RestartCount"], 0, container["Name"])


def nothing_is_left(stack: Stack) -> None:
    label = f"label=com.docker.compose.project={stack.project}"
    for words in (["ps", "-a"], ["volume", "ls"], ["network", "ls"]):
        found = subprocess.run(["docker", *words, "-q", "--filter", label], capture_output=True, text=True, check=True)
        expect(found.stdout, "", f"left: docker {' '.join(words)}")


def expect(found: object, wanted: object, subject: str = "") -> None:
    if found != wanted:
        raise Failed(f"{subject}: {found!r}, expected {wanted!r}")


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    write(stack.folder, Addresses())
    try:
        for image in IMAGES:
            stack.compose("build", "--quiet", image) if composer()[0] == "docker" else stack.compose("build", image)
        stack.compose("up", "-d")
        wait(stack)
        yield stack
    except BaseException:
        print(stack.compose("logs", "--tail", "20", "--no-color")[-20_000:], file=sys.stderr)
        raise
    finally:
        stack.compose("down", "--volumes", "--timeout", "40")


def test() -> None:
    folder = Path(tempfile.mkdtemp(prefix="concord-compose-"))
    began = time.monotonic()
    try:
        with running(Stack("concord-test", folder, free_port())) as stack:
            print(f"healthy and the demo played after {time.monotonic() - began:.0f} s, images included")
            look(stack)
            ask(stack)
            listen(stack)
            weigh(stack)
        nothing_is_left(stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"all services answer, the story is told, nothing is left, after {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    try:
        if sys.argv[1] == "test":
            test()
        else:
            wait(Stack("concord", ROOT / ".concord-compose", int(os.environ.get("CONCORD_PORT", "8080"))))
    except Failed as failure:
        sys.exit(str(failure))
