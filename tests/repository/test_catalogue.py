"""What the database itself says about tenants and roles; the second wall has to stand without the code."""

from collections.abc import Sequence
from typing import Any

import psycopg.errors
import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import DeclarativeBase

from concord.catalogue import installed_names
from services.propagation.models import Base as PropagationBase
from services.sync.models import Base as SyncBase
from services.validation.models import Base as ValidationBase
from services.workflow.models import Base as WorkflowBase
from shared.auditing import unclassified_columns
from shared.migrations import Roles
from tests.fixtures.databases import TestDatabase

BASES: dict[str, type[DeclarativeBase]] = {
    "propagation": PropagationBase,
    "validation": ValidationBase,
    "workflow": WorkflowBase,
    "sync": SyncBase,
}
# Tables that belong to no tenant, and why.
WITHOUT_TENANT = {"alembic_version": "tells the revision of the schema; read only"}
# Keys of tables with a tenant that do not contain it, and why.
KEYS_WITHOUT_TENANT: dict[str, str] = {}
# Of the mechanisms: only the columns that say how far a run, a schedule or a log is.
RELAYED = {
    "audit_events",
    "audit_seals",
    "idempotency_keys",
    "job_events",
    "schedules",
    "tenants",
    "outbox",
    "revoked_sessions",
}
RELAYED_OF = {
    "propagation": RELAYED | {"propagation_jobs"},
    "validation": RELAYED | {"validation_jobs", "audit_spool", "webhooks", "webhook_deliveries"},
    # Records show their audit row, whose id changes when the relay moves it out of the spool.
    "workflow": RELAYED
    | {"workflow_jobs", "audit_spool", "webhooks", "webhook_deliveries"}
    | {"transition_records", "bulk_records", "denial_records"},
    "sync": RELAYED | {"sync_jobs", "audit_spool", "webhooks", "webhook_deliveries", "edge_servers"},
}
# Functions that run with the rights of another role, and why.
RUN_AS_OWNER = {"ensure_audit_partitions": "makes the partitions of the next months, which takes the owner"}
RUN_AS_OWNER_OF = {
    "propagation": RUN_AS_OWNER
    | {
        "refresh_statistics": "analyses the tables of the tree after a load, which takes the owner",
        "propagation_gauges": "counts errors and stale strings of all tenants for the relay's metrics",
    },
    "validation": RUN_AS_OWNER
    | {
        "xp_transfers_project": "takes new entries of the ledger into the balances, which nobody else may write",
        "rebuild_projections": "makes balances from entries again, of the session's tenant",
        "restore_projections": "gives balances back that a fix had made anew, from the images of that fix",
    },
    "workflow": RUN_AS_OWNER
    | {
        "search_matches": "reaches an index below row security, and asks for the tenant itself",
        "search_words_near": "the same for the words of a tenant",
    },
    "sync": RUN_AS_OWNER
    | {
        "sync_figures": "counts runs, rows and open entries of all tenants for the relay's metrics",
        "sync_request_figures": "counts how sources answered, over all tenants, for the relay's metrics",
        "sync_edge_figures": "counts silent stores and failed compilations of all tenants for the relay's metrics",
        "company_exists": "tells of an id only whether it is a company's, so that a caller learns what is wrong",
    },
}
WRITTEN_ONCE = {"audit_events": {"SELECT", "INSERT"}, "audit_seals": {"SELECT"}}
WRITTEN_ONCE_OF = {
    "propagation": WRITTEN_ONCE | {"string_versions": {"SELECT", "INSERT"}},
    "validation": WRITTEN_ONCE
    | {name: {"SELECT", "INSERT"} for name in ("status_changes", "xp_transfers", "rule_set_versions", "audit_spool")},
    "workflow": WRITTEN_ONCE
    | {f"{kind}_records": {"SELECT", "INSERT"} for kind in ("transition", "bulk", "denial")}
    | {"steps": {"SELECT", "INSERT"}, "audit_spool": {"SELECT", "INSERT"}},
    "sync": WRITTEN_ONCE | {"audit_spool": {"SELECT", "INSERT"}},
}


@pytest.fixture(params=installed_names())
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def base(service: str) -> type[DeclarativeBase]:
    return BASES[service]


@pytest.fixture
def roles(service: str) -> Roles:
    return Roles.of(service)


@pytest.fixture
def database(service: str, request: pytest.FixtureRequest) -> TestDatabase:
    found: TestDatabase = request.getfixturevalue(f"{service}_database")
    return found


def tables(connection: Connection) -> set[str]:
    """All of them, partitions too."""
    return set(inspect(connection).get_table_names())


def tenant_tables(connection: Connection) -> set[str]:
    return tables(connection) - WITHOUT_TENANT.keys()


def rows(connection: Connection, statement: str, **values: Any) -> Sequence[Any]:
    return connection.execute(text(statement), values).all()


def test_every_table_has_a_tenant(catalogue: Connection, base: type[DeclarativeBase]) -> None:
    found = rows(
        catalogue,
        "select table_name from information_schema.columns where table_schema = 'public'"
        " and column_name = 'tenant_id' and is_nullable = 'NO' and data_type = 'uuid'",
    )
    assert {name for (name,) in found} == tenant_tables(catalogue)
    assert tables(catalogue) >= WITHOUT_TENANT.keys() | set(base.metadata.tables)


def test_row_security_is_on_and_forced_everywhere(catalogue: Connection) -> None:
    found = rows(
        catalogue,
        "select relname, relrowsecurity, relforcerowsecurity from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    )
    secured = {name for name, enabled, forced in found if enabled and forced}
    assert secured == tenant_tables(catalogue)


def test_every_policy_of_the_application_asks_for_the_tenant(catalogue: Connection, service: str, roles: Roles) -> None:
    found = rows(
        catalogue, "select tablename, roles, qual, with_check from pg_policies where permissive = 'PERMISSIVE'"
    )
    of_app = {table: (qual, check) for table, to, qual, check in found if roles.app in to}
    # A partition has no policy of its own: whoever is not its owner reaches it through its parent only.
    assert of_app.keys() == {name for name in tenant_tables(catalogue) if "_p2" not in name}
    for qual, check in of_app.values():
        assert qual == check
        assert qual.startswith("(tenant_id = ")
        assert "current_setting('app.tenant_id'::text, true)" in qual
    relayed = {table for table, to, _qual, _check in found if roles.relay in to}
    assert relayed == RELAYED_OF[service]
    assert {role for _table, to, _qual, _check in found for role in to} <= {roles.app, roles.relay}


def test_every_key_contains_the_tenant(catalogue: Connection, base: type[DeclarativeBase]) -> None:
    found = rows(
        catalogue,
        "select i.indrelid::regclass::text, c.relname, a.attname from pg_index i"
        " join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid"
        " left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
        " where i.indisunique and t.relnamespace = 'public'::regnamespace",
    )
    first_columns = {key: column for table, key, column in found if table not in WITHOUT_TENANT}
    assert {key for key, column in first_columns.items() if column != "tenant_id"} == KEYS_WITHOUT_TENANT.keys()
    assert len(first_columns) > len(base.metadata.tables)


def test_every_reference_contains_the_tenant_on_both_sides(catalogue: Connection) -> None:
    found = rows(
        catalogue,
        "select conname, (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1]),"
        " (select attname from pg_attribute where attrelid = confrelid and attnum = confkey[1])"
        " from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace",
    )
    assert {name for name, *ends in found if ends != ["tenant_id", "tenant_id"]} == KEYS_WITHOUT_TENANT.keys()
    assert found


def test_the_application_owns_nothing_and_passes_no_wall(catalogue: Connection, roles: Roles) -> None:
    names = (roles.app, roles.relay)
    owned = rows(
        catalogue,
        "select relname from pg_class where pg_get_userbyid(relowner) = any(:names) union all"
        " select proname from pg_proc where pg_get_userbyid(proowner) = any(:names) union all"
        " select datname from pg_database where pg_get_userbyid(datdba) = any(:names)",
        names=list(names),
    )
    assert owned == []
    attributes = rows(
        catalogue,
        "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication from pg_roles"
        " where rolname = any(:names)",
        names=[*names, roles.owner],
    )
    assert len(attributes) == 3
    assert all(not any(flags) for _name, *flags in attributes)
    memberships = rows(
        catalogue,
        "select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = any(:names)",
        names=list(names),
    )
    assert memberships == []


def test_the_application_may_only_what_its_tables_need(catalogue: Connection, service: str, roles: Roles) -> None:
    found = rows(
        catalogue,
        "select table_name, privilege_type from information_schema.role_table_grants"
        " where grantee = :app and table_schema = 'public'",
        app=roles.app,
    )
    granted: dict[str, set[str]] = {}
    for table, privilege in found:
        granted.setdefault(table, set()).add(privilege)
    once = WRITTEN_ONCE_OF[service]
    assert {table: granted.get(table) for table in once} == once
    assert granted["alembic_version"] == {"SELECT"}
    assert {privilege for _table, privilege in found} <= {"SELECT", "INSERT", "UPDATE", "DELETE"}
    public = rows(
        catalogue,
        "select 1 from information_schema.role_table_grants where grantee = 'PUBLIC' and table_schema = 'public'",
    )
    assert public == []


def test_functions_that_run_as_their_owner_are_few_and_pinned(catalogue: Connection, service: str) -> None:
    found = rows(
        catalogue,
        "select proname, proconfig from pg_proc where prosecdef and pronamespace = 'public'::regnamespace",
    )
    assert {name for name, _config in found} == RUN_AS_OWNER_OF[service].keys()
    assert all(any(setting.startswith("search_path=") for setting in config) for _name, config in found)


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id int)",
        "alter table tenants disable row level security",
        "drop policy tenant on tenants",
        "truncate tenants",
        "update audit_events set actor = null",
        "delete from audit_events",
        "update audit_seals set seal_hash = null",
        "insert into alembic_version values ('0')",
        "set role concord_{service}_owner",
        "select * from audit_events_p2_default",
    ],
)
def test_the_database_refuses_the_application(database: TestDatabase, service: str, statement: str) -> None:
    with (
        database.db.engine.connect() as connection,
        pytest.raises(ProgrammingError) as refusal,
    ):
        connection.exec_driver_sql(statement.replace("{service}", service))
    assert isinstance(refusal.value.orig, psycopg.errors.InsufficientPrivilege)


def test_no_row_is_seen_without_a_tenant(database: TestDatabase, base: type[DeclarativeBase]) -> None:
    with database.db.engine.connect() as connection:
        for table in base.metadata.tables:
            assert connection.execute(text(f"select count(*) from {table}")).scalar_one() == 0, table


def test_every_column_has_a_class(base: type[DeclarativeBase]) -> None:
    assert unclassified_columns(base.metadata) == []


def test_people_are_personal(base: type[DeclarativeBase]) -> None:
    people = ("created_by", "user_id", "user_name", "actor", "actor_name", "requested_by", "resolved_by", "modified_by")
    columns = [column for table in base.metadata.tables.values() for column in table.columns if column.name in people]
    assert {column.info["class"] for column in columns} == {"personal"}
    assert len(columns) > 3
