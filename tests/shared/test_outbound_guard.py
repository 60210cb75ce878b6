"""Addresses that users configure: nothing inside is reached, by no spelling, redirect or second look-up."""

import gzip
import ipaddress
import threading
from collections.abc import Callable, Iterator

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from shared.outbound_guard import AddressRefused, FetchFailed, Guard, Rules, is_public

LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)


class Site:
    """A web site on the loopback address; `pages` by path."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[Request], Response]] = {}
        self.requests: list[Request] = []
        self.release = threading.Event()
        self._server = make_server("127.0.0.1", 0, Request.application(self._answer), threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.port = self._server.server_port

    def _answer(self, request: Request) -> Response:
        request.get_data(cache=True)
        self.requests.append(request)
        return self.pages[request.path](request)

    def stop(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.stop()


def guard(site: Site, **rules: float) -> Guard:
    """A guard that may call the site, whose name any host that ends in `.example` leads to."""
    ports = frozenset({site.port, 80})
    known = Rules(ports=ports, allowed_networks=LOOPBACK, **rules)  # type: ignore[arg-type]
    inside = {"inside.example": ["10.0.0.7"], "mixed.example": ["127.0.0.1", "10.0.0.7"]}
    return Guard(known, resolver=lambda host, _port: inside.get(host, ["127.0.0.1"]))


def goes(location: str, status: int = 302) -> Callable[[Request], Response]:
    return lambda _request: Response(status=status, headers={"Location": location})


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/"),
        *("http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://[::]/"),
        *("http://169.254.169.254/latest/meta-data", "http://[fd00::1]/", "http://[fe80::1]/", "http://10.1.2.3/"),
        *("http://100.64.0.1/", "http://192.168.1.1/", "http://172.16.0.1/", "http://198.18.0.1/", "http://192.0.0.8/"),
        *("http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001::1]/"),
        *("http://224.0.0.1/", "http://255.255.255.255/", "http://①②⑦.⓪.⓪.①/", "http://[::127.0.0.1]/"),
        *("file:///etc/passwd", "gopher://127.0.0.1/", "ftp://8.8.8.8/", "//8.8.8.8/", "8.8.8.8", "", "http://"),
        *("http://user@8.8.8.8/", "http://user:pass@8.8.8.8/", "http://8.8.8.8:6379/", "https://8.8.8.8:22/"),
        *("http://8.8.8.8:99999/", "http://[::1", "http://a b/", "http://\x00/", "http://no-such-name.invalid/"),
    ],
)
def test_refused(url: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        Guard().check(url)
    assert (refusal.value.status, refusal.value.code) == (422, "address_refused")
    with pytest.raises(AddressRefused):
        Guard().fetch("GET", url)


def test_public_addresses() -> None:
    for text in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"):
        assert is_public(ipaddress.ip_address(text))
    assert Guard().check("https://8.8.8.8/x?y=1")[1] == "8.8.8.8"


def test_one_private_address_is_enough_to_refuse(site: Site) -> None:
    with pytest.raises(AddressRefused, match="not public"):
        guard(site).fetch("GET", f"http://mixed.example:{site.port}/")
    assert site.requests == []


def test_the_checked_address_is_called_under_its_name(site: Site) -> None:
    site.pages["/feed"] = lambda _request: Response("rows", 200)
    answer = guard(site).fetch("GET", f"http://feed.example:{site.port}/feed?page=2", headers={"X-A": "1"})
    assert (answer.status, answer.content) == (200, b"rows")
    request = site.requests[0]
    assert request.headers["Host"] == f"feed.example:{site.port}"
    assert (request.args["page"], request.headers["X-A"]) == ("2", "1")


def test_a_name_is_looked_up_once(site: Site) -> None:
    site.pages["/"] = lambda _request: Response("ok")
    answers = iter([["127.0.0.1"], ["10.0.0.7"]])
    rules = Rules(ports=frozenset({site.port}), allowed_networks=LOOPBACK)
    rebinding = Guard(rules, resolver=lambda _host, _port: next(answers))
    assert rebinding.fetch("GET", f"http://rebind.example:{site.port}/").content == b"ok"
    with pytest.raises(AddressRefused):
        rebinding.fetch("GET", f"http://rebind.example:{site.port}/")


@pytest.mark.parametrize(
    "location",
    [
        "http://inside.example/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "http://u@feed.example/",
        "//inside.example/",
    ],
)
def test_redirects_are_checked(site: Site, location: str) -> None:
    site.pages["/"] = goes(location)
    rules = Rules(ports=frozenset({site.port, 80}), allowed_networks=LOOPBACK)
    names = {"feed.example": ["127.0.0.1"], "inside.example": ["10.0.0.7"]}
    careful = Guard(rules, resolver=lambda host, _port: names.get(host, [host]))
    with pytest.raises(AddressRefused):
        careful.fetch("GET", f"http://feed.example:{site.port}/")
    assert len(site.requests) == 1


def test_three_redirects_at_most(site: Site) -> None:
    for number in range(5):
        site.pages[f"/{number}"] = goes(f"/{number + 1}")
    site.pages["/5"] = lambda _request: Response("end")
    base = f"http://feed.example:{site.port}"
    assert guard(site).fetch("GET", f"{base}/2").url == f"{base}/5"
    with pytest.raises(FetchFailed, match="too often"):
        guard(site).fetch("GET", f"{base}/1")


def test_secrets_stay_with_their_origin(site: Site) -> None:
    site.pages["/same"] = goes("/end")
    site.pages["/other"] = goes(f"http://other.example:{site.port}/end")
    site.pages["/end"] = lambda _request: Response("end")
    for path in ("/same", "/other"):
        headers = {"Authorization": "Bearer secret", "Cookie": "a=b", "X-Shop-Key": "1", "Accept": "text/plain"}
        guard(site).fetch("GET", f"http://feed.example:{site.port}{path}", headers=headers)
    same, other = site.requests[1], site.requests[3]
    assert same.headers["Authorization"] == "Bearer secret"
    assert not {"Authorization", "Cookie", "X-Shop-Key"} & set(other.headers.keys())
    assert other.headers["Accept"] == "text/plain"


def test_a_body_does_not_go_to_another_origin(site: Site) -> None:
    site.pages["/"] = goes(f"http://other.example:{site.port}/end", 307)
    site.pages["/end"] = lambda _request: Response("end")
    guard(site).fetch("POST", f"http://feed.example:{site.port}/", content=b"user=ada&password=secret")
    assert (site.requests[1].method, site.requests[1].get_data()) == ("POST", b"")


def test_kept_connections_serve_one_name_each(site: Site) -> None:
    site.pages["/"] = lambda request: Response(request.host, headers={"Set-Cookie": "a=b"})
    rules = Rules(ports=frozenset({site.port}), allowed_networks=LOOPBACK)
    keeping = Guard(rules, resolver=lambda _host, _port: ["127.0.0.1"], keep_connections=True)
    for host in ("one.example", "two.example", "one.example"):
        assert keeping.fetch("GET", f"http://{host}:{site.port}/").content.decode() == f"{host}:{site.port}"
    keeping.close()
    assert not any("Cookie" in request.headers for request in site.requests)


@pytest.mark.parametrize(("status", "method", "body"), [(307, "POST", b"{}"), (308, "POST", b"{}"), (303, "GET", b"")])
def test_methods_after_a_redirect(site: Site, status: int, method: str, body: bytes) -> None:
    site.pages["/"] = goes("/end", status)
    site.pages["/end"] = lambda _request: Response("end")
    guard(site).fetch("POST", f"http://feed.example:{site.port}/", content=b"{}")
    assert (site.requests[1].method, site.requests[1].get_data()) == (method, body)


def test_sizes_are_limited_packed_and_unpacked(site: Site) -> None:
    site.pages["/plain"] = lambda _request: Response(b"x" * 1_001)
    site.pages["/bomb"] = lambda _request: Response(
        gzip.compress(b"x" * 10_000_000), headers={"Content-Encoding": "gzip"}
    )
    site.pages["/packed"] = lambda _request: Response(gzip.compress(b"x" * 1_000), headers={"Content-Encoding": "gzip"})
    site.pages["/odd"] = lambda _request: Response(b"x", headers={"Content-Encoding": "br"})
    site.pages["/broken"] = lambda _request: Response(b"no gzip", headers={"Content-Encoding": "gzip"})
    half = gzip.compress(bytes(range(256)))[:-20]
    site.pages["/half"] = lambda _request: Response(half, headers={"Content-Encoding": "gzip"})
    base, small = f"http://feed.example:{site.port}", guard(site, max_bytes=1_000)
    assert small.fetch("GET", f"{base}/packed").content == b"x" * 1_000
    for path in ("/plain", "/bomb"):
        with pytest.raises(FetchFailed, match="larger than allowed"):
            small.fetch("GET", base + path)
    for path in ("/odd", "/broken", "/half"):
        with pytest.raises(FetchFailed):
            small.fetch("GET", base + path)


def test_times_are_limited(site: Site) -> None:
    def silent(_request: Request) -> Response:
        site.release.wait(20)
        return Response()

    def drip(_request: Request) -> Response:
        return Response(b"x" for _ in iter(lambda: site.release.wait(0.05), True))

    site.pages |= {"/silent": silent, "/drip": drip}
    base = f"http://feed.example:{site.port}"
    with pytest.raises(FetchFailed, match="ReadTimeout"):
        guard(site, read_seconds=0.2).fetch("GET", f"{base}/silent")
    with pytest.raises(FetchFailed, match="longer than allowed"):
        guard(site, total_seconds=0.5).fetch("GET", f"{base}/drip")
