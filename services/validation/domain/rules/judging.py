"""Posted records judged by a rule set: columns, not rows; each rule is one pass over the columns that it reads."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from services.validation.domain.rules.batches import Batch, Typed, batch_of, exactly
from services.validation.domain.rules.definition import Reference, Rule, RuleSet, Severity, Status, Unique
from services.validation.domain.rules.expressions.columns import Column, Setting, evaluate
from services.validation.domain.rules.expressions.operators import EXACT, lower
from services.validation.domain.rules.expressions.trees import Apply, Field, Tree, fields_of
from services.validation.domain.rules.extremes import is_proven, within
from services.validation.domain.rules.messages import message_of, shown
from services.validation.domain.rules.types import Type

RECORD_SHAPE: Final = "record_shape"
FIELD_TYPE: Final = "field_type"
UNKNOWN_FIELD: Final = "unknown_field"
# An expression over one field is judged once per value where each of them comes this often.
_REPEATED: Final = 4

# Which of these texts are in the list of that name; `folded` ones are compared in small letters.
Lookup = Callable[[str, Collection[str], bool], Collection[str]]
Violation = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule found: the places of the records that break it, and how many it could judge."""

    rule: str
    severity: Severity
    failing: Sequence[int]
    judged: int
    not_judged: int
    status: Status

    @property
    def failed_ratio(self) -> float:
        return round(len(self.failing) / self.judged, 6) if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`failed` and `warned` are places of records in ascending order; no record is in both."""

    batch: Batch
    rules: Mapping[str, Rule]
    outcomes: Sequence[Outcome]
    failed: Sequence[int]
    warned: Sequence[int]

    @property
    def verdict(self) -> Status:
        statuses = {outcome.status for outcome in self.outcomes}
        return Status.FAIL if Status.FAIL in statuses else Status.WARN if Status.WARN in statuses else Status.PASS


def judge(rule_set: RuleSet, records: Sequence[Any], setting: Setting, lookup: Lookup) -> Evaluation:
    """What is wrong with the records. The rules of the set are about records."""
    batch = batch_of(rule_set, records)
    outcomes = list(_of_shape(batch)) + [_judged(rule, batch, setting, lookup) for rule in rule_set.rules]
    failed = _places(outcomes, Severity.ERROR)
    warned = _places(outcomes, Severity.WARNING) - failed
    return Evaluation(batch, {rule.id: rule for rule in rule_set.rules}, outcomes, sorted(failed), sorted(warned))


def _places(outcomes: Iterable[Outcome], severity: Severity) -> set[int]:
    return set().union(*(outcome.failing for outcome in outcomes if outcome.severity is severity))


def _of_shape(batch: Batch) -> Iterable[Outcome]:
    """What no rule of the set says: items are objects, and their values of the declared types."""
    size = len(batch.records)
    strange = sorted(batch.shapeless | batch.strange.keys())
    if strange:
        yield Outcome(RECORD_SHAPE, Severity.ERROR, strange, size, 0, Status.FAIL)
    wrong: set[int] = set().union(*(typed.wrong for typed in batch.fields.values()))
    if wrong:
        left_out = len(batch.shapeless)
        yield Outcome(FIELD_TYPE, Severity.ERROR, sorted(wrong), size - left_out, left_out, Status.FAIL)


def _judged(rule: Rule, batch: Batch, setting: Setting, lookup: Lookup) -> Outcome:
    columns = _Columns(batch)
    left_out = batch.shapeless.union(*(batch.fields[name].wrong for name in rule.reads))
    if rule.when is not None:
        left_out = left_out.union(_not_true(rule.when, batch, columns, setting))
    if isinstance(rule.body, Unique):
        failing = _repeating(rule.body, batch, left_out)
    elif isinstance(rule.body, Reference):
        failing = _unknown(rule.body, batch, lookup)
    else:
        failing = _broken(rule, batch, columns, setting)
    if left_out and failing:
        failing = [place for place in failing if place not in left_out]
    judged = len(batch.records) - len(left_out)
    status = rule.status(failed=len(failing), judged=judged)
    return Outcome(rule.id, rule.severity, failing, judged, len(left_out), status)


class _Columns(dict[str, Column]):
    """Columns by field, calculated when they are asked for."""

    def __init__(self, batch: Batch) -> None:
        super().__init__()
        self.batch = batch

    def __missing__(self, name: str) -> Column:
        return self.batch.fields[name].column


def _broken(rule: Rule, batch: Batch, columns: Mapping[str, Column], setting: Setting) -> list[int]:
    tree = rule.body.tree  # type: ignore[union-attr]
    if is_proven(tree, batch.fields):
        return []
    bounds = within(tree, batch.fields)
    if bounds is not None:
        return _outside(tree, batch, *bounds, setting)
    repeated = _repeated(tree, batch)
    if repeated is not None:
        return _failing_values(tree, *repeated, setting)
    holds = evaluate(tree, columns, setting)
    values = holds.spread(len(batch.records))
    if not holds.nullable and all(values):
        return []
    return [place for place, value in enumerate(values) if value is False]


def _outside(tree: Tree, batch: Batch, name: str, low: float, high: float, setting: Setting) -> list[int]:
    """Only what does not lie between the bounds is calculated with."""
    values = batch.fields[name].values
    doubtful = [place for place, value in enumerate(values) if value is not None and not low < value < high]
    holds = evaluate(tree, {name: Column([exactly(values[place]) for place in doubtful], False)}, setting)
    return [place for place, truth in zip(doubtful, holds.spread(len(doubtful)), strict=True) if truth is False]


def _not_true(tree: Tree, batch: Batch, columns: Mapping[str, Column], setting: Setting) -> list[int]:
    """The places of the records that `when` leaves out."""
    repeated = _repeated(tree, batch)
    if repeated is not None:
        true = Apply("is true", (tree,), Type.BOOLEAN)
        return _failing_values(true, *repeated, setting)
    values = evaluate(tree, columns, setting).spread(len(batch.records))
    return [place for place, value in enumerate(values) if value is not True]


def _repeated(tree: Tree, batch: Batch) -> tuple[str, Typed] | None:
    """The only field of an expression, where its values repeat so often that each is worth being looked at once."""
    names = fields_of(tree)
    if len(names) != 1 or isinstance(tree, Field):
        return None
    typed = batch.fields[names[0]]
    return (names[0], typed) if len(typed.distinct) * _REPEATED <= len(batch.records) else None


def _failing_values(tree: Tree, name: str, typed: Typed, setting: Setting) -> list[int]:
    """The places of the values for which the expression is false."""
    values = list(typed.distinct)
    found = evaluate(tree, {name: Column(values, typed.nullable)}, setting).spread(len(values))
    chosen = {value for value, truth in zip(values, found, strict=True) if truth is False}
    if not chosen:
        return []
    return [place for place, value in enumerate(typed.column.values) if value in chosen]


def _repeating(body: Unique, batch: Batch, left_out: Collection[int]) -> list[int]:
    columns = [batch.fields[name].column for name in body.fields]
    keys: Sequence[Any] = columns[0].values if len(columns) == 1 else list(zip(*columns, strict=True))
    if len(set(keys)) == len(keys):
        return []
    chosen = [
        (place, key)
        for place, key in enumerate(keys)
        if place not in left_out and (body.nulls_equal or _is_given(key, len(columns)))
    ]
    if not body.keep_first:
        times = Counter(key for _place, key in chosen)
        return [place for place, key in chosen if times[key] > 1]
    seen: set[Any] = set()
    failing = []
    for place, key in chosen:
        if key in seen:
            failing.append(place)
        seen.add(key)
    return failing


def _is_given(key: Any, width: int) -> bool:
    return key is not None if width == 1 else not any(value is None for value in key)


def _unknown(body: Reference, batch: Batch, lookup: Lookup) -> list[int]:
    typed = batch.fields[body.field]
    texts = {value: listed_form(value, folded=not body.case_sensitive) for value in typed.distinct - {None}}
    known = set(lookup(body.list or "", set(texts.values()), not body.case_sensitive))
    unknown = {value for value, text in texts.items() if text not in known}
    if not unknown:
        return []
    return [place for place, value in enumerate(typed.column.values) if value in unknown]


def listed_form(value: Any, *, folded: bool = False) -> str:
    """The text under which a value stands in a reference list."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, Decimal):
        text = f"{value.normalize(EXACT):f}" if value else "0"
    else:
        text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    return lower(text) if folded else text


def violations(evaluation: Evaluation, limit: int) -> tuple[dict[int, list[Violation]], bool]:
    """The first `limit` records that break an error or a warning rule, by place, each with all that it breaks; and
    whether there are more."""
    places = sorted({*evaluation.failed, *evaluation.warned})
    listed: dict[int, list[Violation]] = {place: [] for place in places[:limit]}
    for outcome in evaluation.outcomes:
        if outcome.severity is not Severity.INFO:
            _tell(evaluation, outcome, listed)
    return listed, len(places) > limit


def _tell(evaluation: Evaluation, outcome: Outcome, listed: Mapping[int, list[Violation]]) -> None:
    batch = evaluation.batch
    if outcome.rule not in evaluation.rules:
        for place in filter(listed.__contains__, outcome.failing):
            listed[place].extend(_shape_violations(batch, outcome.rule, place))
        return
    rule = evaluation.rules[outcome.rule]
    name = rule.fields[0] if len(rule.fields) == 1 else None
    make, severity, step = message_of(rule), str(rule.severity), "" if name is None else _pointer(name)
    records = batch.records
    for place in outcome.failing:
        told = listed.get(place)
        if told is None:
            continue
        read = records[place].get
        value = None if name is None else read(name)
        told.append(
            {
                "rule": rule.id,
                "code": rule.id,
                "severity": severity,
                "field": name,
                "pointer": f"/records/{place}{step}",
                "value": shown(value),
                "message": make(value, read),
            }
        )


def _shape_violations(batch: Batch, rule: str, place: int) -> Iterable[Violation]:
    if rule == RECORD_SHAPE:
        if place in batch.shapeless:
            yield _shape_violation(rule, RECORD_SHAPE, place, None, batch.records[place], "A record is an object.")
        else:
            name = batch.strange[place]
            message = f"There is no field {name[:100]!r} in these records."
            yield _shape_violation(rule, UNKNOWN_FIELD, place, name, batch.value(place, name), message)
        return
    for name, typed in batch.fields.items():
        if place in typed.wrong:
            message = f"{name} has a value of another type than the one declared."
            yield _shape_violation(rule, FIELD_TYPE, place, name, batch.value(place, name), message)


def _shape_violation(rule: str, code: str, place: int, name: str | None, value: Any, message: str) -> Violation:
    return {
        "rule": rule,
        "code": code,
        "severity": str(Severity.ERROR),
        "field": name,
        "pointer": f"/records/{place}" + ("" if name is None else _pointer(name)),
        "value": shown(value),
        "message": message,
    }


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")
