"""Addresses in configurations: which ones lie outside of what the operator allows, told before anything is called."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from services.sync.domain.findings import Finding
from services.sync.domain.hosts import HostList

_PORTS = {"http": 80, "https": 443}


def find_refused_addresses(section: Any, hosts: HostList, pointer: str = "") -> list[Finding]:
    """`address_refused` for every value under a key that ends with `url` whose host is not on the list."""
    return list(_found(section, hosts, pointer, is_url=False))


def _found(value: Any, hosts: HostList, pointer: str, *, is_url: bool) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            below = f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
            yield from _found(inner, hosts, below, is_url=str(key).lower().endswith("url"))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _found(inner, hosts, f"{pointer}/{number}", is_url=is_url)
    elif is_url and isinstance(value, str) and (problem := _problem(value, hosts)) is not None:
        yield Finding(pointer, "address_refused", problem)


def _problem(url: str, hosts: HostList) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "This is not a URL."
    if port is None or not parts.hostname:
        return "Only http and https addresses are called."
    if not hosts.allows(parts.hostname, port):
        return f"The host {parts.hostname}:{port} is not among those that pipelines may name."
    return None
