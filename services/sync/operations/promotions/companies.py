"""A whole company compiled: what each of its active stores would be sent, written store by store.

Few stores are answered at once. Many are looked at by a job, which notes only which state each store is in; the file is
written from those while it is sent, so that nobody ever holds more than some stores of it.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.sync.domain.promotions.canonical import instant
from services.sync.domain.promotions.summaries import Summary
from services.sync.errors import NotCompiled
from services.sync.models import CompiledStore, EdgeVersion, Job
from services.sync.operations.entry import own_tenant
from services.sync.operations.promotions.deliveries import active_stores, deliveries, manifests_for
from shared.errors import NotFound
from shared.jobs import operations
from shared.tenancy import tenant_of

KIND: Final = "sync.compile_company"
# So many stores are one answer, one step of a job, and what is in memory while a file is sent.
AT_ONCE: Final = 50


def submit(session: Session, stores: int) -> Job:
    return operations.submit(session, Job, kind=KIND, queue="sync_heavy", total=stores)


def compile_stores(session: Session, stores: Sequence[Any], now: datetime) -> list[CompiledStore]:
    """Which state each store is in, a constant number of statements; the rows are not stored."""
    state = session.get(EdgeVersion, tenant_of(session))
    made = manifests_for(session, stores, state.version if state else 0, now)
    return [
        CompiledStore(
            store_id=store.id,
            store_code=store.store_code,
            store_name=store.store_name,
            brand_id=brand.id,
            brand_name=brand.name,
            manifest=each.digest,
        )
        for (store, brand), each in zip(stores, made, strict=True)
    ]


def compile_next(session: Session, job: Any) -> int:
    """The next stores of a job, behind those that are stored; returns how many, 0 after the last.

    All are looked at for the moment at which the job was asked for.
    """
    stores = active_stores(session, after=_last(session, job.id), limit=AT_ONCE)
    found = compile_stores(session, stores, job.created_at)
    for each in found:
        each.tenant_id, each.job_id = tenant_of(session), job.id
    session.add_all(found)
    return len(found)


def finished(session: Session, job_id: uuid.UUID) -> Job:
    """The job whose file can be read. Raises NotFound, NotCompiled."""
    job = operations.find(session, Job, job_id)
    if job.kind != KIND:
        raise NotFound("There is no such job.")
    if job.status != "completed":
        raise NotCompiled(job.status)
    return job


def compiled_stores(session: Session, job_id: uuid.UUID) -> Iterator[Sequence[CompiledStore]]:
    """Rows of a job, some at a time."""
    row, after = CompiledStore, ("", uuid.UUID(int=0))
    while True:
        behind = tuple_(row.store_code, row.store_id) > after
        of_job = select(row).where(row.tenant_id == tenant_of(session), row.job_id == job_id, behind)
        found = list(session.scalars(of_job.order_by(row.store_code, row.store_id).limit(AT_ONCE)))
        if not found:
            return
        yield found
        after = found[-1].store_code, found[-1].store_id
        session.expunge_all()


def as_json(session: Session, parts: Iterable[Sequence[CompiledStore]], now: datetime) -> Iterator[bytes]:
    """The document in pieces, a store each; three statements for each part."""
    company = own_tenant(session)
    head = {"company_id": company.tenant_id, "company_name": company.name, "compiled_at": instant(now)}
    yield orjson.dumps(head)[:-1] + b',"stores":{'
    summary, errors, comma = Summary(), dict[str, Any](), b""
    for part in parts:
        for row, delivery in zip(part, deliveries(session, [each.manifest for each in part]), strict=True):
            summary.add(row.brand_name, delivery.ids)
            errors |= {error["promotion_id"]: error for error in delivery.errors}
            yield comma + orjson.dumps(str(row.store_id)) + b":" + orjson.dumps(_store(row, delivery.bodies))
            comma = b","
    yield b"}," + orjson.dumps({"summary": summary.as_dict(), "errors": list(errors.values())})[1:]


def _store(row: CompiledStore, bodies: Sequence[str]) -> dict[str, Any]:
    names = ("store_id", "store_code", "store_name", "brand_id", "brand_name")
    promotions = [orjson.Fragment(body) for body in bodies]
    return {name: getattr(row, name) for name in names} | {"promotions": promotions, "count": len(bodies)}


def _last(session: Session, job_id: uuid.UUID) -> tuple[str, uuid.UUID] | None:
    row = CompiledStore
    last = select(row.store_code, row.store_id).where(row.tenant_id == tenant_of(session), row.job_id == job_id)
    found = session.execute(last.order_by(row.store_code.desc(), row.store_id.desc()).limit(1)).one_or_none()
    return None if found is None else (found.store_code, found.store_id)
