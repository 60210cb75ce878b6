"""Rule sets as a page for people, in Markdown and in HTML."""

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from services.validation.domain.rules.definition import Body, Condition, LedgerBalance, Reference, Rule, RuleSet, Unique
from services.validation.domain.rules.expressions.words import to_words


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the rules at the moment: the state of each constraint by its name, the last result by rule."""

    constraints: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)


def in_words(rule: Rule) -> str:
    """What the rule demands."""
    demand = _demand(rule.body)
    return demand if rule.when is None else f"{demand}, where {to_words(rule.when)}"


def _demand(body: Body) -> str:
    if isinstance(body, Condition):
        return to_words(body.tree)
    if isinstance(body, Unique):
        nulls = "empty ones count as equal" if body.nulls_equal else "empty ones do not count"
        return f"{', '.join(body.fields)} together stand there once ({nulls})"
    if isinstance(body, Reference):
        where = f"the list {body.list}" if body.list else f"{body.table}.{body.column}"
        return f"{body.field} is in {where}" + ("" if body.case_sensitive else ", whatever its case")
    if isinstance(body, LedgerBalance):
        return f"{body.projection} is what the entries of the account {body.account} add up to"
    return "found by a query of its own"


def markdown(rule_set: RuleSet, known: Known | None = None) -> str:
    lines = [f"# {_plain(rule_set.title)}", "", f"Rule set `{rule_set.name}`, about {rule_set.target}.", ""]
    if rule_set.description:
        lines += [_plain(rule_set.description), ""]
    for rule in rule_set.rules:
        lines += [f"## {rule.id}", ""]
        if rule.description:
            lines += [_plain(rule.description), ""]
        lines += [f"- {name}: {_plain(value)}" for name, value in facts(rule, known or Known())]
        lines.append("")
    return "\n".join(lines)


def page(rule_set: RuleSet, known: Known | None = None) -> str:
    """A whole HTML page without scripts."""
    title, told = html.escape(rule_set.title), html.escape(rule_set.description)
    rules = "".join(_section(rule, known or Known()) for rule in rule_set.rules)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><p>{told}</p>{rules}</body></html>"
    )


def _section(rule: Rule, known: Known) -> str:
    rows = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in facts(rule, known))
    told = f"<p>{html.escape(rule.description)}</p>" if rule.description else ""
    return f'<section id="{rule.id}"><h2>{rule.id}</h2>{told}<dl>{rows}</dl></section>'


def facts(rule: Rule, known: Known) -> Iterator[tuple[str, str]]:
    """What the page says of a rule, by headings."""
    yield "Title", rule.title
    if rule.table:
        yield "Table", rule.table
    yield "Kind", rule.kind
    yield "Demands", in_words(rule)
    yield "Severity", rule.severity
    yield "Message", rule.message
    yield from _tolerance(rule)
    yield "Kept by", {"scan": "runs", "api": "the API", "database": "the API and the database"}[rule.enforce]
    if rule.fix is not None:
        yield "Fix", _fix(rule)
    if rule.enforce == "database":
        state = known.constraints.get(rule.constraint)
        yield "Constraint", rule.constraint if state is None else f"{rule.constraint}: {state}"
    if rule.id in known.results:
        yield "Last result", known.results[rule.id]


def _tolerance(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.mostly < 1:
        yield "Tolerates", f"{rule.mostly * 100:f} % good rows"
    for name, limit in (("Warns from", rule.warn_if), ("Fails from", rule.fail_if)):
        if limit is not None:
            yield name, f"{limit.limit:f} {'%' if limit.percent else 'rows'}"


def _fix(rule: Rule) -> str:
    assert rule.fix is not None
    told = [f"{name} becomes {to_words(new)}" for name, new in rule.fix.assigns.items()]
    return f"{rule.fix.kind} ({'; '.join(told)})" if told else rule.fix.kind


def _plain(text: str) -> str:
    """Text in which Markdown finds nothing to format."""
    return "".join(f"\\{letter}" if letter in "\\`*[]<>#|" else letter for letter in text)
