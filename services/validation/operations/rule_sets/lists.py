"""Reference lists of rule sets: the values that rules look up."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ARRAY, Select, Text, any_, cast, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from services.validation.domain.rules import definition
from services.validation.domain.rules.definition import Reference
from services.validation.domain.rules.judging import Lookup, listed_form
from services.validation.models import RuleList, RuleListValue, RuleSet
from services.validation.operations.rule_sets.finding import Found
from shared import editing
from shared.errors import NotFound
from shared.tenancy import tenant_of

MAX_VALUES: Final = 100_000
_NUL: Final = "\0"


def find_list(session: Session, row: RuleSet, name: str) -> RuleList:
    """Raises NotFound."""
    found = session.scalar(of_name(session, row, name))
    if found is None:
        raise NotFound("There is no such list of this rule set.")
    return found


def of_name(session: Session, row: RuleSet, name: str) -> Select[RuleList]:
    return select(RuleList).where(
        RuleList.tenant_id == tenant_of(session), RuleList.rule_set_id == row.id, RuleList.name == name
    )


def put_list(session: Session, row: RuleSet, name: str, values: Sequence[Any]) -> tuple[RuleList, bool]:
    """Stores the values instead of those that the list had, and whether it is new. The set is locked by the caller."""
    texts = sorted({listed_form(value) for value in values})
    found = session.scalar(of_name(session, row, name))
    is_new = found is None
    if found is None:
        found = editing.create(session, RuleList, {"rule_set_id": row.id, "name": name, "size": len(texts)})
    elif texts == list(values_of(session, found)):
        return found, False
    else:
        found.updated_at = func.now()  # also where the number of values stays
        editing.change(session, found, {"size": len(texts)}, verb="replaced")
        session.flush()
        session.execute(delete(RuleListValue).where(*_of(session, found)))
    _insert(session, found, texts)
    session.refresh(found)
    return found, is_new


def _insert(session: Session, found: RuleList, texts: Sequence[str]) -> None:
    values = func.unnest(cast(list(texts), ARRAY(Text()))).column_valued("value")
    rows = select(literal(tenant_of(session)), literal(found.id), values)
    session.execute(insert(RuleListValue).from_select(["tenant_id", "list_id", "value"], rows))


def values_of(session: Session, found: RuleList) -> Iterator[str]:
    """In the order of their letters."""
    yield from session.scalars(select(RuleListValue.value).where(*_of(session, found)).order_by(RuleListValue.value))


def delete_list(session: Session, found: RuleList) -> None:
    editing.delete(session, found)


def _of(session: Session, found: RuleList) -> tuple[Any, ...]:
    return RuleListValue.tenant_id == tenant_of(session), RuleListValue.list_id == found.id


def lookup_of(session: Session, row: RuleSet | None) -> Lookup:
    """Asks the lists of a set: one statement for all different values of a batch. A list that is not there is empty."""

    def look_up(name: str, texts: Collection[str], folded: bool) -> Collection[str]:
        if row is None:
            return ()
        column = RuleListValue.folded if folded else RuleListValue.value
        asked = [text for text in texts if _NUL not in text]
        found = (
            select(column)
            .join(RuleList, (RuleList.tenant_id == RuleListValue.tenant_id) & (RuleList.id == RuleListValue.list_id))
            .where(
                RuleListValue.tenant_id == tenant_of(session),
                RuleList.rule_set_id == row.id,
                RuleList.name == name,
                column == any_(cast(asked, ARRAY(Text()))),
            )
        )
        return set(session.scalars(found))

    return look_up


def with_lists(session: Session, found: Found) -> definition.RuleSet:
    """The set with the lists that its rules look up; one that is not there has no values."""
    assert found.row is not None
    bodies = {rule.id: rule.body for rule in found.rules.rules if isinstance(rule.body, Reference) and rule.body.list}
    if not bodies:
        return found.rules
    stored = select(RuleList.name, RuleList.id).where(
        RuleList.tenant_id == tenant_of(session), RuleList.rule_set_id == found.row.id
    )
    known = dict(session.execute(stored).all())
    rules = [
        replace(rule, body=replace(body, list_id=known.get(body.list or "", 0)))
        if (body := bodies.get(rule.id)) is not None
        else rule
        for rule in found.rules.rules
    ]
    return replace(found.rules, rules=tuple(rules))
