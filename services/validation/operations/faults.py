"""What a row breaks of the rules that the API keeps, as errors of its fields: the one way to them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from services.validation.domain.limits import BOUNDS
from services.validation.domain.statuses import STATUSES
from shared.errors import FieldError, Invalid

Row = Mapping[str, Any]

_RANGES = {
    "willpower": "permanent_willpower_range",
    "temporary_willpower": "temp_willpower_range",
    "age": "reasonable_age",
    "apparent_age": "reasonable_apparent_age",
}
_WORDS = {
    "status": ("valid_status", STATUSES),
    "visibility": ("valid_visibility", ("PUB", "PRI", "CHR")),
    "image_status": ("valid_image_status", ("un", "sub", "app")),
}


def demand(table: str, row: Row, *, changed: Collection[str] | None = None, also: Collection[FieldError] = ()) -> None:
    """Raises Invalid with everything that the row breaks; `also` are faults that were found before."""
    refuse([*also, *faults_of(table, row, changed=changed)])


def refuse(faults: Collection[FieldError]) -> None:
    """Raises Invalid with all of them; one alone gives the whole answer its code."""
    if faults:
        errors = list(faults)
        code = errors[0].code if len(errors) == 1 else None
        raise Invalid(errors[0].detail, code=code, errors=errors)


def faults_of(table: str, row: Row, *, changed: Collection[str] | None = None) -> list[FieldError]:
    """`row` has all columns that rules read. With `changed`, only rules that read one of these are judged."""
    return [
        FieldError(f"/{column.removesuffix('_id')}", rule, detail)
        for rule, column, reads, detail in _JUDGES[table](row)
        if changed is None or not set(changed).isdisjoint(reads)
    ]


def fault_of(table: str | None, constraint: str | None) -> FieldError | None:
    """The rule that a constraint of the database keeps, for what got past the API; None if it is no rule."""
    prefix = f"{table}_"
    if table not in _JUDGES or constraint is None or not constraint.startswith(prefix):
        return None
    rule = constraint.removeprefix(prefix)
    columns = {rule: column for column, rule in _RANGES.items()} | {
        rule: column for column, (rule, _) in _WORDS.items()
    }
    columns |= {"temp_not_exceeds_max": "temporary_willpower", "xp_non_negative": "xp"}
    column = columns.get(rule, rule.removesuffix("_range").removesuffix("_not_blank"))
    return FieldError(f"/{column}", rule, f"{column} breaks the rule {rule}.")


Found = tuple[str, str, Collection[str], str]


def _character(row: Row) -> Iterator[Found]:
    if row["xp"] < 0:
        yield "xp_non_negative", "xp", ("xp",), "XP cannot be negative"
    for column, (lower, upper) in BOUNDS.items():
        low, high, value = int(row.get(lower, 0)), row[upper], row[column]
        if value is not None and not low <= value <= high:
            rule = _RANGES.get(column, f"{column}_range")
            yield rule, column, (column, lower, upper), f"{column} must lie between {low} and {high}."
    if row["temporary_willpower"] > row["willpower"]:
        detail = "temporary_willpower must be at most willpower."
        yield "temp_not_exceeds_max", "temporary_willpower", ("temporary_willpower", "willpower"), detail
    for column, (rule, words) in _WORDS.items():
        if row[column] not in words:
            yield rule, column, (column,), f"{column} must be one of {', '.join(words)}."


def _chronicle(row: Row) -> Iterator[Found]:
    if not 1000 <= row["year"] <= 9999:
        yield "year_range", "year", ("year",), "year must lie between 1000 and 9999."


_JUDGES: Mapping[str, Callable[[Row], Iterator[Found]]] = {"characters": _character, "chronicles": _chronicle}
