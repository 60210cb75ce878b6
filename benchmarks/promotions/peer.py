"""The same answers, written as views mostly are: a loop over objects. And the least that they can cost."""

import uuid
from datetime import UTC, datetime
from typing import Any

import flask
import orjson
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.sync.domain.promotions.compiling import compile_promotion
from services.sync.domain.promotions.promotion import Promotion as Source
from services.sync.models import Promotion
from services.sync.queries.promotion_parts import parts_of
from services.sync.queries.selection import for_brand, for_store

_NAMES = ("id", "code", "name", "promo_type", "start_date", "end_date", "discount_percent", "all_stores")


def loop(session: Session, tenant_id: uuid.UUID, *, brand: str, store: str) -> bytes:
    """One select for the promotions of a store, then those of each one's parts, compiled anew."""
    rows = session.scalars(select(Promotion).where(for_brand(brand), for_store(store))).all()
    return orjson.dumps([_compiled(session, row, tenant_id) for row in rows])


def _compiled(session: Session, row: Promotion, tenant_id: uuid.UUID) -> dict[str, Any]:
    parts: dict[str, Any] = {name: tuple(value) for name, value in parts_of(session, [row.id])[row.id].items() if value}
    own: dict[str, Any] = {name: getattr(row, name) for name in _NAMES} | {"company_id": tenant_id}
    return compile_promotion(Source(**own, **parts), compiled_at=datetime.now(UTC)).content


def hello() -> FlaskClient:
    """An application that says one word: what any answer costs."""
    app = flask.Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "hello")
    return app.test_client()
