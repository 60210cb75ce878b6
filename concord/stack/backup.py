"""Backups: a dump of each service's database with a manifest of what was taken, and the way back.

The snapshots of all databases are taken at the same moment, before anything is dumped, so that services are as far
along as each other. What lies outside of the databases (keys, secrets, files of pipelines) is not in a backup.
"""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from concord.stack import binaries
from shared import migrations

FORMAT, MANIFEST = 1, "manifest.json"
Note = Callable[[str], None]
_TABLES = """
    select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname
"""
_BLOCK = 1024 * 1024


class BackupRefused(Exception):
    """There is something that must not be overwritten, is not what the manifest says, or is of another time."""


@dataclass(frozen=True, slots=True)
class Part:
    """One service: `revision` is that of its schema, `rows` has the number of each table's rows."""

    service: str
    file: str
    bytes: int
    sha256: str
    revision: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    version: str
    taken_at: str
    server: str
    parts: tuple[Part, ...]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises BackupRefused."""
        path = folder / MANIFEST
        if not path.is_file():
            raise BackupRefused(f"{folder} has no {MANIFEST}: it is no backup, or was not finished")
        said = json.loads(path.read_text())
        if said.get("format") != FORMAT:
            raise BackupRefused(f"{folder} has format {said.get('format')}; this version of Concord reads {FORMAT}")
        return cls(**said | {"parts": tuple(Part(**part) for part in said["parts"])})

    def write(self, folder: Path) -> None:
        (folder / MANIFEST).write_text(json.dumps(asdict(self), indent=1) + "\n")


def take(services: Iterable[str], folder: Path, *, admin_url: str, note: Note) -> Manifest:
    """Writes a new folder; `admin_url` is a role that row security does not bind. Raises BackupRefused, OSError."""
    if folder.exists():
        raise BackupRefused(f"{folder} exists already")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    with ExitStack() as stack:
        open_snapshots = [(name, stack.enter_context(_snapshot(admin_url, name))) for name in services]
        taken_at = datetime.now(UTC).isoformat()
        server = open_snapshots[0][1][0].info.server_version
        parts = tuple(_part(name, *opened, unfinished, admin_url, note) for name, opened in open_snapshots)
    manifest = Manifest(FORMAT, version("concord"), taken_at, str(server), parts)
    manifest.write(unfinished)
    unfinished.rename(folder)
    return manifest


def check(folder: Path, services: Iterable[str]) -> list[Part]:
    """Parts of a backup that are whole and that this code can read. Raises BackupRefused."""
    manifest = Manifest.read(folder)
    known = {part.service: part for part in manifest.parts}
    wanted = list(services) or list(known)
    if missing := [name for name in wanted if name not in known]:
        raise BackupRefused(f"{folder} has no {missing[0]}; it has {', '.join(known)}")
    for part in (known[name] for name in wanted):
        path = folder / part.file
        if not path.is_file() or path.stat().st_size != part.bytes or _digest(path) != part.sha256:
            raise BackupRefused(f"{path} is not the file that was written: its checksum differs")
        if part.revision not in migrations.revisions_of(part.service):
            raise BackupRefused(
                f"the schema {part.revision} of {part.service} is newer than this code: restore with {manifest.version}"
            )
    return [known[name] for name in wanted]


def empty(admin_url: str, service: str, *, replace: bool) -> None:
    """Makes room: raises BackupRefused where there are tables, unless they may be replaced."""
    name = migrations.database_name(service)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None:
            return
        with psycopg.connect(_of_database(admin_url, service)) as there:
            if not there.execute(_TABLES).fetchall():
                return
        if not replace:
            raise BackupRefused(f"the database {name} has tables; --replace drops it")
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def load(part: Part, folder: Path, *, admin_url: str, note: Note) -> None:
    """Into an empty database, as one transaction. Raises BackupRefused if rows are missing afterwards."""
    note(f"restoring {part.service}: {part.bytes:,} bytes")
    options = ("--single-transaction", "--exit-on-error", "--dbname", migrations.database_name(part.service))
    _run("pg_restore", *options, str(folder / part.file), admin_url=admin_url)
    with psycopg.connect(_of_database(admin_url, part.service)) as connection:
        rows = _rows(connection)
        if rows != part.rows:
            wrong = sorted(name for name in rows | part.rows if rows.get(name) != part.rows.get(name))
            raise BackupRefused(f"{part.service} does not have the rows of the backup: {', '.join(wrong)}")
        connection.execute("analyze")


@contextmanager
def _snapshot(admin_url: str, service: str) -> Iterator[tuple["psycopg.Connection[Any]", str]]:
    """A transaction that stays open, and the name under which others see what it sees."""
    with psycopg.connect(_of_database(admin_url, service)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None  # a function's result
        yield connection, row[0]


def _part(
    service: str, connection: "psycopg.Connection[Any]", snapshot: str, folder: Path, admin_url: str, note: Note
) -> Part:
    note(f"backing up {service}")
    row = connection.execute("select version_num from alembic_version").fetchone()
    path = folder / f"{service}.dump"
    options = ("--format=custom", f"--snapshot={snapshot}", f"--file={path}")
    _run("pg_dump", *options, migrations.database_name(service), admin_url=admin_url)
    revision = row[0] if row else ""
    return Part(service, path.name, path.stat().st_size, _digest(path), revision, _rows(connection))


def _rows(connection: "psycopg.Connection[Any]") -> dict[str, int]:
    tables = [name for (name,) in connection.execute(_TABLES)]
    count = sql.SQL("select count(*) from {}")
    return {name: connection.execute(count.format(sql.Identifier(name))).fetchall()[0][0] for name in tables}


def _run(tool: str, *arguments: str, admin_url: str) -> None:
    """Where to connect goes by the environment: arguments are seen by everybody on the machine."""
    known = conninfo_to_dict(admin_url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    given = {variable: str(known[key]) for key, variable in names.items() if known.get(key) is not None}
    command = [str(binaries.postgres_tool(tool)), *arguments]
    done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True)
    if done.returncode != 0:
        raise BackupRefused(f"{tool}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")


def _of_database(admin_url: str, service: str) -> str:
    return psycopg.conninfo.make_conninfo(admin_url, dbname=migrations.database_name(service))


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()
