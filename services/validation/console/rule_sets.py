"""Rule sets: the list, one with its rules, and its definition checked and tried out while it is written."""

import json
from typing import Any

import yaml
from flask.typing import ResponseReturnValue

from shared.console import api
from shared.console.pages import Pages, Values, asked, done, sent

pages = Pages("validation", "rule_sets", __name__)
FIRST = ("rule_set", "id", "title", "description", "target", "key", "fields", "kind", "field", "lists")
NEW_SET = """\
rule_set: products
target: records
key: [sku]
fields: {sku: text, price: decimal}
rules:
  - {id: sku_present, kind: not_null, field: sku}
  - {id: price_range, kind: range, field: price, min: 0.01, max: 100000}
"""


@pages.page("/rule-sets", "rules.view", menu="Rule sets")
def rule_sets() -> Values:
    return {"rule_sets": api.get("rule-sets", asked())}


@pages.page("/rule-sets/<name>", "rules.view")
def rule_set(name: str) -> Values:
    found = api.get(f"rule-sets/{name}")
    return {
        "rule_set": found,
        "rules": found["definition"].get("rules", []),
        "text": _text(found["definition"]),
        "versions": api.get(f"rule-sets/{name}/versions", limit=20),
    }


@pages.page("/rule-sets/<name>/rules/<rule>", "rules.view")
def rule_course(name: str, rule: str) -> Values:
    """What runs found of one rule; also of one that the set has no more."""
    rules = api.get(f"rule-sets/{name}")["definition"].get("rules", [])
    runs = api.get(f"rules/{name}/{rule}/history", asked())
    return {
        "name": name,
        "rule": rule,
        "title": next((each.get("title") for each in rules if each["id"] == rule), None) or rule,
        "runs": runs,
        "course": _course([(each["created_at"], each["remaining"]) for each in runs["results"]]),
    }


@pages.page("/rule-sets/<name>/definition", "rules.manage")
def definition(name: str) -> Values:
    found = api.get(f"rule-sets/{name}")
    return {"name": name, "text": _text(found["definition"]), "tag": found.etag}


@pages.page("/new-rule-set", "rules.manage")
def new_rule_set() -> Values:
    return {"text": NEW_SET}


@pages.form("/rule-sets/check", "rules.evaluate")
def checked() -> Values:
    """What is wrong with the text, by line; or what it says of the records beside it."""
    body = sent()
    records, complaint = _records(body.get("records", ""))
    asked_for = {"definition": body.get("text", ""), "records": records, "failure_limit": 20}
    found = api.post("rule-sets/check", {name: value for name, value in asked_for.items() if value is not None})
    return {"found": found, "complaint": complaint}


@pages.form("/rule-sets", "rules.manage")
def add_rule_set() -> ResponseReturnValue:
    return _stored(None, sent())


@pages.form("/rule-sets/<name>/definition", "rules.manage")
def store_rule_set(name: str) -> ResponseReturnValue:
    return _stored(name, sent())


def _stored(name: str | None, body: dict[str, Any]) -> ResponseReturnValue:
    """A new set is called what its text says."""
    text = body.get("text", "")
    named = name or str(_named(text) or "new")
    stored = api.put(f"rule-sets/{named}", text, if_match=body.get("tag"))
    return done(f"Version {stored['version']} is in force.", to=f"/validation/rule-sets/{stored['name']}")


def _course(points: list[tuple[str, int]]) -> dict[str, Any]:
    return {
        "grid": {"left": 48, "right": 12, "top": 12, "bottom": 24},
        "xAxis": {"type": "time"},
        "yAxis": {"type": "value", "min": 0, "minInterval": 1},
        "tooltip": {"trigger": "axis"},
        "series": [{"type": "line", "step": "end", "data": points[::-1]}],
    }


def _named(text: str) -> Any:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError:  # told by the call, with its line
        return None
    return found.get("rule_set") if isinstance(found, dict) else None


def _records(text: str) -> tuple[Any, str | None]:
    if not text.strip():
        return None, None
    try:
        return json.loads(text), None
    except ValueError as wrong:
        return None, f"The records are no JSON: {wrong}."


def _text(definition: dict[str, Any]) -> str:
    """As people write it: names first."""
    rules = [_ordered(rule) for rule in definition.get("rules", [])]
    text: str = yaml.safe_dump(_ordered(definition) | {"rules": rules}, sort_keys=False, allow_unicode=True)
    return text


def _ordered(part: dict[str, Any]) -> dict[str, Any]:
    known = [name for name in FIRST if name in part]
    return {name: part[name] for name in (*known, *sorted(set(part) - set(known)))}
