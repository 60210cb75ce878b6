"""Tokens of edge servers, for their store id and secret.

The secret names the company in its first bytes, so that nothing has to be looked for across companies.
"""

import base64
import binascii
import hmac
import secrets
import uuid
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.sync.models import EdgeServer, Store
from services.sync.operations.edges.keys import secret_of
from services.sync.operations.edges.refusals import EdgeLoginRefused
from shared.tenancy import tenant_of

PREFIX: Final = "whsec_"
_RANDOM_BYTES: Final = 32


def new_secret(tenant_id: uuid.UUID) -> str:
    """In the form of Standard Webhooks, whose messages it signs too."""
    return PREFIX + base64.b64encode(tenant_id.bytes + secrets.token_bytes(_RANDOM_BYTES)).decode()


def company_of(secret: str) -> uuid.UUID:
    """The company that a secret was made for. Raises EdgeLoginRefused for what is no secret of ours."""
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        if len(raw) != 16 + _RANDOM_BYTES:
            raise ValueError
        return uuid.UUID(bytes=raw[:16])
    except (ValueError, binascii.Error) as failure:
        raise EdgeLoginRefused from failure


def check_login(session: Session, store_id: uuid.UUID, secret: str) -> EdgeServer:
    """The active server of an active store. Raises EdgeLoginRefused."""
    found = session.scalar(
        select(EdgeServer)
        .join(Store, (Store.tenant_id == EdgeServer.tenant_id) & (Store.id == EdgeServer.store_id))
        .where(EdgeServer.tenant_id == tenant_of(session), EdgeServer.store_id == store_id)
        .where(EdgeServer.active, EdgeServer.deleted_at.is_(None), Store.is_active, Store.deleted_at.is_(None))
    )
    if found is None or not hmac.compare_digest(secret_of(session, found).encode(), secret.encode()):
        raise EdgeLoginRefused
    return found
