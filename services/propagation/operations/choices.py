"""What may be chosen for a dimension: a list value that exists, belongs there, is active and is valid today; a text
that keeps the dimension's constraints (those of list values are checked when the value is made or renamed).

Dependent lists are judged elsewhere, because they look at the whole string.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.propagation.domain import constraints
from services.propagation.domain.constraints import Constraint
from services.propagation.domain.failures import ErrorType, Failure
from services.propagation.domain.values import EMPTY, Value, listed, written
from services.propagation.errors import RunFailed
from services.propagation.models import Dimension, DimensionValue
from services.propagation.queries.constraints import active_constraints
from shared.errors import FieldError
from shared.patterns import matches_whole
from shared.tenancy import tenant_of

Listed = TypeVar("Listed", Dimension, DimensionValue)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value wanted for a dimension; both parts None (or an empty text) is the choice of nothing.

    `held` is what the detail holds now: a value that has expired or was switched off stays valid where it is, so
    choosing it again is no new choice.
    """

    dimension_id: int
    value_id: int | None = None
    text: str | None = None
    held: Value | None = None

    @property
    def is_held(self) -> bool:
        return self.held is not None and (self.held.value_id, self.held.text) == (self.value_id, self.text or None)


def check_choice(session: Session, dimension: Dimension, value_id: int | None, text: str | None) -> Failure | None:
    return check_choices(session, [Choice(dimension.id, value_id, text)])[0]


def check_choices(session: Session, choices: Sequence[Choice]) -> list[Failure | None]:
    """For each choice in order what is wrong with it, None where nothing is."""
    return [found if isinstance(found, Failure) else None for found in resolve_choices(session, choices)]


def resolve_choices(session: Session, choices: Sequence[Choice], *, keep_names: bool = False) -> list[Value | Failure]:
    """For each choice in order the value that a detail would hold, or why it may not. Three statements at most.

    `keep_names` holds off whoever renames one of the values until the end of the transaction.
    """
    dimensions = _by_id(session, Dimension, (choice.dimension_id for choice in choices))
    wanted = (choice.value_id for choice in choices if choice.value_id is not None)
    values = _by_id(session, DimensionValue, wanted, keep=keep_names)
    rules = active_constraints(session, {choice.dimension_id for choice in choices if choice.text})
    return [
        _judge(choice, dimensions.get(choice.dimension_id), values.get(choice.value_id or 0), rules)
        for choice in choices
    ]


def refusal(failure: Failure, pointer: str | None = None) -> RunFailed:
    """The failure as the answer to a call for one string: its status follows its type."""
    errors = [FieldError(pointer, failure.code, failure.message)] if pointer is not None else []
    return RunFailed(failure.error_type, failure.code, failure.message, errors=errors, **failure.members)


def _by_id(session: Session, model: type[Listed], ids: Iterable[int], *, keep: bool = False) -> dict[int, Listed]:
    wanted = set(ids)
    if not wanted:
        return {}
    rows = select(model).where(model.tenant_id == tenant_of(session), model.id.in_(wanted))
    if keep:
        rows = rows.order_by(model.id).with_for_update(read=True, key_share=True)
    return {row.id: row for row in session.scalars(rows.execution_options(populate_existing=keep))}


def _judge(
    choice: Choice,
    dimension: Dimension | None,
    value: DimensionValue | None,
    rules: Mapping[int, Sequence[Constraint]],
) -> Value | Failure:
    if dimension is None:
        return _refused("not_found", f"There is no dimension {choice.dimension_id}.")
    if choice.value_id is not None:
        problem = _misplaced(choice, dimension, value) or _unusable(choice, dimension, value)
        return problem or listed(choice.value_id, value.value if value else "")
    if not choice.text:
        return EMPTY
    if dimension.type != "text":
        return _refused("type_mismatch", f"The dimension {dimension.name!r} takes a value of its list, not a text.")
    problem = _unusable(choice, dimension, None) or _misshapen(choice, dimension, rules.get(dimension.id, ()))
    return problem or written(choice.text)


def _misshapen(choice: Choice, dimension: Dimension, rules: Sequence[Constraint]) -> Failure | None:
    if choice.is_held or not choice.text:
        return None
    return constraints.refusal(dimension.name, constraints.violations(rules, choice.text, matches_whole))


def _misplaced(choice: Choice, dimension: Dimension, value: DimensionValue | None) -> Failure | None:
    if value is None:
        return _refused("not_found", f"There is no dimension value {choice.value_id}.")
    if dimension.type != "list":
        return _refused("type_mismatch", f"The dimension {dimension.name!r} takes a text, not a value of a list.")
    if value.dimension_id != dimension.id:
        message = f"The value {value.value!r} does not belong to the dimension {dimension.name!r}."
        return _refused("wrong_dimension", message)
    return None


def _unusable(choice: Choice, dimension: Dimension, value: DimensionValue | None) -> Failure | None:
    if choice.is_held:
        return None
    if dimension.status != "active":
        return _refused("value_inactive", f"The dimension {dimension.name!r} is inactive.")
    if value is None:
        return None
    if value.status != "active":
        return _refused("value_inactive", f"The value {value.value!r} is inactive.")
    today = datetime.now(UTC).date()
    if (value.valid_from and today < value.valid_from) or (value.valid_until and today > value.valid_until):
        return _refused("value_not_valid", f"The value {value.value!r} is not valid today.")
    return None


def _refused(code: str, message: str) -> Failure:
    return Failure(ErrorType.VALIDATION, code, message)
