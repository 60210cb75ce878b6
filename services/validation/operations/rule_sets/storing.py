"""Rule sets written by people: each change is a new version, and none ever disappears."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.validation.definitions.documents import MAX_BYTES, Document, InvalidDocument, read
from services.validation.domain.rules import definition
from services.validation.domain.rules.definition import RECORDS, Enforce
from services.validation.domain.rules.members import INVALID_EXPRESSION, Fault, InvalidRuleSet
from services.validation.errors import DefinitionError, InvalidDefinition, ReservedName, TooManyRuleSets
from services.validation.models import RuleSet, RuleSetVersion, Tenant
from services.validation.models.registry import built_in
from services.validation.operations.entry import API_TABLES, own_tenant
from services.validation.operations.rule_sets.finding import live, understood
from shared import editing
from shared.locking import advisory_key
from shared.tenancy import context_of, tenant_of

MAX_SETS: Final = 100


def document_of(body: bytes) -> Document:
    """A definition in YAML. Raises InvalidDefinition."""
    try:
        return read(body.decode())
    except UnicodeDecodeError as fault:
        raise InvalidDefinition([DefinitionError("", "invalid_rule_set", "A definition is UTF-8.")]) from fault
    except InvalidDocument as fault:
        error = DefinitionError("", "invalid_rule_set", fault.message, line=fault.line, column=fault.column)
        raise InvalidDefinition([error]) from fault


def demand_size(body: bytes) -> None:
    """Raises InvalidDefinition for a document that is too large, in whatever form."""
    if len(body) > MAX_BYTES:
        text = f"A definition has at most {MAX_BYTES // 1024} KiB."
        raise InvalidDefinition([DefinitionError("", "invalid_rule_set", text)])


def read_document(document: Document, *, name: str | None = None) -> definition.RuleSet:
    """The set that a document describes, as the one of this name. Raises InvalidDefinition."""
    data = document.data
    if name is not None and isinstance(data, Mapping):
        data = {"rule_set": name, **data}
    try:
        found = understood(data)
    except InvalidRuleSet as refusal:
        raise InvalidDefinition([_error(fault, document) for fault in refusal.faults]) from refusal
    if name is not None and found.name != name:
        fault = Fault(("rule_set",), f"The document describes {found.name}, the address {name}.")
        raise InvalidDefinition([_error(fault, document)])
    return found


def _error(fault: Fault, document: Document) -> DefinitionError:
    line, column = document.place(fault.path) or (None, None)
    pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in fault.path)
    code = INVALID_EXPRESSION if fault.code == INVALID_EXPRESSION else InvalidDefinition.code
    return DefinitionError(pointer, code, fault.message, fault.rule, line, column, fault.position)


def put(session: Session, name: str, document: Document, *, row: RuleSet | None) -> tuple[RuleSet, bool]:
    """Stores a new version, and whether the set is new. What says the same as the newest version changes nothing.

    Raises ReservedName, InvalidDefinition, TooManyRuleSets. `row` is the present set of that name, locked.
    """
    if name in built_in():
        raise ReservedName(name)
    found = read_document(document, name=name)
    definition = plain(found.source)
    if row is None:
        _demand_room(session)
        row = editing.create(session, RuleSet, {"name": name, "title": found.title, "target": found.target})
        _store(session, row, definition)
        _note_tables(session)
        return row, True
    if row.retired_at is None and definition == _newest(session, row):
        return row, False
    is_back = row.retired_at is not None
    changes = {"title": found.title, "target": found.target, "latest": row.latest + 1, "retired_at": None}
    editing.change(session, row, changes)
    _store(session, row, definition)
    _note_tables(session)
    return row, is_back


def present(session: Session, name: str) -> RuleSet | None:
    """The set of that name, retired or not; nobody else writes one of this tenant until the end."""
    session.execute(select(func.pg_advisory_xact_lock(advisory_key("rule_sets", tenant_of(session)))))
    return session.scalar(
        select(RuleSet)
        .where(RuleSet.tenant_id == tenant_of(session), RuleSet.name == name)
        .execution_options(populate_existing=True)
    )


def retire(session: Session, row: RuleSet) -> None:
    editing.change(session, row, {"retired_at": datetime.now(UTC)}, verb="retired")
    _note_tables(session)


def _note_tables(session: Session) -> None:
    """Writes into the tenant's row which tables its rules for the API are about: whoever writes to others need not ask.
    The lock of `present` keeps two of these apart."""
    sets = (found.rules for found in live(session, RuleSet.target != RECORDS))
    tables = sorted({each.target for each in sets if any(rule.enforce is Enforce.API for rule in each.rules)})
    tenant = own_tenant(session)
    session.execute(
        update(Tenant)
        .where(Tenant.tenant_id == tenant.tenant_id)
        .values(settings=Tenant.settings.concat(literal({API_TABLES: tables}, JSONB)))
        .execution_options(synchronize_session=False)
    )
    session.refresh(tenant)


def _demand_room(session: Session) -> None:
    count = session.scalar(
        select(func.count()).where(RuleSet.tenant_id == tenant_of(session), RuleSet.retired_at.is_(None))
    )
    if (count or 0) >= MAX_SETS:
        raise TooManyRuleSets(MAX_SETS)


def _newest(session: Session, row: RuleSet) -> Any:
    return session.scalar(
        select(RuleSetVersion.definition).where(
            RuleSetVersion.tenant_id == tenant_of(session),
            RuleSetVersion.rule_set_id == row.id,
            RuleSetVersion.number == row.latest,
        )
    )


def _store(session: Session, row: RuleSet, definition: Any) -> None:
    session.add(
        RuleSetVersion(
            tenant_id=tenant_of(session),
            rule_set_id=row.id,
            number=row.latest,
            definition=definition,
            created_by=context_of(session).actor,
        )
    )
    session.flush()


def plain(data: Any) -> Any:
    """A definition as JSON has it. Numbers keep their value: a definition has none that JSON could not hold."""
    if isinstance(data, Mapping):
        return {name: plain(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    return float(data) if isinstance(data, Decimal) else data
