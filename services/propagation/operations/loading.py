"""Strings in bulk: each name made by its rule, where a value comes from found in the rows above, every table written
once per batch."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.propagation.domain import constraints
from services.propagation.domain.failures import Failure
from services.propagation.domain.generation import RuleLevel
from services.propagation.domain.values import EMPTY, Detail, Key, Value, listed, written
from services.propagation.models import AuditEvent
from services.propagation.queries.naming import NamingStructure, naming_structure
from services.propagation.queries.parts import pack_parts
from services.propagation.queries.walk import array, texts
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.db import execute_prepared, plan_for_lookups
from shared.errors import Invalid
from shared.patterns import matches_whole
from shared.tenancy import context_of, tenant_of

BATCH = 5000


class StringRow(NamedTuple):
    """A string to be: names of field, rule and dimensions, texts of values (None or "" = empty).

    `parent` is the key of an earlier row; `value` is only checked, the name is always made by the rule.
    """

    key: int | str
    parent: int | str | None
    field: str
    rule: str
    values: Mapping[str, str | None]
    value: str | None = None


class Loaded(NamedTuple):
    strings: int
    details: int


def load_strings(session: Session, rows: Iterable[StringRow], *, platform: str, batch_size: int = BATCH) -> Loaded:
    """Stores new strings of the platform with this slug, all or none. Raises Invalid at the first row that is wrong.

    Rows come parents first; level by level is quickest, because a batch ends where a row's parent is in it.
    """
    plan_for_lookups(session)
    loader = _Loader(session, naming_structure(session, platform), batch_size)
    for row in rows:
        loader.add(row)
    loader.flush()
    # At once instead of at the commit, so that the caller learns of a name taken twice while it can still say so.
    session.execute(text("set constraints uq_strings_name immediate"))
    session.execute(text("set constraints uq_strings_name deferred"))
    session.execute(text("select refresh_statistics()"))
    _record(session, platform, loader.loaded)
    return loader.loaded


class _Source(NamedTuple):
    """What a string hands down for one dimension: the effective value and the string that chose it."""

    effective: str | None
    string_id: int


class _Placed(NamedTuple):
    """A stored string that rows may name as their parent."""

    id: int
    below: int | None
    sources: Mapping[int, _Source]


class _Choice(NamedTuple):
    dimension_id: int
    value: Value
    source_id: int | None


class _Pending(NamedTuple):
    row: StringRow
    parent: _Placed | None
    field_id: int
    rule_id: int
    value: str
    parts: str
    choices: list[_Choice]
    string_uuid: uuid.UUID


@dataclass
class _Loader:
    """Keeps what later rows inherit from; strings of the lowest level have no children and are forgotten."""

    session: Session
    structure: NamingStructure
    batch_size: int
    loaded: Loaded = field(default=Loaded(0, 0))
    placed: dict[int | str, _Placed] = field(default_factory=dict)
    pending: dict[int | str, _Pending] = field(default_factory=dict)

    def add(self, row: StringRow) -> None:
        if row.parent in self.pending or len(self.pending) >= self.batch_size:
            self.flush()
        parent = self._parent_of(row)
        level, rule_id = self.structure.fields.get(row.field), self.structure.rules.get(row.rule)
        if level is None or rule_id is None:
            refuse(row, "not_found", f"the platform has no field {row.field!r} or no rule {row.rule!r}")
        if parent is not None and parent.below != level.id:
            refuse(row, "invalid_parent", f"a {row.field!r} does not stand below its parent")
        rule = self.structure.rule_level(rule_id, level.id)
        choices = self._choices(row, parent)
        self._demand_dependencies(row, choices)
        effective = {choice.dimension_id: choice.value.effective for choice in choices}
        parts = [effective.get(part.dimension_id) for part in rule.parts]
        name = _name(row, rule, parts)
        self.pending[row.key] = _Pending(row, parent, level.id, rule_id, name, pack_parts(parts), choices, uuid.uuid4())

    def _parent_of(self, row: StringRow) -> _Placed | None:
        if row.parent is None:
            return None
        if row.parent not in self.placed:
            refuse(row, "not_found", f"there is no row {row.parent!r} above it that may have children")
        return self.placed[row.parent]

    def _choices(self, row: StringRow, parent: _Placed | None) -> list[_Choice]:
        choices = []
        for name, chosen in row.values.items():
            dimension_id = self.structure.dimensions.get(name)
            if dimension_id is None:
                refuse(row, "not_found", f"there is no dimension {name!r}")
            value = self._value(row, dimension_id, chosen)
            above = parent.sources.get(dimension_id) if parent else None
            inherits = above is not None and above.effective == value.effective
            choices.append(_Choice(dimension_id, value, above.string_id if above and inherits else None))
        return choices

    def _value(self, row: StringRow, dimension_id: int, chosen: str | None) -> Value:
        if not chosen:
            return EMPTY
        if dimension_id in self.structure.texts:
            rules = self.structure.constraints.get(dimension_id, ())
            broken = constraints.violations(rules, chosen, matches_whole)
            if broken:
                refuse(row, "constraint_violation", f"{chosen!r}: {broken[0].message.rstrip('.')}")
            return written(chosen)
        value_id = self.structure.values.get((dimension_id, chosen))
        if value_id is None:
            refuse(row, "not_found", f"the dimension {dimension_id} has no active value {chosen!r}")
        return listed(value_id, chosen)

    def _demand_dependencies(self, row: StringRow, choices: list[_Choice]) -> None:
        if not self.structure.dependencies:
            return
        held: dict[Key, Detail | None] = {choice.dimension_id: Detail(choice.value) for choice in choices}
        mismatch = self.structure.dependencies.mismatch(held, changed=held)
        if mismatch is not None:
            refuse(row, mismatch.code, mismatch.message.rstrip("."))

    def flush(self) -> None:
        """Stores what is pending."""
        batch = list(self.pending.values())
        if not batch:
            return
        # Checks of foreign keys keep the plans that were made when the tables were still empty, and those read every
        # row of the workspace; made again after this batch is in, they go by key.
        self.session.execute(text("discard plans"))
        ids = _insert_strings(self.session, batch)
        details = _insert_details(self.session, batch, ids)
        for pending in batch:
            self._place(pending, ids[pending.string_uuid])
        self.pending.clear()
        self.loaded = Loaded(self.loaded.strings + len(batch), self.loaded.details + details)

    def _place(self, pending: _Pending, string_id: int) -> None:
        below = self.structure.fields[pending.row.field].below
        if below is None:
            return
        own = {
            choice.dimension_id: _Source(choice.value.effective, choice.source_id or string_id)
            for choice in pending.choices
        }
        above = pending.parent.sources if pending.parent else {}
        self.placed[pending.row.key] = _Placed(string_id, below, {**above, **own})


def refuse(row: StringRow, code: str, reason: str) -> NoReturn:
    raise Invalid(f"Row {row.key!r}: {reason}.", code=code, row=row.key)


def _name(row: StringRow, rule: RuleLevel, parts: list[str | None]) -> str:
    name = rule.render(parts)
    if isinstance(name, Failure):
        refuse(row, name.code, name.message.rstrip("."))
    if row.value is not None and row.value != name:
        refuse(row, "value_mismatch", f"the details give the name {name!r}, not {row.value!r}")
    return name


def _insert_strings(session: Session, batch: list[_Pending]) -> dict[uuid.UUID, int]:
    """Ids by the UUID that the rows were given here: the order of what RETURNING says is nobody's promise."""
    written = execute_prepared(
        session,
        """
        insert into strings (tenant_id, created_by, string_uuid, parent_id, field_id, rule_id, value, parts)
        select %(tenant)s, %(actor)s, x.*
        from unnest(%(uuids)s::uuid[], %(parents)s::bigint[], %(fields)s::bigint[], %(rules)s::bigint[],
                    string_to_array(%(values)s, chr(30)), string_to_array(%(parts)s, chr(30))) as x
        returning string_uuid, id
        """,
        {
            "tenant": tenant_of(session),
            "actor": context_of(session).actor,
            "uuids": array(pending.string_uuid for pending in batch),
            "parents": array(pending.parent.id if pending.parent else None for pending in batch),
            "fields": array(pending.field_id for pending in batch),
            "rules": array(pending.rule_id for pending in batch),
            "values": texts(pending.value for pending in batch),
            "parts": texts(pending.parts for pending in batch),
        },
    )
    return dict(written.fetchall())


def _insert_details(session: Session, batch: list[_Pending], ids: Mapping[uuid.UUID, int]) -> int:
    rows = [(ids[pending.string_uuid], choice) for pending in batch for choice in pending.choices]
    execute_prepared(
        session,
        """
        insert into string_details (tenant_id, string_id, dimension_id, dimension_value_id, dimension_value_freetext,
            source_string_id, is_inherited)
        select %(tenant)s, x.*, x.source_id is not null
        from unnest(%(ids)s::bigint[], %(dimensions)s::bigint[], %(values)s::bigint[],
                    string_to_array(%(texts)s, chr(30), ''), %(sources)s::bigint[])
             as x(string_id, dimension_id, value_id, text, source_id)
        """,
        {
            "tenant": tenant_of(session),
            "ids": array(string_id for string_id, _choice in rows),
            "dimensions": array(choice.dimension_id for _id, choice in rows),
            "values": array(choice.value.value_id for _id, choice in rows),
            "texts": texts(choice.value.text or "" for _id, choice in rows),
            "sources": array(choice.source_id for _id, choice in rows),
        },
    )
    return len(rows)


def _record(session: Session, platform: str, loaded: Loaded) -> None:
    record(
        session,
        AuditEvent,
        action="strings.loaded",
        entity_type="platform",
        entity_id=platform,
        event_type=EventType.CREATED,
        metadata=loaded._asdict(),
    )
