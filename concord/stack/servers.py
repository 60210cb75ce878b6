"""PostgreSQL, Valkey and nginx: which binary, how prepared, how started."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from concord.gateway import Gateway, write
from concord.stack import binaries
from concord.stack.account import Account, arguments_for
from concord.stack.home import Home
from concord.stack.programs import Program

SUPERUSER = "postgres"
_POSTGRES_OPTIONS = {
    "listen_addresses": "",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "cluster_name": "concord",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A program and the URL under which the others reach it."""

    program: Program
    url: str


def postgres(home: Home, account: Account | None, environment: dict[str, str]) -> Server:
    """Makes the cluster if there is none yet."""
    data = home.data(account) / "postgres"
    sockets = home.folder_of("postgres", account, owner=account)
    binary = binaries.runnable(binaries.postgres(), account, home.data(account))
    password = home.passwords("postgres", (SUPERUSER,))[SUPERUSER]
    if not (data / "PG_VERSION").is_file():
        _initialise(binary.with_name("initdb"), data, sockets, password=password, account=account)
    url = f"postgresql://{SUPERUSER}:{password}@/postgres?host={quote(str(sockets), safe='')}"
    options = {**_POSTGRES_OPTIONS, "unix_socket_directories": str(sockets)}
    arguments = (part for name, value in options.items() for part in ("-c", f"{name}={value}"))
    program = Program(
        name="postgres",
        command=(str(binary), "-D", str(data), *arguments),
        folders=(sockets, data),
        environment=environment,
        account=account,
        stop_signal="INT",  # ends the sessions; TERM would wait for them
        stop_seconds=30,
        health=url,
        is_server=True,
    )
    return Server(program, url)


def _initialise(initdb: Path, data: Path, sockets: Path, *, password: str, account: Account | None) -> None:
    # Under another name first: an initdb that is interrupted must not look like a cluster.
    unfinished, password_file = data.with_name("postgres.new"), sockets / "password"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    if account is not None:
        account.own([unfinished, password_file])
    where = ["-D", str(unfinished), "-U", SUPERUSER, f"--pwfile={password_file}"]
    try:
        subprocess.run(
            [str(initdb), *where, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True,
            capture_output=True,
            text=True,
            cwd=sockets,
            **arguments_for(account),
        )
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"initdb failed: {error.stderr.strip()}") from error
    finally:
        password_file.unlink()
    unfinished.rename(data)


def valkey(home: Home, account: Account | None, environment: dict[str, str]) -> Server:
    data = home.data(account) / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    folder = home.folder_of("valkey", account, owner=account)
    if account is not None:
        account.own([data])
    socket = folder / "valkey.sock"
    url = f"unix://{socket}?db=0"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "770",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # A queue that silently forgets is worse than one that refuses.
        "maxmemory-policy": "noeviction",
    }
    arguments = (part for name, value in options.items() for part in (f"--{name}", value))
    program = Program(
        name="valkey",
        command=(str(binaries.runnable(binaries.valkey(), account, home.data(account))), *arguments),
        folders=(folder, data),
        environment=environment,
        account=account,
        health=url,
        is_server=True,
    )
    return Server(program, url)


def nginx(
    home: Home,
    account: Account | None,
    environment: dict[str, str],
    *,
    named: str | None,
    gateway: Gateway,
    health: str,
) -> Program:
    """Writes the configuration too. Started by root, its master stays root's and its workers are the account's."""
    folder = home.folder_of("gateway", account, owner=None)
    write(gateway, folder)
    command = (str(binaries.nginx(named)), "-e", "stderr", "-p", f"{folder}/", "-c", "nginx.conf")
    check = subprocess.run([*command, "-t", "-q"], capture_output=True, text=True)
    if check.returncode != 0:
        raise RuntimeError(f"nginx refuses the gateway's configuration: {check.stderr.strip()}")
    return Program(
        name="gateway",
        command=command,
        folders=(folder,),
        environment=environment,
        stop_signal="QUIT",
        health=health,
    )
