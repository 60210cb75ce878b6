"""Things as they are sent, kept once for each content."""

from collections.abc import Sequence

from sqlalchemy import column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, insert
from sqlalchemy.orm import Session

from services.sync.models import EdgeObject


def keep_objects(session: Session, objects: Sequence[tuple[str, str]]) -> None:
    """Stores (checksum, body) where the content is new."""
    if not objects:
        return
    checksums, bodies = zip(*sorted(set(objects)), strict=True)
    rows = (
        func.unnest(literal(list(checksums), ARRAY(TEXT)), literal(list(bodies), ARRAY(TEXT)))
        .table_valued(column("checksum", TEXT), column("body", TEXT))
        .render_derived(name="object")
    )
    new = select(rows.c.checksum, rows.c.body).select_from(rows)
    session.execute(insert(EdgeObject).from_select(["checksum", "body"], new).on_conflict_do_nothing())
