"""The key pairs that answers to edges are signed with: made at first use, rotated, two published meanwhile."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.sync.domain.promotions.signing import Signature, hmac_sha256, text_to_sign
from services.sync.models import AuditEvent, EdgeServer, EdgeSigningKey
from services.sync.operations.entry import settings_of
from shared.auditing.writing import record
from shared.locking import named_lock
from shared.tenancy import tenant_of
from shared.vault import Vault

# An edge that calls once a day at least has seen the new key by then.
BOTH_VALID: Final = timedelta(days=7)


def sign(session: Session, subject: object, body: bytes, server: EdgeServer | None) -> Signature:
    """By the edge server's own secret where it is set up so, else by the company's newest key."""
    text = text_to_sign(str(subject), body)
    if server is not None and server.signature == "hmac-sha256":
        return Signature(f"edge-{server.id}", "hmac-sha256", hmac_sha256(secret_of(session, server), text))
    key = _newest(session) or make_key(session)
    private = Ed25519PrivateKey.from_private_bytes(
        base64.b64decode(_vault(session).open(key.private_key, about=_about(key)))
    )
    return Signature(key.key_id, "ed25519", private.sign(text))


def published(session: Session) -> Sequence[EdgeSigningKey]:
    """Keys that a signature may have been made with, the newest first."""
    valid = or_(EdgeSigningKey.expires_at.is_(None), EdgeSigningKey.expires_at > datetime.now(UTC))
    return list(session.scalars(select(EdgeSigningKey).where(valid).order_by(EdgeSigningKey.created_at.desc())))


def make_key(session: Session) -> EdgeSigningKey:
    """The first key of a company. Two that need it at once get the same."""
    named_lock(session, "edge-key", tenant_of(session))
    found = _newest(session)
    return found or _add(session)


def rotate(session: Session) -> EdgeSigningKey:
    """A new key signs from now on; the one before is published for a week more."""
    named_lock(session, "edge-key", tenant_of(session))
    until = datetime.now(UTC) + BOTH_VALID
    session.execute(update(EdgeSigningKey).where(EdgeSigningKey.expires_at.is_(None)).values(expires_at=until))
    key = _add(session)
    record(session, AuditEvent, action="edge_key.rotated", entity_type="edge_key", entity_id=key.key_id)
    return key


def secret_of(session: Session, server: EdgeServer) -> str:
    return _vault(session).open(server.secret, about=f"edge:{server.tenant_id}")


def seal_secret(session: Session, secret: str) -> bytes:
    return _vault(session).seal(secret, about=f"edge:{tenant_of(session)}")


def _newest(session: Session) -> EdgeSigningKey | None:
    return session.scalar(
        select(EdgeSigningKey)
        .where(EdgeSigningKey.tenant_id == tenant_of(session), EdgeSigningKey.expires_at.is_(None))
        .order_by(EdgeSigningKey.created_at.desc())
        .limit(1)
    )


def _add(session: Session) -> EdgeSigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key = EdgeSigningKey(
        tenant_id=tenant_of(session),
        key_id=hashlib.sha256(public).hexdigest()[:16],
        public_key=base64.b64encode(public).decode(),
    )
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    key.private_key = _vault(session).seal(base64.b64encode(raw).decode(), about=_about(key))
    session.add(key)
    session.flush()
    session.refresh(key)
    return key


def _vault(session: Session) -> Vault:
    return Vault(settings_of(session).signing_key)


def _about(key: EdgeSigningKey) -> str:
    return f"edge-key:{key.tenant_id}:{key.key_id}"
