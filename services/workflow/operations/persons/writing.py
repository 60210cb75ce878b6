"""What a person writes is stored under a key of that person."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.workflow.models.person_keys import PersonKey, new_key, seal, unwrapped, vault_of, wrapped
from shared.redaction import redact_text
from shared.tenancy import context_of, tenant_of

_PROGRAMS = ("service:", "store:")


def written(session: Session, said: str | None) -> str:
    """The text as it is stored: redacted, and sealed where a person says it. The same text said again in this unit of
    work is the same: a thousand items take one key and one encryption."""
    text = redact_text(said or "", free_text=True)
    person = context_of(session).actor
    if not text.strip() or person is None or person.startswith(_PROGRAMS):
        return text
    last: tuple[str, str, str] | None = session.info.get("person_text")
    if last is not None and last[:2] == (person, text):
        return last[2]
    number, key = _key_of(session, person)
    sealed = seal(text, key=key, number=number)
    session.info["person_text"] = (person, text, sealed)
    return sealed


def _key_of(session: Session, person: str) -> tuple[int, bytes]:
    known: dict[str, tuple[int, bytes]] = session.info.setdefault("person_key_of", {})
    if person not in known:
        known[person] = _stored(session, person) or _made(session, person)
    return known[person]


def _stored(session: Session, person: str) -> tuple[int, bytes] | None:
    row = session.scalar(
        select(PersonKey).where(
            PersonKey.tenant_id == tenant_of(session), PersonKey.subject == person, PersonKey.key.is_not(None)
        )
    )
    key = unwrapped(row, vault_of(session)) if row is not None else None
    return (row.id, key) if row is not None and key is not None else None


def _made(session: Session, person: str) -> tuple[int, bytes]:
    """Whoever comes second waits for the first and takes that key."""
    key = new_key()
    values = {
        "tenant_id": tenant_of(session),
        "subject": person,
        "key": wrapped(key, subject=person, vault=vault_of(session)),
        "created_by": person,
    }
    made = insert(PersonKey).values(values)
    number = session.scalar(
        made.on_conflict_do_nothing(
            index_elements=["tenant_id", "subject"], index_where=PersonKey.key.is_not(None)
        ).returning(PersonKey.id)
    )
    if number is not None:
        return number, key
    found = _stored(session, person)
    assert found is not None  # it stood in the way
    return found
