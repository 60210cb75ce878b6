"""The details of a new string: what was chosen by id or by name, and what it takes from above."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.propagation.domain.failures import Failure
from services.propagation.domain.generation import RuleLevel, required_missing
from services.propagation.domain.values import Above, Detail, Value
from services.propagation.operations.choices import Choice, refusal, resolve_choices
from services.propagation.operations.strings.wanted import WantedDetail
from services.propagation.queries.strings import ByName, by_name
from shared.errors import FieldError, Invalid

Details = dict[int, Detail]


def chosen_details(
    session: Session, wanted: Sequence[WantedDetail], above: Mapping[int, Above], level: RuleLevel
) -> Details:
    """By dimension. Raises Invalid with every choice that is not possible."""
    choices = _choices(session, wanted)
    resolved = resolve_choices(session, choices, keep_names=True)
    failures = {
        detail.value_pointer: found
        for detail, found in zip(wanted, resolved, strict=True)
        if isinstance(found, Failure)
    }
    broken = [violation._asdict() for failure in failures.values() for violation in failure.violations]
    _refuse(
        (FieldError(pointer, failure.code, failure.message) for pointer, failure in failures.items()),
        **({"validation_errors": broken} if broken else {}),
    )
    details = {
        choice.dimension_id: with_lineage(value, above.get(choice.dimension_id), own=detail.own)
        for choice, detail, value in zip(choices, wanted, resolved, strict=True)
        if isinstance(value, Value)
    }
    _demand_required(level, choices, wanted, details)
    return details


def with_lineage(value: Value, above: Above | None, *, own: bool) -> Detail:
    """Own, unless the nearest string above that has the dimension holds the same."""
    if own or above is None or above.value.effective != value.effective:
        return Detail(value)
    return Detail(value, is_inherited=True, source_id=above.source_id)


def take_missing(details: Details, above: Mapping[int, Above], level: RuleLevel) -> Details:
    """Adds the dimensions of the rule that were not named, as the nearest string above has them."""
    taken = {
        part.dimension_id: Detail(found.value, is_inherited=True, source_id=found.source_id)
        for part in level.parts
        if part.dimension_id not in details
        and (found := above.get(part.dimension_id)) is not None
        and not (part.is_required and found.value.is_empty)
    }
    return details | taken


def _choices(session: Session, wanted: Sequence[WantedDetail]) -> list[Choice]:
    names = {detail.dimension_name for detail in wanted if detail.dimension_id is None and detail.dimension_name}
    texts = {detail.text for detail in wanted if detail.is_short and detail.text}
    known = by_name(session, names, texts)
    errors: list[FieldError] = []
    choices = [_choice(detail, known, errors) for detail in wanted]
    _refuse(errors)
    found = [choice for choice in choices if choice is not None]
    _demand_distinct(found, wanted)
    return found


def _choice(detail: WantedDetail, known: ByName, errors: list[FieldError]) -> Choice | None:
    if detail.dimension_id is not None:
        return Choice(detail.dimension_id, detail.value_id, detail.text)
    dimension = known.dimensions.get(detail.dimension_name or "")
    if dimension is None:
        pointer = detail.pointer if detail.is_short else f"{detail.pointer}/dimension_name"
        errors.append(FieldError(pointer, "not_found", f"There is no dimension {detail.dimension_name!r}."))
        return None
    if not (detail.is_short and detail.text and dimension.type == "list"):
        return Choice(dimension.id, detail.value_id, detail.text)
    value_id = known.values.get((dimension.id, detail.text))
    if value_id is None:
        message = f"The dimension {dimension.name!r} has no value {detail.text!r}."
        errors.append(FieldError(detail.pointer, "not_found", message))
        return None
    return Choice(dimension.id, value_id)


def _demand_distinct(choices: Sequence[Choice], wanted: Sequence[WantedDetail]) -> None:
    pointers: dict[int, list[str]] = {}
    for choice, detail in zip(choices, wanted, strict=True):
        pointers.setdefault(choice.dimension_id, []).append(detail.pointer)
    _refuse(
        FieldError(pointer, "duplicate_item", "This dimension stands here more than once.")
        for several in pointers.values()
        if len(several) > 1
        for pointer in several
    )


def _demand_required(
    level: RuleLevel, choices: Sequence[Choice], wanted: Sequence[WantedDetail], details: Details
) -> None:
    """A dimension that the rule requires here may be missing, for a name that is given, but never be emptied."""
    parts = {part.dimension_id: part for part in level.parts if part.is_required}
    for choice, detail in zip(choices, wanted, strict=True):
        if choice.dimension_id in parts and details[choice.dimension_id].value.is_empty:
            raise refusal(required_missing(parts[choice.dimension_id]), detail.value_pointer)


def _refuse(errors: Iterable[FieldError], **members: Any) -> None:
    found = list(errors)
    if found:
        code = found[0].code if len({error.code for error in found}) == 1 else "invalid"
        raise Invalid(found[0].detail, code=code, errors=found, error_type="validation_error", **members)
