"""Databases, roles and migrations of a service.

`bootstrap` makes a database and its three roles, `upgrade` brings the schema to head, `run` is the whole of a
service's `migrations/env.py`, and the functions below it are the vocabulary of the migration files: every table
with a tenant gets its policies through `secure`, so that none is forgotten.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import flask
from alembic import command, context, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask_migrate import Migrate
from sqlalchemy import Connection, MetaData, NullPool, create_engine, make_url, text

LOCK_TIMEOUT = "4s"
_ADVISORY_KEY = 7_036_874_417  # one migration at a time per database, whoever starts it


class Roles(NamedTuple):
    """Login roles of a service. `search` owns the few SECURITY DEFINER functions and cannot log in."""

    owner: str
    app: str
    relay: str
    search: str

    @classmethod
    def of(cls, service: str) -> "Roles":
        return cls(*(f"concord_{service}_{role}" for role in ("owner", "app", "relay", "search")))


def database_name(service: str) -> str:
    return f"concord_{service}"


def bootstrap(admin_url: str, service: str, passwords: dict[str, str], *, database: str | None = None) -> None:
    """Makes the database and roles of a service, or brings passwords and grants up to date.

    `admin_url` is a role that may create roles and databases. `passwords` has the keys owner, app, relay.
    Safe to repeat, and safe for several databases on one server (roles are shared by them).
    """
    name, roles = database or database_name(service), Roles.of(service)
    engine = create_engine(_driver(admin_url), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:k)"), {"k": _ADVISORY_KEY})
        for role in (roles.owner, roles.app, roles.relay):
            _ensure_role(connection, role, "login", passwords[role.rsplit("_", 1)[1]])
        _ensure_role(connection, roles.search, "nologin bypassrls", None)
        exists = connection.scalar(text("select 1 from pg_database where datname = :n"), {"n": name})
        if not exists:
            connection.exec_driver_sql(
                f'create database "{name}" owner "{roles.owner}" template template0'
                ' encoding utf8 lc_collate "C" lc_ctype "C.UTF-8"'
            )
        connection.exec_driver_sql(f'revoke all on database "{name}" from public')
        connection.exec_driver_sql(f'grant connect on database "{name}" to "{roles.app}", "{roles.relay}"')
        connection.exec_driver_sql(f'grant "{roles.search}" to "{roles.owner}"')
        connection.execute(text("select pg_advisory_unlock(:k)"), {"k": _ADVISORY_KEY})
    engine.dispose()


def _ensure_role(connection: Connection, role: str, options: str, password: str | None) -> None:
    exists = connection.scalar(text("select 1 from pg_roles where rolname = :r"), {"r": role})
    secret = f" password '{password.replace(chr(39), chr(39) * 2)}'" if password else ""
    connection.exec_driver_sql(f'{"alter" if exists else "create"} role "{role}" {options}{secret}'.replace("%", "%%"))


def config_for(service: str, url: str | None = None) -> Config:
    """Alembic configuration of a service; no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "services" / service / "migrations"))
    config.attributes |= {"service": service, "url": url}
    return config


def upgrade(service: str, owner_url: str, revision: str = "head") -> None:
    """Brings the schema of a service to `revision`."""
    command.upgrade(config_for(service, owner_url), revision)


def downgrade(service: str, owner_url: str, revision: str) -> None:
    command.downgrade(config_for(service, owner_url), revision)


def check(service: str, owner_url: str) -> None:
    """Raises alembic's error if the models and the migrated schema differ."""
    command.check(config_for(service, owner_url))


def head_of(service: str) -> str | None:
    return ScriptDirectory.from_config(config_for(service)).get_current_head()


def revisions_of(service: str) -> set[str]:
    """All that this code knows."""
    return {each.revision for each in ScriptDirectory.from_config(config_for(service)).walk_revisions()}


def current(connection: Connection) -> str | None:
    """Revision of the connected database; None before the first migration."""
    present = connection.scalar(text("select to_regclass('public.alembic_version')"))
    revision: str | None = connection.scalar(text("select version_num from alembic_version")) if present else None
    return revision


def run(metadata: MetaData) -> None:
    """Body of `env.py`: migrates over the owner's connection, one transaction a migration, one runner at a time."""
    url = context.config.attributes.get("url") or _owner_url_of_app()
    engine = create_engine(_driver(url), poolclass=NullPool)
    with engine.connect() as connection:
        # A backfill that row security would silence must fail loudly.
        connection.execute(text("select set_config('row_security', 'off', false)"))
        connection.execute(text("select set_config('lock_timeout', :t, false)"), {"t": LOCK_TIMEOUT})
        connection.execute(text("select pg_advisory_lock(:k)"), {"k": _ADVISORY_KEY})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            transaction_per_migration=True,
            compare_server_default=False,
            include_object=_is_declared,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text("select pg_advisory_unlock(:k)"), {"k": _ADVISORY_KEY})
        connection.commit()
    engine.dispose()


def _owner_url_of_app() -> str:
    """For `flask db …`, which knows the app and not the address."""
    url = flask.current_app.extensions["concord"].settings.owner_url if flask.has_app_context() else None
    if url is None:
        raise RuntimeError("no owner URL: set CONCORD_<SERVICE>_OWNER_URL, or migrate by `concord migrate`")
    return str(url.get_secret_value())


def register(app: flask.Flask, service: str) -> None:
    """`flask --app services.<service>.app db upgrade | check | revision …`, for whoever writes migrations."""
    # flask-migrate asks its database object for nothing: env.py brings metadata and connection.
    Migrate().init_app(app, directory=str(Path(__file__).parent.parent / "services" / service / "migrations"))


def _is_declared(_object: Any, name: str | None, kind: str, reflected: bool, _compare_to: Any) -> bool:
    # Monthly partitions are made as time passes; the models declare their parent only.
    return not (kind == "table" and reflected and name is not None and "_p2" in name)


# The subselect is asked once per statement, not once per row.
_TENANT = "tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)"


def secure(table: str, *, roles: Roles, app: str = "select, insert, update, delete", relay: str = "") -> None:
    """Forces row security on a table with `tenant_id` and grants what the roles may do.

    `app` and `relay` are privilege lists; a relay privilege comes with a policy that shows it all tenants.
    """
    for statement in security_statements(table, roles=roles, app=app, relay=relay):
        op.execute(statement)


def security_statements(table: str, *, roles: Roles, app: str, relay: str = "") -> list[str]:
    """The SQL of `secure`."""
    statements = [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
        f'create policy tenant on {table} to "{roles.app}" using ({_TENANT}) with check ({_TENANT})',
        f'grant {app} on {table} to "{roles.app}"',
    ]
    if relay:
        statements += [
            f'create policy relay on {table} to "{roles.relay}" using (true) with check (true)',
            f'grant {relay} on {table} to "{roles.relay}"',
        ]
    return statements


def open_schema(roles: Roles, sequences: Iterable[str] = ()) -> None:
    """First statement of a first migration: who may use the schema at all."""
    op.execute("revoke create on schema public from public")
    # Health asks for the revision.
    op.execute(f'grant select on alembic_version to "{roles.app}", "{roles.relay}"')
    op.execute(f'grant usage on schema public to "{roles.app}", "{roles.relay}"')
    for sequence in sequences:
        op.execute(f'grant usage on sequence {sequence} to "{roles.app}", "{roles.relay}"')


def _driver(url: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
