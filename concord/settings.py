"""What the environment says about the stack on this machine; the only one in this package that touches `os.environ`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

DEFAULT_PORT = 8080
DEFAULT_ISSUER = "concord"
DEFAULT_DEMO_ROWS = 50_000
# What the stack's processes may see of the caller's environment, besides every CONCORD_ and SYNC_SECRET_ name.
# Not PATH or the language: two shells of one person differ in them, and a difference restarts programs.
_PASSED = ("HOME", "TZ", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE", "NO_PROXY", "HTTPS_PROXY")
# These steer the stack itself; a service must not mistake the server's address for that of its own database.
_OWN = (
    "CONCORD_HOME",
    "CONCORD_PORT",
    "CONCORD_BIND",
    "CONCORD_NGINX",
    "CONCORD_DATABASE_URL",
    "CONCORD_USER",
    "CONCORD_DEMO_ROWS",
)


@dataclass(frozen=True, slots=True)
class StackSettings:
    """None means: not given, use the remembered or the bundled one."""

    home: Path
    bind: str
    port: int | None
    public_url: str | None
    issuer: str | None
    database_url: str | None
    redis_url: str | None
    nginx: str | None
    user: str
    passed: Mapping[str, str]
    demo_rows: int = DEFAULT_DEMO_ROWS

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        given = _with_files(os.environ if environment is None else environment)
        port = given.get("CONCORD_PORT")
        if port is not None and not (port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"CONCORD_PORT must be a port number, not {port!r}")
        rows = given.get("CONCORD_DEMO_ROWS") or str(DEFAULT_DEMO_ROWS)
        if not (rows.isdigit() and int(rows)):
            raise ValueError(f"CONCORD_DEMO_ROWS must be a whole number above 0, not {rows!r}")
        return cls(
            home=Path(given.get("CONCORD_HOME") or ".concord").expanduser().absolute(),
            bind=given.get("CONCORD_BIND", "127.0.0.1"),
            port=int(port) if port else None,
            public_url=given.get("CONCORD_PUBLIC_URL"),
            issuer=given.get("CONCORD_ISSUER"),
            database_url=given.get("CONCORD_DATABASE_URL"),
            redis_url=given.get("CONCORD_REDIS_URL"),
            nginx=given.get("CONCORD_NGINX"),
            user=given.get("CONCORD_USER", "nobody"),
            passed={name: value for name, value in sorted(given.items()) if _is_passed(name)},
            demo_rows=int(rows),
        )


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Of the one relay process of all services. `metrics` is where it serves `/metrics`; None means nowhere."""

    metrics: str | None
    log_level: str = "INFO"

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        given = os.environ if environment is None else environment
        metrics = given.get("CONCORD_RELAY_METRICS") or None
        if metrics is not None:
            host, _, port = metrics.rpartition(":")
            if not (host and port.isdigit() and 0 < int(port) < 65536):
                raise ValueError(f"CONCORD_RELAY_METRICS must be HOST:PORT, not {metrics!r}")
        return cls(metrics, given.get("CONCORD_LOG_LEVEL", "INFO"))


def profiles_file(environment: Mapping[str, str] | None = None) -> Path:
    """Where a person's named installations are kept, on every machine at the place that it has for such things."""
    given = os.environ if environment is None else environment
    folder = Path(given.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return folder / "concord" / "profiles.json"


def _with_files(given: Mapping[str, str]) -> Mapping[str, str]:
    """Addresses of databases and of Redis may come from files, as for the services themselves."""
    files = {name: path for name, path in given.items() if name.startswith("CONCORD_") and name.endswith("_URL_FILE")}
    return {name.removesuffix("_FILE"): Path(path).read_text().strip() for name, path in files.items()} | dict(given)


def _is_passed(name: str) -> bool:
    ours = name.startswith(("CONCORD_", "SYNC_SECRET_")) and name not in _OWN
    return ours or name in _PASSED


def take_over(environment: Mapping[str, str]) -> None:
    """For a service's application in this process: what its own programs are given."""
    os.environ.update(environment)
