"""Keeps the compiled form of every promotion up to date, and shows it."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import cast, column, func, select, true
from sqlalchemy.dialects.postgresql import BOOLEAN, INTEGER, JSONB, TEXT, UUID, insert
from sqlalchemy.orm import Session

from services.sync.domain.promotions.compiling import (
    COMPILE_FAILED,
    COMPILER_VERSION,
    RULES_INCOMPLETE,
    Compiled,
    compile_promotion,
)
from services.sync.domain.promotions.promotion import Promotion as Source
from services.sync.models import Promotion, PromotionCompilation
from services.sync.operations.promotions.objects import keep_objects
from services.sync.queries.compiling import compiled_objects, stale_promotions
from shared.errors import NotFound
from shared.tenancy import context_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CompileError:
    """What is wrong with one promotion, as answers list it."""

    promotion_id: str
    promotion_code: str
    code: str
    error: str
    correlation_id: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(slots=True)
class Objects:
    """Compiled promotions as they are sent, and what is wrong with some of them."""

    bodies: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)


def bring_up_to_date(session: Session, now: datetime) -> int:
    """Compiles what has moved on since it was compiled last; returns how many. Three statements at most."""
    found = stale_promotions(session)
    if not found:
        return 0
    results = [(version, source, _compiled(session, source, now)) for version, source in found]
    compiled = [result for _version, _source, result in results if isinstance(result, Compiled)]
    keep_objects(session, [(each.checksum, each.body.decode()) for each in compiled])
    _keep_results(session, results)
    return len(results)


def demand(session: Session, ids: Sequence[uuid.UUID]) -> None:
    """One statement. Raises NotFound unless all of them are there."""
    wanted = set(ids)
    found = select(func.count()).where(Promotion.id.in_(wanted), Promotion.deleted_at.is_(None))
    if session.scalar(found) != len(wanted):
        raise NotFound("There is no such promotion.")


def show(session: Session, ids: Sequence[uuid.UUID] | None, now: datetime) -> Objects:
    """The promotions of these ids in their order, each once per mention; all in query order without ids.

    Missing and foreign ids are left out; the caller counts.
    """
    bring_up_to_date(session, now)
    rows = compiled_objects(session, ids)
    if ids is not None:
        known = {row.id: row for row in rows}
        rows = [known[each] for each in ids if each in known]
    shown = Objects()
    for row in rows:
        if row.body is not None:
            shown.bodies.append(row.body)
        if row.error is not None:
            shown.errors.append(row.error)
    return shown


def _compiled(session: Session, source: Source, now: datetime) -> Compiled | CompileError:
    try:
        return compile_promotion(source, compiled_at=now)
    except (ValueError, TypeError, ArithmeticError, AttributeError, KeyError):
        # One promotion that nobody can make sense of must not keep the others from the stores.
        log.exception("compile_failed", promotion=str(source.id))
        text = "This promotion cannot be compiled; the correlation id finds the reason in the log."
        correlation_id = str(context_of(session).correlation_id)
        return CompileError(str(source.id), source.code, COMPILE_FAILED, text, correlation_id)


def _keep_results(session: Session, results: Sequence[tuple[int, Source, Compiled | CompileError]]) -> None:
    rows = [_result(version, source, result) for version, source, result in results]
    given = (
        func.jsonb_to_recordset(cast(rows, JSONB))
        .table_valued(
            column("promotion_id", UUID),
            column("version", INTEGER),
            column("is_exhausted", BOOLEAN),
            column("checksum", TEXT),
            column("error", JSONB),
        )
        .render_derived(name="result", with_types=True)
    )
    names = ["promotion_id", "version", "is_exhausted", "checksum", "error"]
    values = [given.c[name] for name in names]
    failed = cast(given.c.error.is_not(None), INTEGER)
    new = select(*values, cast(COMPILER_VERSION, TEXT), failed).select_from(given).where(true()).order_by(values[0])
    put = insert(PromotionCompilation).from_select([*names, "compiler_version", "failures"], new)
    named: dict[str, Any] = {name: put.excluded[name] for name in (*names[1:], "compiler_version")}
    kept = PromotionCompilation
    named["failures"] = kept.failures + put.excluded.failures
    session.execute(
        put.on_conflict_do_update(
            index_elements=["tenant_id", "promotion_id"], set_=named, where=kept.version <= put.excluded.version
        )
    )


def _result(version: int, source: Source, result: Compiled | CompileError) -> dict[str, Any]:
    error, checksum = (result, None) if isinstance(result, CompileError) else (None, result.checksum)
    if isinstance(result, Compiled) and result.error:
        error = CompileError(str(source.id), source.code, RULES_INCOMPLETE, result.error)
    return {
        "promotion_id": source.id,
        "version": version,
        "is_exhausted": source.is_exhausted,
        "checksum": checksum,
        "error": error and error.as_dict(),
    }
