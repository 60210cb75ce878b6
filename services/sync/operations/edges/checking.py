"""Who calls, for which company, store and brand: refusals in the order that edges rely on."""

import uuid

from sqlalchemy.orm import Session

from services.sync.operations.edges.refusals import (
    BrandUnknown,
    CompanyForbidden,
    CompanyInactive,
    CompanyUnknown,
    StoreForbidden,
    StoreInactive,
    StoreUnknown,
)
from services.sync.queries.companies import company_exists
from services.sync.queries.edges.standing import Standing, standing_of
from shared.tenancy import Context, context_of, tenant_of

_SUBJECT = "store:"


def judge_company(session: Session, company_id: uuid.UUID | None) -> None:
    """Raises CompanyForbidden for somebody else's company, CompanyUnknown for none."""
    if company_id is None or company_id == tenant_of(session):
        return
    raise CompanyForbidden if company_exists(session, company_id) else CompanyUnknown


def standing_for(
    session: Session,
    *,
    company_id: uuid.UUID | None,
    store_id: uuid.UUID | None,
    brand_id: uuid.UUID | None,
    listed: str | None = None,
) -> Standing:
    """Where the caller stands. Raises what 9.1 of the protocol names, in this order: company, store, brand."""
    judge_company(session, company_id)
    standing = standing_of(session, store_id=store_id, brand_id=brand_id, listed=listed)
    _check_company(standing)
    if store_id is not None:
        _check_store(standing, store_id, context_of(session))
    if brand_id is not None and standing.brand is None:
        raise BrandUnknown
    return standing


def bound_store(context: Context) -> str | None:
    """The store that a token is bound to: named by a claim, or the very subject of an edge's own token."""
    claimed = context.claims.get("store")
    if claimed is not None:
        return str(claimed).lower()
    actor = context.actor or ""
    return actor.removeprefix(_SUBJECT).lower() if actor.startswith(_SUBJECT) else None


def _check_company(standing: Standing) -> None:
    if standing.company.code is None:
        raise CompanyUnknown
    if not standing.company.is_active:
        raise CompanyInactive


def _check_store(standing: Standing, store_id: uuid.UUID, context: Context) -> None:
    bound = bound_store(context)
    if bound is not None and bound != str(store_id):
        raise StoreForbidden
    if standing.store is None:
        raise StoreUnknown
    if not standing.store.is_active or standing.store_brand is None or not standing.store_brand.is_active:
        raise StoreInactive
