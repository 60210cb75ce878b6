"""Forgets what no store needs any more: manifests and things unused for a month, old calls, expired keys."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from services.sync.models import (
    CompiledStore,
    EdgeManifest,
    EdgeObject,
    EdgeSigningKey,
    EdgeState,
    PromotionCompilation,
    SyncLogEntry,
)
from shared.tenancy import tenant_of

KEPT: Final = timedelta(days=30)


def forget(session: Session, now: datetime) -> None:
    """Four statements. What a state, a compilation or a kept manifest names stays."""
    tenant_id, before = tenant_of(session), now - KEPT
    unused = [
        ~exists().where(named.tenant_id == EdgeManifest.tenant_id, named.manifest == EdgeManifest.digest)
        for named in (EdgeState, CompiledStore)
    ]
    manifests = delete(EdgeManifest).where(EdgeManifest.tenant_id == tenant_id, EdgeManifest.used_at < before, *unused)
    named = select(func.unnest(EdgeManifest.checksums)).where(EdgeManifest.tenant_id == tenant_id)
    compiled = select(PromotionCompilation.checksum).where(
        PromotionCompilation.tenant_id == tenant_id, PromotionCompilation.checksum.is_not(None)
    )
    objects = delete(EdgeObject).where(
        EdgeObject.tenant_id == tenant_id,
        EdgeObject.created_at < before,
        EdgeObject.checksum.not_in(named),
        EdgeObject.checksum.not_in(compiled),
    )
    calls = delete(SyncLogEntry).where(SyncLogEntry.tenant_id == tenant_id, SyncLogEntry.called_at < before)
    keys = delete(EdgeSigningKey).where(EdgeSigningKey.tenant_id == tenant_id, EdgeSigningKey.expires_at < now)
    for statement in (manifests, objects, calls, keys):
        session.execute(statement, execution_options={"synchronize_session": False})
