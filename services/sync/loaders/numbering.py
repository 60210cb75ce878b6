"""Names that must not repeat: later arrivals get _2, _3, … and every key keeps the name that it once got."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.sync.domain.transform.profiles.profile import Numbered
from services.sync.domain.transform.profiles.storage import numbered_names
from services.sync.loaders.staging import AHEAD, Stage, driver


def with_numbers(
    session: Session, stage: Stage, numbered: Numbered, columns: Sequence[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """The columns that are about to be staged, with the names they are stored with; one statement for all of them."""
    if not {numbered.column, numbered.key} <= set(stage.copied):
        return columns
    name_at, key_at = (AHEAD + stage.copied.index(name) for name in (numbered.column, numbered.key))
    wanted = list(zip(map(str, columns[key_at]), columns[name_at], strict=True))
    known, taken = _stored(session, stage, numbered, wanted)
    return [*columns[:name_at], numbered_names(wanted, known, taken), *columns[name_at + 1 :]]


def _stored(
    session: Session, stage: Stage, numbered: Numbered, wanted: Sequence[tuple[str, Any]]
) -> tuple[dict[str, str], set[str]]:
    """Names by key, of the table and then of the stage, and all names that one of those that came begins."""
    column, key = f'"{numbered.column}"', f'"{numbered.key}"'
    statement = " union all ".join(
        f"select {number} as place, {key}::text, {column} from {table} where {key} = any(%(keys)s)"
        f" or {column} = any(%(names)s) or regexp_replace({column}, '_[0-9]+$', '') = any(%(names)s)"
        for number, table in enumerate((stage.target.table_name, stage.name))
    )
    given = {"keys": [key for key, _ in wanted], "names": [name for _, name in wanted if name]}
    found = driver(session).execute(f"{statement} order by place".encode(), given).fetchall()
    return {key: name for _, key, name in found if name}, {name for _, _, name in found if name}
