"""Requests to addresses that users configure, without lending them this server's place in the network.

A name is resolved once, refused unless all of its addresses are public, and then connected to at the checked
address, so that a second look-up cannot lead elsewhere. Redirects go through the same checks.
"""

import ipaddress
import socket
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import httpx2

from shared.errors import DomainError, Unavailable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], list[str]]

# What `is_global` of some Python versions takes for public although it leads, or can lead, to something that is not:
# translated and tunnelled IPv4, shared and benchmark ranges, protocol assignments.
_SPECIAL: tuple[Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10", "::/96"),
        *("192.0.0.0/24", "100.64.0.0/10", "198.18.0.0/15", "192.88.99.0/24"),
    )
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# All that goes to another origin: any other header, and a body, may carry a secret.
_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "user-agent"})


class AddressRefused(DomainError):
    """The address is not one that this server calls for a user."""

    status = 422
    code = "address_refused"


class FetchFailed(Unavailable):
    """No answer, or one beyond the limits."""

    status = 502
    code = "fetch_failed"


class AnswerTooLarge(FetchFailed):
    """The answer, unpacked, is larger than allowed; asking again does not help."""


class AnswerUnreadable(FetchFailed):
    """The answer is packed in a way that was not asked for, or badly."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`allowed_networks` are private networks that the operator (never a user) opens for such calls."""

    ports: frozenset[int] = frozenset({80, 443})
    allowed_networks: Sequence[Network] = ()
    max_redirects: int = 3
    max_bytes: int = 32 * 1024 * 1024
    connect_seconds: float = 3.0
    read_seconds: float = 10.0
    total_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of any status, decompressed; `url` is where the redirects ended."""

    status: int
    headers: httpx2.Headers
    content: bytes
    url: str


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


def is_public(address: Address, *, allowed_networks: Iterable[Network] = ()) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    if any(address in network for network in allowed_networks):
        return True
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name. The system's resolver also reads the old spellings (`0x7f000001`, `127.1`)."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Guard:
    """Fetches what users name, under fixed rules."""

    def __init__(
        self, rules: Rules | None = None, *, resolver: Resolver = resolve, keep_connections: bool = False
    ) -> None:
        """`keep_connections` for many requests to few addresses, until `close`."""
        self._rules = rules or Rules()
        self._resolve = resolver
        self._kept: dict[tuple[str, str, int | None, str], httpx2.Client] | None = {} if keep_connections else None

    def close(self) -> None:
        for client in (self._kept or {}).values():
            client.close()

    def check(self, url: str) -> tuple[httpx2.URL, str]:
        """The parsed URL and the one address to connect to. Raises AddressRefused; for forms, before saving, too."""
        try:
            parsed = httpx2.URL(url)
        except (httpx2.InvalidURL, ValueError):
            raise AddressRefused("This is not a URL.") from None
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise AddressRefused("Only http and https addresses are called.")
        if parsed.userinfo:
            raise AddressRefused("A URL with a user name or password is not called.")
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        return parsed, self.address(parsed.raw_host.decode("ascii"), port)

    def private_networks(self, _host: str, port: int) -> Sequence[Network]:
        """Which networks that are not public may answer for this host. Raises AddressRefused for a host or port that
        is not called at all."""
        if port not in self._rules.ports:
            raise AddressRefused(f"Port {port} is not called.")
        return self._rules.allowed_networks

    def address(self, host: str, port: int) -> str:
        """The one address to connect to. Raises AddressRefused."""
        allowed = self.private_networks(host, port)
        try:
            addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in self._resolve(host.strip("[]"), port)]
        except (OSError, UnicodeError, ValueError):
            raise AddressRefused("The name has no address.") from None
        # One private address among public ones is how a name is made to lead inside now and then.
        if not addresses or not all(is_public(address, allowed_networks=allowed) for address in addresses):
            raise AddressRefused("The name leads to an address that is not public.")
        return str(addresses[0])

    def fetch(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Fetched:
        """The answer, whatever its status. Raises AddressRefused or FetchFailed."""
        deadline = time.monotonic() + self._rules.total_seconds
        request = _Request(method, url, headers or {}, content)
        for _ in range(self._rules.max_redirects + 1):
            answer = self._send(request, deadline)
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            request = _redirected(request, answer.status, urljoin(request.url, location))
        raise FetchFailed("The address redirects too often.")

    def _send(self, request: _Request, deadline: float) -> Fetched:
        parsed, address = self.check(request.url)
        rules, left = self._rules, max(0.001, deadline - time.monotonic())
        timeout = httpx2.Timeout(min(rules.read_seconds, left), connect=min(rules.connect_seconds, left))
        given = dict(request.headers) | {"Host": parsed.netloc.decode("ascii"), "Accept-Encoding": "gzip"}
        with self._client(parsed, address) as client:
            try:
                with client.stream(
                    request.method,
                    parsed.copy_with(host=address),
                    headers=given,
                    content=request.content,
                    timeout=timeout,
                    extensions={"sni_hostname": parsed.raw_host.decode("ascii")},
                ) as response:
                    body = self._read(response, deadline)
                    return Fetched(response.status_code, response.headers, body, request.url)
            except zlib.error as failure:
                raise AnswerUnreadable("The answer cannot be unpacked.") from failure
            except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as failure:
                raise FetchFailed(f"The address gave no usable answer ({type(failure).__name__}).") from failure

    @contextmanager
    def _client(self, parsed: httpx2.URL, address: str) -> Iterator[httpx2.Client]:
        """One for each name and address: a connection to the same address may have been made for another name."""
        if self._kept is None:
            with httpx2.Client(trust_env=False, follow_redirects=False) as client:
                yield client
            return
        key = (parsed.scheme, parsed.host, parsed.port, address)
        if key not in self._kept:
            self._kept[key] = httpx2.Client(trust_env=False, follow_redirects=False)
        client = self._kept[key]
        client.cookies.clear()  # who calls decides which cookies are sent where
        yield client

    def _read(self, response: httpx2.Response, deadline: float) -> bytes:
        unpacker = _Unpacker(response.headers.get("Content-Encoding", "identity"))
        content = bytearray()
        for piece in response.iter_raw():
            content += unpacker.unpack(piece, self._rules.max_bytes - len(content) + 1)
            if len(content) > self._rules.max_bytes:
                raise AnswerTooLarge("The answer is larger than allowed.")
            if time.monotonic() > deadline:
                raise FetchFailed("The answer takes longer than allowed.")
        if content and not unpacker.is_complete:
            raise FetchFailed("The answer ends too early.")
        return bytes(content)


class _Unpacker:
    """Unpacks a piece to at most so many bytes: a small packed answer must not fill the memory."""

    def __init__(self, encoding: str) -> None:
        if encoding not in ("identity", "gzip", "x-gzip"):
            raise AnswerUnreadable("The answer is packed in a way that was not asked for.")
        self._gzip: Any = None if encoding == "identity" else zlib.decompressobj(wbits=31)

    def unpack(self, piece: bytes, at_most: int) -> bytes:
        return piece if self._gzip is None else bytes(self._gzip.decompress(piece, at_most))

    @property
    def is_complete(self) -> bool:
        return self._gzip is None or bool(self._gzip.eof)


def _redirected(request: _Request, status: int, url: str) -> _Request:
    """The request to follow with: secrets stay with the origin that they were meant for."""
    headers, content = dict(request.headers), request.content
    if _origin(url) != _origin(request.url):
        headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS_HEADERS}
        content = None
    if status in (307, 308) or request.method in ("GET", "HEAD"):
        return _Request(request.method, url, headers, content)
    kept = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
    return _Request("GET", url, kept)


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        return "", "", None
    return parsed.scheme, parsed.host, parsed.port
