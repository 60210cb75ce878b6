"""Connections to databases that pipelines name: to the checked address under the asked name, for nothing but data."""

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from services.sync.clients.outside import Outside
from services.sync.errors import SourceAddressRefused, SourceRefused
from shared.outbound_guard import AddressRefused

# What a connection string may say; nothing of it names files of this machine or other places to go.
_PARAMETERS = frozenset(
    {"host", "port", "dbname", "user", "password", "sslmode", "connect_timeout", "application_name"}
)


def parameters_of(dsn: str, outside: Outside, *, seconds: float) -> dict[str, Any]:
    """Of a connection whose statements take no longer than `seconds`; closes `outside`.

    Raises SourceAddressRefused, SourceRefused.
    """
    try:
        given = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        raise SourceRefused("The connection string cannot be read.") from None
    unknown = given.keys() - _PARAMETERS
    host, port = str(given.get("host") or ""), str(given.get("port") or 5432)
    if unknown or not host or "," in host or host.startswith(("/", "@")) or not port.isdigit():
        raise SourceAddressRefused("A connection string names one host, and no more than how to log in there.")
    try:
        address = outside.address(host, int(port))
    except AddressRefused as refusal:
        raise SourceAddressRefused(f"{host}:{port}: {refusal.detail}") from None
    finally:
        outside.close()
    options = f"-c statement_timeout={int(seconds * 1000)}"
    return {**given, "hostaddr": address, "connect_timeout": max(2, int(min(seconds, 10))), "options": options}
