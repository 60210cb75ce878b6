"""The limits: what bare SQL needs for the same, over narrow tables, sent by pgbench; and pgbench's own work."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from concord.stack import binaries
from concord.stack.account import server_account

TABLES = """
create table holder (id bigint primary key, xp bigint, pending bigint, spent bigint, version bigint default 0);
create table entry (
    id bigint generated always as identity primary key, holder bigint, kind text, amount bigint, state text,
    at timestamptz default now()
);
insert into holder select n, 1000000000, 0, 0 from generate_series(1, %d) n;
"""
PAIR = r"""
\set c random(1, {holders})
begin;
with u as (update holder set xp = xp - 3, pending = pending + 3, version = version + 1
    where id = :c and xp >= 3 returning id)
insert into entry (holder, kind, amount, state) select id, 'reserve', 3, 'Pending' from u returning id \gset
commit;
begin;
with e as (update entry set state = 'Approved' where id = :id and state = 'Pending' returning holder)
update holder h set pending = pending - 3, spent = spent + 3, version = version + 1 from e where h.id = e.holder;
commit;
"""
AWARD = """
with moved as (
    update holder set xp = xp + 1, version = version + 1
    where id in (select id from holder where id = any (%s) order by id for update) returning id
)
insert into entry (holder, kind, amount, state) select id, 'scene_award', 1, '' from moved
"""


def prepare(connection: psycopg.Connection[Any], holders: int) -> None:
    for statement in (TABLES % holders).split(";"):
        if statement.strip():
            connection.execute(statement.encode())
    connection.commit()


def award(connection: psycopg.Connection[Any], size: int) -> int:
    count = connection.execute(AWARD, (list(range(1, size + 1)),)).rowcount
    connection.commit()
    return count


def pgbench(url: str, *arguments: str, clients: int, seconds: int, script: str | None = None) -> int:
    """Runs pgbench; returns how many of its transactions (or scripts) it did."""
    account = server_account("nobody")
    folder = Path(tempfile.mkdtemp(prefix="concord-pgbench-"))
    folder.chmod(0o755)
    program = binaries.runnable(binaries.postgres(), account, folder).with_name("pgbench")
    place = make_url(url)
    command = [str(program), "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-M", "prepared", *arguments]
    if script is not None:
        file = folder / "script.sql"
        file.write_text(script)
        command += ["-f", str(file)]
    answer = subprocess.run(
        [*command, str(place.database)], check=True, capture_output=True, text=True, env=_environment(url)
    )
    return int(re.findall(r"transactions actually processed: (\d+)", answer.stdout)[0])


def fill(url: str, scale: int) -> None:
    """The tables of pgbench's own work."""
    account = server_account("nobody")
    folder = Path(tempfile.mkdtemp(prefix="concord-pgbench-"))
    program = binaries.runnable(binaries.postgres(), account, folder).with_name("pgbench")
    command = [str(program), "-i", "-q", "-s", str(scale), str(make_url(url).database)]
    subprocess.run(command, check=True, capture_output=True, env=_environment(url))


def _environment(url: str) -> dict[str, str]:
    place = make_url(url)
    return {
        "PGHOST": str(place.host),
        "PGPORT": str(place.port),
        "PGUSER": str(place.username),
        "PGPASSWORD": str(place.password),
    }
