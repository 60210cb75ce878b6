"""Reports as text for people."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.validation.models.registry import built_in

RULER: Final = "=" * 70
COMMAND: Final = "concord validation validate_data_integrity"

Values = Mapping[str, Any]


def report_text(found: Values, *, verbose: bool, strict: bool = False) -> str:
    """A run of the integrity check; `strict`: its warnings are issues."""
    return "\n".join(_report(found, verbose=verbose, strict=strict))


def _report(found: Values, *, verbose: bool, strict: bool) -> Iterator[str]:
    yield from ("Data integrity report", RULER, f"Mode: {found['mode']}", f"Tenant: {found['tenant'] or 'all'}", "")
    rules = found["rules"]
    if any(rule["rule_set"] == "core" for rule in rules):
        for number, (check, title) in enumerate(built_in()["core"].checks.items(), 1):
            yield f"{number}. {title}"
            if check == "scene_xp":
                yield f"   {found['info'].get('scenes_with_xp', 0)} scenes with XP given"
                yield f"   {found['info'].get('scenes_awaiting_xp', 0)} scenes awaiting XP"
            else:
                yield from _section(
                    [rule for rule in rules if rule["rule_set"] == "core" and rule["check"] == check],
                    found["mode"],
                    verbose=verbose,
                )
    for name in dict.fromkeys(rule["rule_set"] for rule in rules if rule["rule_set"] != "core"):
        yield built_in()[name].title if name in built_in() else f"Rule set {name}"
        yield from _section([rule for rule in rules if rule["rule_set"] == name], found["mode"], verbose=verbose)
    yield ""
    yield _last_line(found, warned=found["totals"]["warnings"] if strict else 0)


def _section(rules: list[Values], mode: str, *, verbose: bool) -> Iterator[str]:
    broken = [rule for rule in rules if rule["found"] or rule["status"] in ("error", "not_run")]
    if not broken:
        yield "   ✓ no issues"
    for rule in broken:
        yield f"   ✗ {rule['found']} {rule['title']}"
        if rule["status"] in ("error", "not_run"):
            yield f"     {'could not be repaired' if rule['status'] == 'error' else 'not tried'}"
        if verbose:
            yield from (f"     {sample_text(sample)}" for sample in rule["samples"])
        if mode == "fix":
            yield f"   → {rule['fixed']} fixed"


def sample_text(sample: Values) -> str:
    """A failing row."""
    where = f"[{sample['tenant']}] " if "tenant" in sample else ""
    name = f" {sample['name']}" if sample["name"] else ""
    becomes = f" → {sample['fixed_value']}" if "fixed_value" in sample else ""
    return f"{where}#{sample['id']}{name}: {sample['field']} = {sample['value']}{becomes}"


def _last_line(found: Values, *, warned: int) -> str:
    totals = found["totals"]
    issues, remaining = totals["found"] + warned, totals["remaining"] + warned
    if not issues and not totals["errors"]:
        return "0 issues found. The data is ready for its constraints."
    return f"{issues} issues found, {totals['fixed']} fixed, {remaining} remaining. Next: {_next(found)}"


def _next(found: Values) -> str:
    if found["mode"] == "check":
        return f"{COMMAND} --fix --dry-run"
    if found["mode"] == "dry_run":
        return f"{COMMAND} --fix"
    return f"{COMMAND} --verbose" if found["totals"]["remaining"] else COMMAND
