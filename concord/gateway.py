"""Renders the gateway's configuration from the templates in `deploy/gateway`."""

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from concord.catalogue import SERVICES
from shared.console import assets, standing

TEMPLATES = Path(__file__).parent.parent / "deploy" / "gateway"

_INCLUDES = ("maps.conf", "headers.conf", "proxy.conf", "problems.conf", "legacy.conf")


class _Template(Template):
    delimiter = "%"  # nginx has its own use for the dollar sign


@dataclass(frozen=True, slots=True)
class Gateway:
    """What the configuration depends on.

    Addresses are as nginx writes them (`127.0.0.1:8000`, `unix:/run/web.sock`), several with blanks between; a service
    that is not among the upstreams answers 503. With a `resolver` (a line of nginx) they are names that are looked up
    anew while nginx runs, because what stands behind them comes and goes; `streams` has them for the streams, which
    each service then has of its own.
    """

    listen: str
    upstreams: Mapping[str, str] = field(default_factory=dict)
    stream: str | None = None
    streams: Mapping[str, str] = field(default_factory=dict)
    resolver: str = ""
    access_log: str = "access.log"
    user: str | None = None
    version: str = ""
    rate: str = "100r/s"
    burst: int = 200
    body_limit: str = "22m"  # files of 20 MB and what is around them; services allow other bodies less
    body_timeout: str = "30s"
    read_timeout: str = "30s"


def render(gateway: Gateway) -> dict[str, str]:
    """File name below nginx's prefix -> text."""
    main = _fill(
        "nginx.conf",
        listen=gateway.listen,
        user=f"user {gateway.user};" if gateway.user else "",
        access_log=gateway.access_log,
        rate=gateway.rate,
        burst=str(gateway.burst),
        body_limit=gateway.body_limit,
        body_timeout=gateway.body_timeout,
        read_timeout=gateway.read_timeout,
        upstreams=_upstreams(gateway),
        resolver=f"    {gateway.resolver}" if gateway.resolver else "",
        services=_services(gateway),
    )
    return {
        "nginx.conf": main,
        **{name: (TEMPLATES / name).read_text() for name in _INCLUDES},
        "static/api.json": json.dumps(_index(gateway), indent=2) + "\n",
        **{f"static/{name}": text for name, text in standing.render(list(gateway.upstreams)).items()},
    }


def write(gateway: Gateway, prefix: Path) -> bool:
    """Writes the configuration below `prefix`; True if it differs from what stood there."""
    changed = False
    for directory in (prefix / "static", prefix / "temp"):
        directory.mkdir(parents=True, exist_ok=True)
    for name, text in render(gateway).items():
        target = prefix / name
        if not target.is_file() or target.read_text() != text:
            target.write_text(text)
            changed = True
    _copy_assets(prefix / "static" / standing.PREFIX.lstrip("/"))
    return changed


def _copy_assets(target: Path) -> None:
    """Beside the pages that need no service: nginx may not be able to read where the code lies."""
    own = target / assets.digest()
    if own.is_dir() or not assets.folder().is_dir():
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(assets.folder(), own)


def _fill(name: str, /, **values: str) -> str:
    return _Template((TEMPLATES / name).read_text()).substitute(values)


def _upstreams(gateway: Gateway) -> str:
    if gateway.resolver:
        return ""
    # Without a stream process its name must still resolve, or nginx refuses the whole configuration.
    addresses = {**gateway.upstreams, "stream": gateway.stream or "unix:absent"}
    return "\n".join(_fill("upstream.conf", name=name, servers=_servers(text)) for name, text in addresses.items())


def _servers(addresses: str) -> str:
    # A copy that is just being replaced is asked again at once, or the two of them would be given up for ten seconds.
    return "\n".join(f"        server {address} max_fails=0;" for address in addresses.split())


def _services(gateway: Gateway) -> str:
    return "\n".join(
        _service(gateway, name) if name in gateway.upstreams else _fill("absent.conf", service=name)
        for name in SERVICES
    )


def _service(gateway: Gateway, name: str) -> str:
    to_web, to_stream = f"proxy_pass http://{name};", "proxy_pass http://stream;"
    if gateway.resolver:
        # Only an address in a variable is looked up again.
        to_web = f"set $web {gateway.upstreams[name]};\n            proxy_pass http://$web;"
        to_stream = f"set $stream {gateway.streams[name]};\n            proxy_pass http://$stream;"
    return _fill("service.conf", service=name, to_web=to_web, to_stream=to_stream)


def _index(gateway: Gateway) -> dict[str, object]:
    return {
        "product": "concord",
        "version": gateway.version,
        "services": [_entry(name) for name in SERVICES if name in gateway.upstreams],
    }


def _entry(service: str) -> dict[str, object]:
    return {
        "name": service,
        "versions": ["v1"],
        "base": f"/api/{service}/v1",
        "openapi": f"/api/{service}/v1/openapi.json",
        "documentation": f"/api/{service}/docs",
    }


def for_containers() -> Gateway:
    """All services under the names that compose.yaml and Kubernetes give them; deploy/gateway/start does the rest."""
    return Gateway(
        listen="8080",
        upstreams={name: f"{name}-web$domain:8000" for name in SERVICES},
        streams={name: f"{name}-stream$domain:8000" for name in SERVICES},
        resolver="include /run/gateway/resolver.conf;",
        access_log="/dev/stdout",
    )


if __name__ == "__main__":
    write(for_containers(), Path(sys.argv[1]))
