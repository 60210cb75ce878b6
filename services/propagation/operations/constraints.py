"""Constraints on the values of a dimension: written, put in order, and applied to values."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, cast, func, select, update
from sqlalchemy.orm import Session

from services.propagation.domain import constraints as domain
from services.propagation.domain.failures import Violation
from services.propagation.errors import ConstraintViolation
from services.propagation.models import AuditEvent, Constraint, Dimension
from services.propagation.operations import references
from services.propagation.queries.constraints import active_constraints, constraints_in_order
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.errors import AlreadyExists, FieldError, Invalid
from shared.patterns import InvalidPattern, compile_pattern, matches_whole
from shared.tenancy import tenant_of

Values = dict[str, Any]


def prepare(session: Session, row: Constraint | None, values: Values) -> Values:
    """What would be stored. Raises Invalid `invalid_constraint`, AlreadyExists for an order that is taken."""
    dimension_id = references.fixed(row, values, "dimension_id")
    references.demand_reference(session, Dimension, dimension_id, "/dimension")
    kind: str = values["constraint_type"] if row is None else values.get("constraint_type", row.constraint_type)
    _demand_sound(kind, values.get("value", row.value if row else None))
    if values.get("order") is not None:
        _demand_free_order(session, row, dimension_id, values["order"])
    elif row is None:
        values = values | {"order": _last_order(session, dimension_id) + 1}
    return values


def _demand_sound(kind: str, value: str | None) -> None:
    problem = domain.problem_of(kind, value)
    if problem is None and kind == domain.PATTERN and value is not None:
        try:
            compile_pattern(value)
        except InvalidPattern as reason:
            problem = str(reason)
    if problem is not None:
        raise Invalid.field("/value", "invalid_constraint", problem)


def _demand_free_order(session: Session, row: Constraint | None, dimension_id: int, order: int) -> None:
    taken = select(Constraint.id).where(
        Constraint.tenant_id == tenant_of(session),
        Constraint.dimension_id == dimension_id,
        Constraint.order == order,
        Constraint.id != (row.id if row else 0),
    )
    if session.scalar(taken) is not None:
        raise AlreadyExists(f"The dimension has a constraint with the order {order} already.")


def _last_order(session: Session, dimension_id: int) -> int:
    last = select(func.max(Constraint.order)).where(
        Constraint.tenant_id == tenant_of(session), Constraint.dimension_id == dimension_id
    )
    return session.scalar(last) or 0


def broken_by(session: Session, dimension_id: int, text: str) -> tuple[Violation, ...]:
    """The active constraints of the dimension that the text breaks, in order."""
    rules = active_constraints(session, [dimension_id]).get(dimension_id, [])
    return domain.violations(rules, text, matches_whole)


def demand_kept(session: Session, dimension: Dimension, value: str) -> None:
    """Raises ConstraintViolation with everything that a new or renamed list value breaks."""
    failure = domain.refusal(dimension.name, broken_by(session, dimension.id, value))
    if failure is not None:
        error = FieldError("/value", failure.code, failure.message)
        raise ConstraintViolation(failure.message, errors=[error], **failure.members)


def reorder(session: Session, dimension: Dimension, wanted: Sequence[int]) -> Sequence[Constraint]:
    """Sets the orders of the dimension's constraints to 1..n. Raises Invalid unless each is named exactly once."""
    present = constraints_in_order(session, dimension.id)
    before = [row.id for row in present]
    if sorted(wanted) != sorted(before):
        raise Invalid.field("/constraints", "not_all_parts", "Name every constraint of the dimension exactly once.")
    if [row.order for row in present] == list(range(1, len(before) + 1)) and before == list(wanted):
        return present
    places = (
        func.unnest(cast(list(wanted), ARRAY(BigInteger)))
        .table_valued("id", with_ordinality="place", name="places")
        .render_derived()
    )
    session.execute(
        update(Constraint)
        .where(Constraint.tenant_id == tenant_of(session), Constraint.id == places.c.id)
        .values(order=places.c.place, version=Constraint.version + 1, updated_at=func.now()),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()
    record(
        session,
        AuditEvent,
        action="constraint.reordered",
        entity_type="dimension",
        entity_id=dimension.id,
        event_type=EventType.UPDATED,
        changes={"constraints": [before, list(wanted)]},
    )
    return constraints_in_order(session, dimension.id)
