"""A contract changes only so that clients written for the one before go on working, unless the change log says it."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from concord.catalogue import installed_names
from tests.repository.breaking import breaking
from tests.repository.planted import ROOT

Document = dict[str, Any]


def earlier(path: Path) -> str | None:
    """What the newest release says in this file; before the first one, what the file said before it was changed last.
    None where there is nothing to compare with."""
    name = str(path.relative_to(ROOT))
    tags = git("tag", "--merged", "HEAD", "--list", "v*", "--sort=-creatordate").split()
    if tags:
        return git("show", f"{tags[0]}:{name}") or None
    versions = (git("show", f"{commit}:{name}") for commit in git("log", "-2", "--format=%H", "--", name).split())
    return next((text for text in versions if text and text != path.read_text()), None)


def git(*arguments: str) -> str:
    """Nothing where there is no history."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("service", installed_names())
def test_what_breaks_clients_is_declared(service: str) -> None:
    """By its line in CHANGELOG.md, where whoever calls the service will look."""
    path = ROOT / "services" / service / "openapi.json"
    before = earlier(path)
    if before is None:
        return
    declared = " ".join((ROOT / "CHANGELOG.md").read_text().split())
    found = breaking(json.loads(before), json.loads(path.read_text()))
    undeclared = [f"`{line}`" for line in found if f"`{line}`" not in declared]
    assert undeclared == [], 'declare them under "Breaking" in CHANGELOG.md, or keep the contract'


CONTRACT: Document = {
    "paths": {
        "/things": {
            "parameters": [{"in": "query", "name": "state", "schema": {"type": "string", "enum": ["new", "old"]}}],
            "get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/schemas/Thing"}}}}}},
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/schemas/Thing"}}}},
                "responses": {"201": {"description": "Created"}},
            },
        },
    },
    "schemas": {
        "Thing": {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "integer", "readOnly": True},
                "name": {"type": "string", "maxLength": 20},
                "size": {"type": ["number", "null"]},
                "parts": {"type": "array", "items": {"$ref": "#/schemas/Thing"}},
            },
        },
    },
}
GET, POST = "GET /things: ", "POST /things: "


def thing(document: Document) -> Document:
    found: Document = document["schemas"]["Thing"]
    return found


def the_parameter(document: Document) -> Document:
    found: Document = document["paths"]["/things"]["parameters"][0]
    return found


CHANGES: dict[str, tuple[Callable[[Document], Any], list[str]]] = {
    "nothing": (lambda _: None, []),
    "an address goes": (lambda d: d["paths"].pop("/things"), [f"{GET}is gone", f"{POST}is gone"]),
    "a method goes": (lambda d: d["paths"]["/things"].pop("post"), [f"{POST}is gone"]),
    "another answer": (
        lambda d: d["paths"]["/things"]["post"].update(responses={"202": {}}),
        [f"{POST}201 is not answered any more"],
    ),
    "a body is demanded": (
        lambda d: d["paths"]["/things"]["post"]["requestBody"].update(required=True),
        [f"{POST}a body is required now"],
    ),
    "a field goes": (
        lambda d: thing(d)["properties"].pop("name"),
        [f"{GET}200.name is gone", f"{POST}request.name is gone"],
    ),
    "a read-only field goes": (
        lambda d: (thing(d)["properties"].pop("id"), thing(d).update(required=[])),
        [f"{GET}200.id is gone"],
    ),
    "a field is demanded": (
        lambda d: thing(d).update(required=["id", "name"]),
        [f"{POST}request.name is required now"],
    ),
    "a field may be missing": (
        lambda d: thing(d).update(required=[]),
        [f"{GET}200.id is not always there any more"],
    ),
    "null comes": (
        lambda d: thing(d)["properties"]["name"].update(type=["string", "null"]),
        [f"{GET}200.name may be null now"],
    ),
    "null goes": (
        lambda d: thing(d)["properties"]["size"].update(type="number"),
        [f"{POST}request.size may not be null now"],
    ),
    "shorter names": (
        lambda d: thing(d)["properties"]["name"].update(maxLength=10),
        [f"{POST}request.name has maxLength 10 now"],
    ),
    "a value goes": (
        lambda d: the_parameter(d)["schema"].update(enum=["new"]),
        [f"{GET}query state does not accept old any more", f"{POST}query state does not accept old any more"],
    ),
    "a parameter is demanded": (
        lambda d: the_parameter(d).update(required=True),
        [f"{GET}query parameter state is required now", f"{POST}query parameter state is required now"],
    ),
    "a parameter goes": (
        lambda d: d["paths"]["/things"].update(parameters=[]),
        [f"{GET}query parameter state is gone", f"{POST}query parameter state is gone"],
    ),
    "more of everything": (
        lambda d: (
            d["paths"].update({"/more": {}}),
            the_parameter(d)["schema"]["enum"].append("odd"),
            thing(d)["properties"].update(colour={"type": "string"}),
            thing(d)["properties"]["name"].update(maxLength=30),
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_break_is_noticed(name: str) -> None:
    change, expected = CHANGES[name]
    after = copy.deepcopy(CONTRACT)
    change(after)
    assert breaking(CONTRACT, after) == expected
