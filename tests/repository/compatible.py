"""Which statements of a migration the code that ran before it cannot live with.

While a service is being replaced, old and new code work on one schema, and after a rollback the old one alone. So a
migration expands, which needs no word; what takes something away comes in a later release and says so
(`PHASE = "contract"`).
"""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations

_FLAGS = re.IGNORECASE | re.DOTALL
_TABLE = re.compile(r'alter table (?:only )?(?:if exists )?"?(\w+)"? (.*)', _FLAGS)
_UNIQUE = re.compile(r'create unique index (?:concurrently )?.*? on (?:only )?"?(\w+)"?', _FLAGS)
# What becomes of a table that was there before.
_TAKEN = {
    "drops a column": re.compile(
        r"drop column|drop (?!constraint|column|default|not null|expression|identity)\w+$", _FLAGS
    ),
    "renames": re.compile(r"rename\b", _FLAGS),
    "changes a type": re.compile(r"alter column \S+ (?:set data )?type\b", _FLAGS),
    "demands a value": re.compile(r"alter column \S+ set not null", _FLAGS),
    "takes a default away": re.compile(r"alter column \S+ drop default", _FLAGS),
}
_DROPPED = re.compile(r"drop (table|view|function|type|sequence|schema)\b", re.IGNORECASE)


def statements(upgrade: Any) -> list[str]:
    """The SQL of a migration's `upgrade`, without a database."""
    out = StringIO()
    options = {"as_sql": True, "output_buffer": out, "transactional_ddl": False}
    with Operations.context(MigrationContext.configure(dialect_name="postgresql", opts=options)):
        upgrade()
    bodies = re.sub(r"\$(\w*)\$.*?\$\1\$", "'body'", out.getvalue(), flags=_FLAGS)
    return [" ".join(statement.split()) for statement in bodies.split(";") if statement.strip()]


def taken(sql: list[str]) -> list[str]:
    """One line for each statement that takes something away from a table that was there before."""
    # A rule that takes another's place is as a rule the wider one; which it is, people have to see.
    replaced = set(re.findall(r'drop constraint "?(\w+)', "\n".join(sql), re.IGNORECASE))
    made = set(re.findall(r'create table (?:if not exists )?"?(\w+)', "\n".join(sql), re.IGNORECASE))
    added = {name for statement in sql for name in re.findall(r'add column "?(\w+)', statement, re.IGNORECASE)}
    return [f"{what}: {statement}" for statement in sql for what in _found(statement, made, added | replaced)]


def _found(statement: str, made: set[str], added: set[str]) -> Iterator[str]:
    if dropped := _DROPPED.match(statement):
        yield f"drops a {dropped[1].lower()}"
    if (index := _UNIQUE.match(statement)) and index[1] not in made and not _about(added, statement):
        yield "tightens"
    table = _TABLE.match(statement)
    if table is None or table[1] in made:
        return
    action = table[2]
    yield from (what for what, pattern in _TAKEN.items() if pattern.match(action))
    if (
        re.match(r"add column", action, _FLAGS)
        and re.search("not null", action, _FLAGS)
        and " default " not in action.lower()
    ):
        yield "demands a value that the code before does not give"
    # A rule on what the migration itself adds binds nobody who does not know of it.
    if re.match("add constraint", action, _FLAGS) and not _about(added, action):
        yield "tightens"


def _about(names: set[str], text: str) -> bool:
    return any(re.search(rf"\b{name}\b", text) for name in names)
