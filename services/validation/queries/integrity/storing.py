"""Stores rows that a run has made, however many, with one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.validation.domain.rules.expressions.sql import column
from services.validation.models import Base


def store(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of one table in their order, all with the same columns.

    A list of parameters would be sent as a statement for each row.
    """
    if not rows:
        return
    names = ", ".join(map(column, rows[0]))
    table = model.__tablename__
    sql = (
        f"INSERT INTO {table} ({names}) SELECT {names}"
        f" FROM jsonb_populate_recordset(CAST(NULL AS {table}), :rows) WITH ORDINALITY ORDER BY ordinality"
    )
    session.execute(text(sql).bindparams(bindparam("rows", type_=JSONB)), {"rows": list(rows)})
