"""The client's operations and documents, out of the contracts: a class for each resource, a method for each operation,
a TypedDict for each schema."""

import json
import keyword
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from docs.contracts import SERVICES

CLIENT = Path(__file__).parent.parent / "concord" / "client"
NAMES = tuple(path.parent.name for path in sorted(SERVICES.glob("*/openapi.json")))
METHODS = ("get", "post", "put", "patch", "delete")
_MADE = "\n\nMade by `python -m docs.generate` from `services/{service}/openapi.json`; do not edit.\n"
_HEAD_OF_OPERATIONS = '''"""What {service} can be asked.{made}"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Unpack

from concord.client.calling import Event, Resource, ServiceClient

if TYPE_CHECKING:
    from concord.client.documents import {service} as d
'''
_HEAD_OF_DOCUMENTS = '''"""What goes to {service} and comes from there.{made}"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Required, TypedDict
'''
_SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_JSON, _EVENTS = "application/json", "text/event-stream"
# What a method on a resource itself, or on one of its items, is called.
_VERBS = {"get": "read", "post": "create", "put": "replace", "patch": "update", "delete": "delete"}


@dataclass(frozen=True)
class Operation:
    """One method of the client; `names` are the variables of its path."""

    method: str
    path: str
    resource: str
    name: str
    names: tuple[tuple[str, str], ...]
    asked: dict[str, Any]
    document: dict[str, Any]

    @property
    def resource_name(self) -> str:
        return _snake(self.resource)

    @property
    def query(self) -> list[dict[str, Any]]:
        return [given for given in self.asked.get("parameters", []) if given["in"] == "query"]

    @property
    def query_name(self) -> str:
        return f"{_class(self.resource)}{_class(self.name)}Query"

    @property
    def answers(self) -> dict[str, Any]:
        """By media type, of what went well; the last status of a type that says something of its own."""
        good = [answer for status, answer in self.asked["responses"].items() if status < "3"]
        return {kind: about["schema"] for answer in good for kind, about in answer.get("content", {}).items()}

    @property
    def row(self) -> str | None:
        """What the rows of the list are that it answers, if it is one."""
        schema = self.answers.get(_JSON, {}) if self.method == "get" else {}
        name = schema.get("$ref", "").rpartition("/")[2]
        properties = self.document["components"]["schemas"].get(name, {}).get("properties", {})
        return _type(properties["results"]["items"], "d.") if {"results", "next"} <= properties.keys() else None

    def answered(self) -> str:
        good = {status: answer for status, answer in self.asked["responses"].items() if status < "3"}
        found = [_type(a["content"][_JSON]["schema"], "d.") for a in good.values() if _JSON in a.get("content", {})]
        found += ["None"] * ("204" in good)
        return " | ".join(dict.fromkeys(found))

    def lines(self) -> Iterator[str]:
        words = [f"{name}: {kind}" for name, kind in self.names]
        call = [repr(self._pattern()), *(name for name, _kind in self.names)]
        kind, option = self._body()
        if kind:
            words.append(kind)
            call.append(option)
        if self.query:
            words.append(f"**query: Unpack[d.{self.query_name}]")
            call.append("params={**query}")
        how, answer = self._how()
        about = _sentence(self.asked.get("summary", "")) or f"{self.method.upper()} {self.path}"
        yield f"    def {self.name}({', '.join(['self', *words])}) -> {answer}:"
        yield f'        """{about}"""'
        verb = [repr(self.method.upper())] if how == "ask" else []
        returned = "" if answer == "None" else "return "
        yield f"        {returned}self._service.{how}({', '.join(verb + call)})"
        yield ""

    def _how(self) -> tuple[str, str]:
        """The method of ServiceClient that does it, and what that gives."""
        if self.row:
            return "rows", f"Iterator[{self.row}]"
        if _EVENTS in self.answers:
            return "listen", "Iterator[Event]"
        if self.answers and _JSON not in self.answers:
            return "download", "Iterator[bytes]"
        return "ask", self.answered() or "None"

    def _body(self) -> tuple[str, str]:
        asked = self.asked.get("requestBody")
        if not asked:
            return "", ""
        default = "" if asked.get("required") else " | None = None"
        if _JSON in asked["content"]:
            return f"body: {_type(asked['content'][_JSON]['schema'], 'd.')}{default}", "json=body"
        kind = next(iter(asked["content"]))
        if kind == "multipart/form-data":
            return "files: dict[str, Any], form: dict[str, Any] | None = None", "files=files, data=form"
        return f"text: str{default}", f"content=text, headers={{'Content-Type': {kind!r}}}"

    def _pattern(self) -> str:
        return re.sub(r"\{\w+\}", "{}", self.path)


def operations(document: dict[str, Any], service: str) -> list[Operation]:
    base = f"/api/{service}/v1/"
    found = []
    for path, item in document["paths"].items():
        methods = {method for method in METHODS if method in item}
        for method in METHODS:
            if method in methods:
                found.append(_operation(document, path.removeprefix(base), method, item, methods))
    names = Counter((operation.resource, operation.name) for operation in found)
    # What can be done with one and with many has two names.
    of_many = [one for one in found if names[one.resource, one.name] > 1 and not one.names]
    told_apart = [replace(one, name=f"{one.name}_many") if one in of_many else one for one in found]
    again = Counter((operation.resource, operation.name) for operation in told_apart)
    assert max(again.values()) == 1, again.most_common(3)
    return told_apart


def _operation(document: dict[str, Any], path: str, method: str, item: dict[str, Any], methods: set[str]) -> Operation:
    asked = item[method]
    given = [*item.get("parameters", []), *asked.get("parameters", [])]
    kinds = {one["name"]: one["schema"] for one in given if one["in"] == "path"}
    names = tuple((name, _SIMPLE[kinds[name].get("type", "string")]) for name in re.findall(r"\{(\w+)\}", path))
    made = Operation(method, path, path.split("/")[0], "", names, asked, document)
    return replace(made, name=_name(made, methods))


def _name(made: Operation, methods: set[str]) -> str:
    """`strings` -> list or create; `strings/{id}` -> read, update; `jobs/{id}/cancel` -> cancel;
    `webhooks/{id}/deliveries/{id}/replay` -> delivery_replay."""
    words: list[str] = []
    parts = made.path.replace("}.", "}/").split("/")[1:]  # `machines/{name}.svg` is read like `machines/{name}/svg`
    for part in parts:
        if not part.startswith("{"):
            words.append(_snake(part))
        elif words:
            words[-1] = _single(words[-1])
    name = "_".join(words)
    if not name:
        verb = "list" if made.row else "listen" if _EVENTS in made.answers else _VERBS[made.method]
        return verb if len(made.names) < 2 else f"{verb}_one"
    is_item = parts[-1].startswith("{")
    if not is_item and (made.method == "get" or (made.method in ("post", "put") and "get" not in methods)):
        return f"{name}_" if keyword.iskeyword(name) else name
    return f"{_VERBS[made.method]}_{name}"


def operations_page(service: str) -> str:
    document = contract(service)
    by_resource: dict[str, list[Operation]] = {}
    for operation in operations(document, service):
        by_resource.setdefault(operation.resource, []).append(operation)
    parts = [_HEAD_OF_OPERATIONS.format(service=service, made=_MADE.format(service=service))]
    for resource, known in by_resource.items():
        parts += [f"class {_class(resource)}(Resource):", *(line for one in known for line in one.lines())]
    parts += [f"class {_class(service)}(ServiceClient):", f"    name = {service!r}", ""]
    for resource in by_resource:
        kind = _class(resource)
        parts += ["    @property", f"    def {_snake(resource)}(self) -> {kind}:", f"        return {kind}(self)", ""]
    return formatted("\n".join(parts))


def documents_page(service: str) -> str:
    document = contract(service)
    parts = [_HEAD_OF_DOCUMENTS.format(service=service, made=_MADE.format(service=service))]
    for name, schema in document["components"]["schemas"].items():
        needed = schema.get("required", [])
        fields = {field: _type(about) for field, about in schema.get("properties", {}).items()}
        parts += _fields(name, {field: _required(kind, field in needed) for field, kind in fields.items()})
    for operation in operations(document, service):
        if operation.query:
            parts += _fields(operation.query_name, dict(_query(given) for given in operation.query))
    return formatted("\n".join(parts))


def _query(given: dict[str, Any]) -> tuple[str, str]:
    name = given["name"]
    kind = _type(given["schema"])
    if given["schema"].get("type") == "array":  # one is as good as several
        kind = kind.removeprefix("list[").removesuffix("]")
        kind = f"{kind} | Sequence[{kind}]"
    return f"{name}_" if keyword.iskeyword(name) else name, _required(kind, given.get("required", False))


def _required(kind: str, is_required: bool) -> str:
    return f"Required[{kind}]" if is_required else kind


def _fields(name: str, fields: dict[str, str]) -> list[str]:
    if any(keyword.iskeyword(field) for field in fields):
        listed = ", ".join(f"{field!r}: {kind!r}" for field, kind in fields.items())
        return [f"{name} = TypedDict({name!r}, {{{listed}}}, total=False)"]
    if not fields:
        return [f"{name} = dict[str, Any]"]
    return [f"class {name}(TypedDict, total=False):", *(f"    {field}: {kind}" for field, kind in fields.items()), ""]


def _type(schema: dict[str, Any], prefix: str = "") -> str:
    """How Python says it; what the contract leaves open is Any. `prefix` goes before names of documents."""
    if "$ref" in schema:
        return prefix + str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(one, prefix) for one in schema["anyOf"]))
    if "enum" in schema:
        words = [word for word in schema["enum"] if word is not None]
        return f"Literal[{', '.join(map(repr, words))}]" + (" | None" if None in schema["enum"] else "")
    kinds = schema.get("type", [])
    found = [_one_type(kind, schema, prefix) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    return " | ".join(found) or "Any"


def _one_type(kind: str, schema: dict[str, Any], prefix: str) -> str:
    if kind == "array":
        return f"list[{_type(schema.get('items', {}), prefix)}]"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {_type(more, prefix) if isinstance(more, dict) else 'Any'}]"
    return _SIMPLE[kind]


def _sentence(summary: str) -> str:
    told = " ".join(summary.split()).replace("\\", "\\\\").replace('"', "'")
    return told if len(told) <= 105 else told[:104].rpartition(" ")[0] + " …"


def _class(name: str) -> str:
    return "".join(word.capitalize() for word in re.split(r"[-_]", name))


def _snake(name: str) -> str:
    return name.replace("-", "_").replace(".", "_")


def _single(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


@cache
def contract(service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SERVICES / service / "openapi.json").read_text())
    return found


def formatted(code: str) -> str:
    ruff = str(Path(sys.executable).with_name("ruff"))
    command = [ruff, "format", "--stdin-filename", str(CLIENT / "made.py"), "-"]
    return subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours


MODULES: dict[Path, Callable[[], str]] = {
    CLIENT / folder / f"{service}.py": partial(page, service)
    for service in NAMES
    for folder, page in (("documents", documents_page), ("operations", operations_page))
}
