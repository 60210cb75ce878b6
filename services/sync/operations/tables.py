"""Declared tables made and changed, by the role that owns them: all of a set or nothing. Runs and requests never do."""

from collections.abc import Iterator, Sequence

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from services.sync.domain.declarations import Declaration, differences, read_declaration
from services.sync.domain.findings import Finding
from services.sync.errors import ConfigurationInvalid
from services.sync.loaders.targets import DECLARED, TARGETS
from services.sync.models.declared import SCHEMA, model_for
from services.sync.operations.pipelines.reading import Document
from shared.migrations import Roles, security_statements

MOST_OF_A_KEY = 400
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # a class without types


def read_tables(documents: Sequence[Document], present: Sequence[Declaration]) -> list[Declaration]:
    """What the files declare. Raises ConfigurationInvalid with everything that is wrong."""
    before = {one.name: one for one in present}
    found: list[Declaration] = []
    for document in documents:
        wanted, findings = (None, []) if document.values is None else read_declaration(document.values)
        if wanted is not None:
            findings = differences(before[wanted.name], wanted) if wanted.name in before else []
            found.append(wanted)
        for finding in findings:
            document.add(finding)
        if wanted is not None and wanted.name in TARGETS.shipped:
            document.add(_taken(wanted.name))
    findings_of_all = [located.as_dict() for document in documents for located in document.findings]
    if findings_of_all:
        raise ConfigurationInvalid(findings_of_all)
    return found


def declared(session: Session) -> list[Declaration]:
    read = [read_declaration(orjson.loads(said))[0] for said in session.scalars(DECLARED)]
    return [one for one in read if one is not None]


def apply(session: Session, wanted: Sequence[Declaration]) -> list[str]:
    """Brings the tables to what is declared; the names of those that changed. In the transaction of the owner."""
    present = {one.name: one for one in declared(session)}
    changed = [one for one in wanted if present.get(one.name) != one]
    for one in changed:
        known = present.get(one.name)
        for statement in _made(one) if known is None else _altered(known, one):
            session.connection().exec_driver_sql(statement)
        comment = orjson.dumps(one.as_dict()).decode().replace("'", "''")
        session.connection().exec_driver_sql(f"comment on table {SCHEMA}.{one.name} is '{comment}'")
    return [one.name for one in changed]


def _made(wanted: Declaration) -> Iterator[str]:
    table: Table = model_for(wanted).__table__  # type: ignore[attr-defined]
    yield str(CreateTable(table).compile(dialect=DIALECT))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield str(CreateIndex(index).compile(dialect=DIALECT))
    lengths = " + ".join(f'octet_length("{name}"::text)' for name in wanted.key)
    checks = {"key_length": f"{lengths} <= {MOST_OF_A_KEY}"}
    if wanted.versions:
        checks |= {"current": "is_current = (valid_to is null)", "order_of_times": "valid_to >= valid_from"}
    for name, check in checks.items():
        yield f"alter table {table.fullname} add constraint ck_{wanted.name}_{name} check ({check})"
    pipeline = f"ix_{wanted.name}_pipeline on {table.fullname} (tenant_id, source_pipeline)"
    yield f"create index {pipeline} where deleted_at is null"
    yield (
        f"create trigger note_edit before insert or update on {table.fullname} for each row"
        " when (coalesce(current_setting('app.loading', true), '') = '') execute function public.note_edit()"
    )
    privileges = "select, insert, update, delete"
    yield from security_statements(table.fullname, roles=Roles.of("sync"), app=privileges)


def _altered(present: Declaration, wanted: Declaration) -> Iterator[str]:
    table: Table = model_for(wanted).__table__  # type: ignore[attr-defined]
    for name, column in wanted.columns.items():
        if name not in present.columns:
            said = str(CreateColumn(table.columns[name]).compile(dialect=DIALECT))
            yield f"alter table {table.fullname} add column {said}"
        elif column.null and not present.columns[name].null:
            yield f'alter table {table.fullname} alter column "{name}" drop not null'


def _taken(name: str) -> Finding:
    return Finding("/name", "name_taken", f"The catalogue has a table {name} of its own.")
