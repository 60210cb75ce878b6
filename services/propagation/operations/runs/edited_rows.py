"""The rows that an edit of the structure writes; the names that follow from it are made elsewhere (`editing`)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, cast, func, select, update
from sqlalchemy.orm import Session

from services.propagation.errors import ValueInUse
from services.propagation.models import Detail, DimensionValue, RuleDetail
from services.propagation.operations.runs.regenerating import Edit
from shared import editing
from shared.errors import InUse, Invalid
from shared.tenancy import tenant_of

TABLES: Mapping[str, type[Any]] = {"dimension_value": DimensionValue, "rule_detail": RuleDetail}


def is_in_use(session: Session, value: DimensionValue) -> bool:
    held = select(Detail.id).where(
        Detail.tenant_id == value.tenant_id,
        Detail.dimension_id == value.dimension_id,
        Detail.dimension_value_id == value.id,
    )
    return session.scalar(held.limit(1)) is not None


def demand_another(value: DimensionValue, replace_with: int | None) -> None:
    """Raises Invalid for a value that would take its own place."""
    if replace_with == value.id:
        raise Invalid.field("/replace_with", "same_value", "Name another value to take its place.")


def demand_free_or_replaced(session: Session, value: DimensionValue, replace_with: int | None) -> None:
    """Raises ValueInUse with the number of strings that hold a value which is to go without a successor."""
    if replace_with is not None:
        return
    held = select(func.count()).where(
        Detail.tenant_id == value.tenant_id,
        Detail.dimension_id == value.dimension_id,
        Detail.dimension_value_id == value.id,
    )
    count = session.scalar(held) or 0
    if count:
        raise ValueInUse(f"{count} strings hold the value {value.value}.", strings=count)


def demand_childless(session: Session, value: DimensionValue) -> None:
    """Raises InUse while values of another list belong to this one."""
    below = select(DimensionValue.id).where(
        DimensionValue.tenant_id == value.tenant_id, DimensionValue.parent_id == value.id
    )
    if session.scalar(below.limit(1)) is not None:
        raise InUse(f"Values of another dimension belong to {value.value}; set them free first.")


def perform(session: Session, edit: Edit) -> Any:
    """The edit itself. A value that others replace goes at the end only (`conclude`)."""
    if edit.replace_with is not None:
        return stored(session, edit)
    if edit.action == "create":
        values = {"id": edit.row_id} if edit.row_id is not None else {}
        return editing.create(session, TABLES[edit.table], values | _typed(edit))
    if edit.action == "reorder":
        _reorder(session, edit.values["rule_details"])
        return None
    row = stored(session, edit)
    if row is None:
        return None
    if edit.action == "update":
        editing.change(session, row, _typed(edit))
        return row
    editing.delete(session, row)
    if isinstance(row, RuleDetail):
        _move_up(session, row)
    return None


def _typed(edit: Edit) -> dict[str, Any]:
    """The values as the columns take them; dates have been text in the job's row."""
    columns = TABLES[edit.table].__table__.columns
    return {
        name: date.fromisoformat(value) if isinstance(columns[name].type, Date) and isinstance(value, str) else value
        for name, value in edit.values.items()
    }


def stored(session: Session, edit: Edit) -> Any:
    if edit.row_id is None:
        return None
    return session.get(TABLES[edit.table], (tenant_of(session), edit.row_id))


def _move_up(session: Session, gone: RuleDetail) -> None:
    """The parts after one that is deleted close the gap."""
    session.execute(
        update(RuleDetail)
        .where(
            RuleDetail.tenant_id == gone.tenant_id,
            RuleDetail.rule_id == gone.rule_id,
            RuleDetail.field_id == gone.field_id,
            RuleDetail.dimension_order > gone.dimension_order,
        )
        .values(dimension_order=RuleDetail.dimension_order - 1, version=RuleDetail.version + 1, updated_at=func.now()),
        execution_options={"synchronize_session": "fetch"},
    )


def _reorder(session: Session, ids: list[int]) -> None:
    """Orders 1..n in the order of these rows; the unique order is checked when all have theirs."""
    places = (
        func.unnest(cast(ids, ARRAY(BigInteger)))
        .table_valued("id", with_ordinality="place", name="places")
        .render_derived()
    )
    session.execute(
        update(RuleDetail)
        .where(RuleDetail.tenant_id == tenant_of(session), RuleDetail.id == places.c.id)
        .values(dimension_order=places.c.place, version=RuleDetail.version + 1, updated_at=func.now()),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


def conclude(session: Session, edit: Edit) -> Any:
    """The old value goes, but only if no string still holds it."""
    row = stored(session, edit)
    if row is None or is_in_use(session, row):
        return row
    if edit.action == "delete":
        editing.delete(session, row)
        return None
    editing.change(session, row, edit.values)
    return row
