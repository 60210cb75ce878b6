"""Rule sets by name, built-in ones and those of the tenant, ready to judge."""

import uuid
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.validation.domain.rules import definition
from services.validation.domain.rules.reading import read_rule_set
from services.validation.models import RuleSet, RuleSetVersion
from services.validation.models.registry import built_in, pattern_problem
from services.validation.operations.entry import API_TABLES, own_tenant
from shared.errors import NotFound
from shared.tenancy import tenant_of

# Built-in sets change with the code of the service, not by themselves.
BUILT_IN_VERSION: Final = 1
_KEPT: Final = 256

Key = tuple[uuid.UUID, int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A set in one of its versions; `row` is None for a built-in one."""

    rules: definition.RuleSet
    number: int
    row: RuleSet | None = None
    created_at: datetime | None = None
    created_by: str | None = None

    @property
    def built_in(self) -> bool:
        return self.row is None


def find(session: Session, name: str, *, number: int | None = None) -> Found:
    """The newest version, or the one with this number. Raises NotFound; of a retired set only numbered versions are
    found."""
    if name in built_in():
        if number not in (None, BUILT_IN_VERSION):
            raise NotFound("There is no such version of this rule set.")
        return Found(built_in()[name], BUILT_IN_VERSION)
    row = row_of(session, name)
    if number is None and row.retired_at is not None:
        raise NotFound("This rule set is retired; name the version that you want to read.")
    return _version(session, row, row.latest if number is None else number)


def about(session: Session, table: str) -> list[Found]:
    """The tenant's own sets about a table, in the order of their names; one statement, once a process knows them, and
    none where the tenant's row says that no rule about the table is for the API."""
    told = own_tenant(session).settings.get(API_TABLES)
    if told is not None and table not in told:
        return []
    return live(session, RuleSet.target == table)


def live(session: Session, *which: ColumnElement[bool]) -> list[Found]:
    """The tenant's own sets that are not retired, in the order of their names."""
    rows = select(RuleSet).where(RuleSet.tenant_id == tenant_of(session), RuleSet.retired_at.is_(None), *which)
    return [_version(session, row, row.latest) for row in session.scalars(rows.order_by(RuleSet.name)).all()]


def row_of(session: Session, name: str) -> RuleSet:
    """The tenant's own set, retired or not. Raises NotFound."""
    row = session.scalar(select(RuleSet).where(RuleSet.tenant_id == tenant_of(session), RuleSet.name == name))
    if row is None:
        raise NotFound("There is no such rule set.")
    return row


def demand_known(session: Session, name: str) -> None:
    """Raises NotFound."""
    if name not in built_in():
        row_of(session, name)


def _version(session: Session, row: RuleSet, number: int) -> Found:
    key = (tenant_of(session), row.id, number)
    found = _UNDERSTOOD.get(key)
    if found is None:
        version = session.scalar(
            select(RuleSetVersion).where(
                RuleSetVersion.tenant_id == tenant_of(session),
                RuleSetVersion.rule_set_id == row.id,
                RuleSetVersion.number == number,
            )
        )
        if version is None:
            raise NotFound("There is no such version of this rule set.")
        found = Version(understood(version.definition), version.created_at, version.created_by)
        _UNDERSTOOD.put(key, found)
    return Found(found.rules, number, row, found.created_at, found.created_by)


def understood(data: Mapping[str, Any]) -> definition.RuleSet:
    """Raises InvalidRuleSet."""
    return read_rule_set(data, pattern_problem=pattern_problem)


@dataclass(frozen=True, slots=True)
class Version:
    rules: definition.RuleSet
    created_at: datetime
    created_by: str | None


class _Understood:
    """The sets that this process has read lately. A version never changes, so nothing here can be old."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Key, Version] = OrderedDict()

    def get(self, key: Key) -> Version | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, version: Version) -> None:
        with self._lock:
            self._kept[key] = version
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


_UNDERSTOOD: Final = _Understood()
