"""A key for each person who writes texts, the texts under it, and erasures: to destroy a key is to erase its texts."""

import base64
import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import CheckConstraint, Index, LargeBinary, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.workflow.models.rows import Base, Kept
from shared.auditing.classification import SECRET
from shared.db import Name
from shared.rows import Row, at_most, one_of
from shared.tenancy import tenant_of
from shared.vault import Vault

ERASED: Final = "[ERASED]"
_NONCE_BYTES: Final = 12
# Letters alone: what looks for numbers and addresses in texts finds none in these.
_LETTERS: Final = bytes.maketrans(b"0123456789ABCDEF", b"ABCDEFGHIJKLMNOP")
_DIGITS: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOP", b"0123456789ABCDEF")
_SEALED: Final = re.compile(r"⟦([A-P]+)·([A-P]+)⟧")

Read = Callable[[str | None], str | None]


def sealed_length(limit: int) -> int:
    """Of a text of so many characters at most: four bytes each, two letters a byte; number, nonce and tag."""
    return limit * 8 + 100


class PersonKey(Row, Base):
    """`key` is itself sealed with the service's key; it is gone once the person is erased. Who writes again after that
    gets another one."""

    __tablename__ = "person_keys"
    __table_args__ = (
        Index("uq_person_keys_subject", "tenant_id", "subject", unique=True, postgresql_where=text("key is not null")),
        CheckConstraint("(key is null) = (erased_at is not null)", name="erased"),
    )

    subject: Mapped[str] = mapped_column(Name)
    key: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    erased_at: Mapped[datetime | None]


class Erasure(Kept, Base):
    """Wanted by one person and carried out by another."""

    __tablename__ = "erasures"
    __table_args__ = (
        one_of("state", "PENDING", "DONE", "WITHDRAWN"),
        at_most("reason", 1000),
        Index("uq_erasures_subject", "tenant_id", "subject", unique=True, postgresql_where=text("state = 'PENDING'")),
    )

    subject: Mapped[str] = mapped_column(Name)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'PENDING'"))
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    keys_destroyed: Mapped[int] = mapped_column(server_default=text("0"))


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=256)


def wrapped(key: bytes, *, subject: str, vault: Vault) -> bytes:
    return vault.seal(base64.b64encode(key).decode(), about=f"person:{subject}")


def unwrapped(row: PersonKey, vault: Vault) -> bytes | None:
    """Raises Unreadable."""
    return None if row.key is None else base64.b64decode(vault.open(row.key, about=f"person:{row.subject}"))


def seal(said: str, *, key: bytes, number: int) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    told = nonce + AESGCM(key).encrypt(nonce, said.encode(), str(number).encode())
    return f"⟦{_as_letters(str(number).encode())}·{_as_letters(told)}⟧"


def reader(session: Session, texts: Iterable[str | None]) -> Read:
    """Opens these texts, and whatever is under the same keys; one statement for all keys that are new to the session.
    A text that is not sealed is itself."""
    wanted = {_bytes(found[1]) for said in texts if said and (found := _SEALED.fullmatch(said))}
    keys: dict[int, bytes | None] = session.info.setdefault("person_keys", {})
    missing = {int(number) for number in wanted} - keys.keys()
    if missing:
        vault = vault_of(session)
        rows = select(PersonKey).where(PersonKey.tenant_id == tenant_of(session), PersonKey.id.in_(missing))
        keys |= {row.id: unwrapped(row, vault) for row in session.scalars(rows)}
    return partial(_open, keys)


def vault_of(session: Session) -> Vault:
    return Vault(session.info["settings"].signing_key)


def _open(keys: Mapping[int, bytes | None], said: str | None) -> str | None:
    found = _SEALED.fullmatch(said) if said else None
    if found is None:
        return said
    number, told = int(_bytes(found[1])), _bytes(found[2])
    key = keys.get(number)
    if key is None:
        return ERASED
    opened = AESGCM(key).decrypt(told[:_NONCE_BYTES], told[_NONCE_BYTES:], str(number).encode())
    return opened.decode()


def _as_letters(value: bytes) -> str:
    return value.hex().upper().encode().translate(_LETTERS).decode()


def _bytes(letters: str) -> bytes:
    return bytes.fromhex(letters.encode().translate(_DIGITS).decode())
