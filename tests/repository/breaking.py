"""What of an OpenAPI document's change breaks a client that was written for the document before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regress

Schema = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
# Keyword -> whether a smaller number accepts less.
BOUNDS = {
    "maximum": True,
    "maxLength": True,
    "maxItems": True,
    "minimum": False,
    "minLength": False,
    "minItems": False,
    "exclusiveMinimum": False,
}


def breaking(old: Schema, new: Schema) -> list[str]:
    """One line for each change, in the order of the old document's addresses."""
    return list(_Comparison(old, new).operations())


@dataclass
class _Comparison:
    """Requests may accept more and never less; answers may say more and never less, or something else."""

    old: Schema
    new: Schema
    seen: set[tuple[str, str, bool]] = field(default_factory=set)

    def operations(self) -> Iterator[str]:
        for path, item in self.old["paths"].items():
            for method in METHODS:
                if method not in item:
                    continue
                place = f"{method.upper()} {path}"
                after = self.new["paths"].get(path, {}).get(method)
                if after is None:
                    yield f"{place}: is gone"
                    continue
                self.seen.clear()
                yield from self._parameters(place, _parameters(self.old, item, method), path, method)
                yield from self._request(place, item[method], after)
                yield from self._answers(place, item[method]["responses"], after["responses"])

    def _parameters(self, place: str, before: Mapping[Any, Schema], path: str, method: str) -> Iterator[str]:
        after = _parameters(self.new, self.new["paths"][path], method)
        for key in before.keys() - after.keys():
            yield f"{place}: {key[0]} parameter {key[1]} is gone"
        for key, parameter in sorted(after.items()):
            if key not in before:
                if parameter.get("required"):
                    yield f"{place}: {key[0]} parameter {key[1]} is new and required"
                continue
            if parameter.get("required") and not before[key].get("required"):
                yield f"{place}: {key[0]} parameter {key[1]} is required now"
            yield from self._schema(f"{place}: {key[0]} {key[1]}", before[key]["schema"], parameter["schema"], True)

    def _request(self, place: str, before: Schema, after: Schema) -> Iterator[str]:
        old, new = before.get("requestBody"), after.get("requestBody")
        if new and new.get("required") and not (old and old.get("required")):
            yield f"{place}: a body is required now"
        if old:
            yield from self._contents(f"{place}: request", old, new or {}, True)

    def _answers(self, place: str, before: Schema, after: Schema) -> Iterator[str]:
        for status, answer in before.items():
            if not status.startswith("2"):
                continue  # failures are problem documents, whose codes are no part of the schema
            if status not in after:
                yield f"{place}: {status} is not answered any more"
                continue
            old, new = self._resolved(self.old, answer), self._resolved(self.new, after[status])
            yield from self._contents(f"{place}: {status}", old, new, False)

    def _contents(self, place: str, before: Schema, after: Schema, sent: bool) -> Iterator[str]:
        contents = after.get("content", {})
        for kind, content in before.get("content", {}).items():
            if kind not in contents:
                yield f"{place} is no longer {kind}"
            else:
                yield from self._schema(place, content.get("schema", {}), contents[kind].get("schema", {}), sent)

    def _schema(self, place: str, before: Schema, after: Schema, sent: bool) -> Iterator[str]:
        """`sent`: what clients send; otherwise what they are told."""
        pair = (before.get("$ref", ""), after.get("$ref", ""), sent)
        if pair[0] and pair in self.seen:
            return
        self.seen.add(pair)
        before, after = self._resolved(self.old, before), self._resolved(self.new, after)
        yield from _values(place, before, after, sent)
        yield from self._fields(place, before, after, sent)
        for key in ("items", "additionalProperties"):
            if isinstance(before.get(key), Mapping) and isinstance(after.get(key), Mapping):
                yield from self._schema(f"{place}[]", before[key], after[key], sent)
        for key in ("allOf", "anyOf", "oneOf"):
            for old, new in zip(before.get(key, ()), after.get(key, ()), strict=False):
                yield from self._schema(place, old, new, sent)

    def _fields(self, place: str, before: Schema, after: Schema, sent: bool) -> Iterator[str]:
        old, new = before.get("properties", {}), after.get("properties", {})
        demanded, before_demanded = set(after.get("required", ())), set(before.get("required", ()))
        for name, schema in old.items():
            if sent and schema.get("readOnly"):
                continue
            if name not in new:
                yield f"{place}.{name} is gone"
            else:
                yield from self._schema(f"{place}.{name}", schema, new[name], sent)
        if sent:
            yield from (f"{place}.{name} is required now" for name in sorted(demanded - before_demanded))
        else:
            lost = (before_demanded & new.keys()) - demanded
            yield from (f"{place}.{name} is not always there any more" for name in sorted(lost))

    @staticmethod
    def _resolved(document: Schema, part: Schema) -> Schema:
        while "$ref" in part:
            found: Any = document
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        return part


def _values(place: str, before: Schema, after: Schema, sent: bool) -> Iterator[str]:
    """Types, lists of values, bounds: `less` is what clients sent and may no longer, or what they were not told of."""
    old, new = _types(before), _types(after)
    if (less := old - new if sent else new - old) and old and new:
        yield f"{place} {'may not be' if sent else 'may be'} {' or '.join(sorted(less))} now"
    if not sent:
        return
    allowed = after.get("enum")
    if allowed is not None and (
        gone := sorted({str(each) for each in before.get("enum", ["anything"])} - _names(allowed))
    ):
        yield f"{place} does not accept {', '.join(gone)} any more"
    for word, upper in BOUNDS.items():
        limit, known = after.get(word), before.get(word)
        if limit is not None and (known is None or (limit < known if upper else limit > known)):
            yield f"{place} has {word} {limit} now"
    if after.get("pattern") not in (None, before.get("pattern")) and _readable(before.get("pattern", "")):
        yield f"{place} has another pattern now"


def _readable(pattern: str) -> bool:
    """Whether clients could use it at all: patterns of JSON Schema are those of JavaScript."""
    try:
        regress.Regex(pattern)
    except regress.RegressError:
        return False
    return True


def _names(values: Any) -> set[str]:
    return {str(each) for each in values}


def _types(schema: Schema) -> set[str]:
    kinds = schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    return found | {"integer"} if "number" in found else found


def _parameters(document: Schema, item: Schema, method: str) -> dict[tuple[str, str], Schema]:
    """Of the address and of the method, by place and name."""
    found = [
        _Comparison._resolved(document, each)
        for each in (*item.get("parameters", ()), *item[method].get("parameters", ()))
    ]
    return {(each["in"], each["name"]): each for each in found}
