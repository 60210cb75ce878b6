"""A new string: its details with their origin, its name by the rule, its place among its siblings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.propagation.domain.failures import duplicate_value
from services.propagation.domain.generation import NO_RULE, RuleLevel
from services.propagation.domain.plan import StaleReason
from services.propagation.domain.values import Detail as Held
from services.propagation.domain.values import Key
from services.propagation.domain.wave import NameKey
from services.propagation.models import AuditEvent, Detail, String
from services.propagation.operations.choices import refusal
from services.propagation.operations.strings.choosing import Details, chosen_details, take_missing
from services.propagation.operations.strings.wanted import NewString, Place, find_place
from services.propagation.queries import strings as queries
from services.propagation.queries.parts import pack_parts
from services.propagation.queries.strings import Lineage, lineage
from services.propagation.queries.walk import holders, rule_levels
from shared.auditing.classification import diff
from shared.auditing.models import EventType
from shared.auditing.writing import record
from shared.errors import FieldError, Invalid
from shared.tenancy import context_of, tenant_of


@dataclass(frozen=True, slots=True)
class Name:
    """`is_generated` is False for a given name whose required details are not all there yet."""

    value: str
    parts: str
    is_generated: bool


def create(session: Session, wanted: NewString) -> String:
    """Raises Invalid or RunFailed (name taken, part missing, ...) before anything is written."""
    place = find_place(session, wanted)
    above = lineage(session, place.parent.id) if place.parent else Lineage()
    level = rule_levels(session).get((place.rule.id, place.field.id), NO_RULE)
    details = chosen_details(session, wanted.details, above.details, level)
    if wanted.inherit_missing:
        details = take_missing(details, above.details, level)
    _demand_dependencies(session, details)
    name = _name(level, details, wanted.value)
    _demand_free(session, _key(place, name.value))
    row = _store(session, place, name, details, wanted, above)
    _audit(session, row, details)
    return queries.string(session, row.id)


def preview(session: Session, wanted: NewString) -> String:
    """What `create` would store, by doing it and taking it back; the caller's answer shows no id of it."""
    savepoint = session.begin_nested()
    row = create(session, wanted)
    session.expunge_all()
    savepoint.rollback()
    return row


def _demand_dependencies(session: Session, details: Details) -> None:
    values = {dimension_id: detail.value for dimension_id, detail in details.items()}
    held: dict[Key, Held | None] = {dimension_id: detail for dimension_id, detail in details.items()}
    mismatch = queries.dependencies(session, values).mismatch(held, changed=details)
    if mismatch is not None:
        raise refusal(mismatch, "/details")


def _name(level: RuleLevel, details: Details, given: str | None) -> Name:
    held = [details.get(part.dimension_id) for part in level.parts]
    values = [detail.value.effective if detail else None for detail in held]
    generated = level.render(values)
    parts = pack_parts(values)
    if isinstance(generated, str):
        if given is not None and given != generated:
            message = f"The details give the name {generated!r}."
            error = FieldError("/value", "value_mismatch", message)
            raise Invalid(message, code=error.code, errors=[error], generated=generated)
        return Name(generated, parts, is_generated=True)
    if given is not None and generated.code == "required_dimension_missing":
        return Name(given, parts, is_generated=False)
    raise refusal(generated, "/details")


def _key(place: Place, value: str) -> NameKey:
    return (place.rule.id, place.field.id, place.parent.id if place.parent else None, value)


def _demand_free(session: Session, key: NameKey) -> None:
    holder = holders(session, [key]).get(key)
    if holder is not None:
        raise refusal(duplicate_value(key[3], holder=holder), "/value")


def _store(session: Session, place: Place, name: Name, details: Details, wanted: NewString, above: Lineage) -> String:
    custom = {key: value for key, value in wanted.custom_fields.items() if value is not None}
    row = String(
        tenant_id=tenant_of(session),
        created_by=context_of(session).actor,
        parent_id=place.parent.id if place.parent else None,
        field_id=place.field.id,
        rule_id=place.rule.id,
        submission_id=place.submission.id if place.submission else None,
        value=name.value,
        parts=name.parts,
        custom_fields=custom,
        custom_field_sources=_sources(custom, above),
        is_auto_generated=name.is_generated,
    )
    if not name.is_generated:
        row.stale_reason, row.stale_since = StaleReason.INCOMPLETE, datetime.now(UTC)
    _insert(session, row, _key(place, name.value))
    session.add_all([_detail(row, dimension_id, detail) for dimension_id, detail in details.items()])
    session.flush()
    return row


def _sources(custom: Mapping[str, Any], above: Lineage) -> dict[str, int]:
    """A custom field that says what the nearest string above says comes from there."""
    found = {key: above.custom_fields[key] for key in custom if key in above.custom_fields}
    return {key: source for key, (value, source) in found.items() if value == custom[key]}


def _detail(row: String, dimension_id: int, detail: Held) -> Detail:
    return Detail(
        tenant_id=row.tenant_id,
        string_id=row.id,
        dimension_id=dimension_id,
        dimension_value_id=detail.value.value_id,
        dimension_value_freetext=detail.value.text,
        is_inherited=detail.is_inherited,
        source_string_id=detail.source_id,
    )


def _insert(session: Session, row: String, key: NameKey) -> None:
    """Has the name judged now instead of at the commit, so that the loser of a race is told who won."""
    try:
        with session.begin_nested():
            session.add(row)  # inside: what is pending before is written before the savepoint, and stays
            session.flush()
            session.execute(text("set constraints uq_strings_name immediate"))
    except IntegrityError as failure:
        if getattr(getattr(failure.orig, "diag", None), "constraint_name", None) != "uq_strings_name":
            raise
        _demand_free(session, key)
        raise
    session.execute(text("set constraints uq_strings_name deferred"))


def _audit(session: Session, row: String, details: Details) -> None:
    after = {
        "value": row.value,
        "parent": row.parent_id,
        "field": row.field_id,
        "rule": row.rule_id,
        "submission": row.submission_id,
        "details": {str(dimension_id): detail.value.effective for dimension_id, detail in details.items()},
        "custom_fields": row.custom_fields or None,
    }
    record(
        session,
        AuditEvent,
        action="string.created",
        entity_type="string",
        entity_id=row.id,
        event_type=EventType.CREATED,
        changes=diff({}, after),
    )
