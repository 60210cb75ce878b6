"""What the README, the tutorial and the how-to tell people to type parses and leads somewhere; tests/stack types it."""

import re
import shlex
import subprocess
import uuid
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from werkzeug.exceptions import HTTPException

from concord.settings import DEFAULT_PORT
from services.propagation import app as propagation
from services.propagation.config import Settings as PropagationSettings
from services.sync import app as sync
from services.sync.config import Settings as SyncSettings
from services.validation import app as validation
from services.validation.config import Settings as ValidationSettings
from services.workflow import app as workflow
from services.workflow.config import Settings as WorkflowSettings
from shared.app import ServiceApp
from tests.repository.planted import ROOT

README, TUTORIAL, HOW_TO = "README.md", "docs/tutorial/rename-a-brand.md", "docs/how-to/undo-a-run.md"
WORK_ORDER = "docs/tutorial/archive-a-work-order.md"
PIPELINE = "docs/tutorial/first-pipeline.md"
DOCUMENTS = (README, TUTORIAL, WORK_ORDER, HOW_TO)
ORIGIN = f"http://127.0.0.1:{DEFAULT_PORT}"
CALL = re.compile(r"(?:curl|api) (?P<options>[^|\n]*?)\"?(?P<address>http://127[^\s\"'|)?]*)")
# Values that variables of the shell have by then.
API = f"{ORIGIN}/api/propagation/v1"  # unless the document says another
JOB = str(uuid.uuid4())
VARIABLES = {"$JOB": JOB, "$UNDO": JOB} | dict.fromkeys(("$OBJECTIVE", "$BRAND", "$ORDER", "$ITEM", "$VENDOR"), "1")
GATEWAY = {"", "/", "/api", "/healthz"}


class Call(NamedTuple):
    method: str
    path: str


def console(document: str) -> list[str]:
    """The blocks that are meant to be pasted."""
    return re.findall(r"^```console\n(.*?)^```$", (ROOT / document).read_text(), re.MULTILINE | re.DOTALL)


def calls(document: str) -> Iterator[Call]:
    text = "\n".join(console(document))
    said = re.search(r"^API=(\S+)$", text, re.MULTILINE)
    for name, value in {**VARIABLES, "$API": said[1] if said else API}.items():
        text = text.replace(name, value)
    for found in CALL.finditer(text):
        stated = re.search(r"-X (\w+)", found["options"])
        method = stated[1] if stated else "POST" if "-d " in found["options"] else "GET"
        yield Call(method, found["address"].removeprefix(ORIGIN))


def rewritten(path: str) -> str:
    """What the gateway makes of a path."""
    rules = (ROOT / "deploy/gateway/legacy.conf").read_text()
    for pattern, target in re.findall(r"rewrite (\S+) (\S+) last;", rules):
        if re.search(pattern, path):
            return re.sub(pattern, target.replace("$1", r"\1"), path)
    return path


@pytest.fixture(scope="module")
def apps() -> list[ServiceApp]:
    """Only their addresses are asked for, so nothing has to be there."""
    given = {"database_url": "postgresql://nobody@127.0.0.1/nothing", "jwks": "nowhere.json", "secret_key": "x" * 32}
    return [
        propagation.create_app(PropagationSettings.model_validate(given)),
        workflow.create_app(WorkflowSettings.model_validate(given)),
        validation.create_app(ValidationSettings.model_validate(given)),
        sync.create_app(SyncSettings.model_validate(given)),
    ]


def is_served(apps: list[ServiceApp], call: Call) -> bool:
    return call.path in GATEWAY or any(matches(app, call) for app in apps)


def matches(app: ServiceApp, call: Call) -> bool:
    try:
        app.url_map.bind("").match(rewritten(call.path), method=call.method)
    except HTTPException:
        return False
    return True


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_call_leads_somewhere(apps: list[ServiceApp], document: str) -> None:
    found = list(calls(document))
    assert len(found) >= 3
    assert [call for call in found if not is_served(apps, call)] == []


def test_an_address_that_leads_nowhere_is_noticed(apps: list[ServiceApp]) -> None:
    assert not is_served(apps, Call("GET", "/api/propagation-jobs/summary/of-nothing/else/"))
    assert not is_served(apps, Call("DELETE", "/api/propagation-jobs/"))


@pytest.mark.parametrize("document", [README, "docs/README.md", *DOCUMENTS[1:]])
def test_every_address_in_the_text_leads_somewhere(apps: list[ServiceApp], document: str) -> None:
    prose = re.sub(r"^```.*?^```$", "", (ROOT / document).read_text(), flags=re.MULTILINE | re.DOTALL)
    named = [Call("GET", path.rstrip("/")) for path in re.findall(rf"{ORIGIN}(/[\w/.-]*)", prose)]
    assert [call for call in named if not is_served(apps, call)] == []


@pytest.mark.parametrize("document", [*DOCUMENTS, PIPELINE])
def test_every_block_is_a_shell_script(document: str) -> None:
    for block in console(document):
        done = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True)
        assert done.returncode == 0, f"{block}\n{done.stderr}"


def test_the_readmes_calls_are_plain_lines() -> None:
    lines = [line for block in console(README) for line in block.splitlines() if line.startswith("curl")]
    assert len(lines) == 3
    for line in lines:
        assert shlex.split(line)[-1].startswith(ORIGIN)


def test_the_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", (ROOT / README).read_text()))
    typed = {line.split()[1] for block in console(README) for line in block.splitlines() if line.startswith("make ")}
    assert {"up", "test"} <= typed
    assert named | typed <= targets
