"""The one way to Redis: a server, its socket, or Sentinels that know which of several servers is the primary."""

import re
from typing import Any, Final
from urllib.parse import unquote

import redis
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.connection import parse_url
from redis.retry import Retry
from redis.sentinel import Sentinel

_HOST: Final = r"(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d+)?"
_REST: Final = r"((?:/\d*)?(?:\?[^#]*)?)"  # the number of the database, and options of redis-py
_SERVER: Final = re.compile(rf"rediss?://(?:[^/?#]*@)?{_HOST}{_REST}|unix://[^?#]+(?:\?[^#]*)?")
_SENTINELS: Final = re.compile(rf"(rediss?)\+sentinel://([^/?#]*@)?({_HOST}(?:,{_HOST})*)/([^/?#]+){_REST}")


def connect(url: str, *, blocking: bool = False) -> redis.Redis:
    """Asks nothing yet. `blocking` is for workers: their pop outlasts any short limit (RQ sets its own), and they have
    nothing better to do than to wait for some seconds until another server is the primary.

    Raises ValueError when the URL is none of those that the reference of the settings tells.
    """
    retry = Retry(ExponentialBackoff(cap=1.0, base=0.2), 10) if blocking else Retry(ExponentialBackoff(0.2, 0.05), 1)
    limits: dict[str, Any] = {"socket_connect_timeout": 1.0, "retry": retry}
    if not blocking:
        limits["socket_timeout"] = 1.0
    if found := _SENTINELS.fullmatch(url):
        return _primary(found, limits)
    if _SERVER.fullmatch(url):
        return redis.Redis.from_url(url, **limits)
    shown = re.sub(r"//.*@", "//", url.partition("?")[0])
    raise ValueError(f"Redis is at redis://HOST/0 or redis+sentinel://HOST:26379,HOST:26379/SERVICE/0, not at {shown}")


def _primary(found: re.Match[str], limits: dict[str, Any]) -> redis.Redis:
    """The server that the Sentinels call primary when a connection is made. Options that begin with `sentinel_` are
    for the Sentinels, as the time limits are; who logs in to the servers need not be known to them."""
    scheme, login, hosts, service, rest = found.groups("")
    parsed = [parse_url(f"{scheme}://{login}{host}{rest}") for host in hosts.split(",")]
    sentinels = [(each.pop("host"), each.pop("port", 26379)) for each in parsed]
    options = limits | parsed[0]
    asking = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": Retry(NoBackoff(), 0)}
    if options.pop("connection_class", None):  # TLS to both
        options["ssl"] = True
        asking |= {name: value for name, value in options.items() if name.startswith("ssl")}
    for name in [name for name in options if name.startswith("sentinel_")]:
        asking[name.removeprefix("sentinel_")] = options.pop(name)
    client: redis.Redis = Sentinel(sentinels, sentinel_kwargs=asking, **options).master_for(unquote(service))
    return client
