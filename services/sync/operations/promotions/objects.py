"""Things as they are sent, kept once for each content."""

from collections.abc import Sequence

from sqlalchemy import bindparam, column, func, select
from sqlalchemy.dialects.postgresql import JSON, TEXT, insert
from sqlalchemy.orm import Session

from services.sync.models import EdgeObject


def keep_objects(session: Session, objects: Sequence[tuple[str, str]]) -> None:
    """Stores (checksum, body) where the content is new."""
    if not objects:
        return
    # As JSON, which the client writes many times faster than arrays of texts that are full of quotes.
    given = [{"checksum": checksum, "body": body} for checksum, body in sorted(set(objects))]
    rows = (
        func.json_to_recordset(bindparam("objects", given, JSON))
        .table_valued(column("checksum", TEXT), column("body", TEXT))
        .render_derived(name="object", with_types=True)
    )
    new = select(rows.c.checksum, rows.c.body).select_from(rows)
    session.execute(insert(EdgeObject).from_select(["checksum", "body"], new).on_conflict_do_nothing())
