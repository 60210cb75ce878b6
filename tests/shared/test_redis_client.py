"""Addresses of Redis; that a connection follows a failover is shown in tests/faults."""

from typing import Any

import pytest
import redis
from redis.connection import UnixDomainSocketConnection
from redis.sentinel import SentinelConnectionPool, SentinelManagedConnection, SentinelManagedSSLConnection

from shared.redis_client import connect


def options(client: redis.Redis, *names: str) -> tuple[Any, ...]:
    return tuple(client.connection_pool.connection_kwargs.get(name) for name in names)


def pool(url: str) -> SentinelConnectionPool:
    """Of a client that asks Sentinels."""
    found = connect(url).connection_pool
    assert isinstance(found, SentinelConnectionPool)
    return found


def test_a_server_answers(redis_url: str) -> None:
    with connect(redis_url) as client, connect(redis_url, blocking=True) as patient:
        assert client.ping()
        assert patient.ping()
        assert options(client, "socket_timeout", "socket_connect_timeout") == (1, 1)
        assert options(patient, "socket_connect_timeout") == (1,)


def test_a_socket() -> None:
    client = connect("unix:///run/valkey.sock?db=2")
    assert client.connection_pool.connection_class is UnixDomainSocketConnection
    assert options(client, "path", "db") == ("/run/valkey.sock", 2)


def test_sentinels_are_asked_for_the_primary_of_a_service() -> None:
    found = pool("redis+sentinel://ada:p%40ss@one:26379,two,[::1]:26380/cache/3")
    assert (found.service_name, found.is_master) == ("cache", True)
    assert found.connection_class is SentinelManagedConnection
    kept = found.connection_kwargs
    assert [kept[name] for name in ("username", "password", "db")] == ["ada", "p@ss", 3]
    asked = [sentinel.connection_pool.connection_kwargs for sentinel in found.sentinel_manager.sentinels]
    assert [(each["host"], each["port"]) for each in asked] == [("one", 26379), ("two", 26379), ("::1", 26380)]
    assert {(each.get("password"), each["socket_timeout"]) for each in asked} == {(None, 1)}


def test_sentinels_have_a_login_of_their_own_and_tls_is_for_all() -> None:
    found = pool("rediss+sentinel://:one@host/cache?sentinel_password=two&ssl_ca_certs=/ca.pem")
    (sentinel,) = found.sentinel_manager.sentinels
    asked = sentinel.connection_pool.connection_kwargs
    assert found.connection_class is SentinelManagedSSLConnection
    assert (found.connection_kwargs["password"], asked["password"]) == ("one", "two")
    assert (found.connection_kwargs["ssl_ca_certs"], asked["ssl_ca_certs"]) == ("/ca.pem", "/ca.pem")
    assert "sentinel_password" not in found.connection_kwargs


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host:6379",
        "http://host/0",
        "redis://",
        "redis://host:26379/cache/1",
        "redis://one:26379,two:26379/cache/1",
        "redis://host/0/1",
        "redis+sentinel://host:26379",
        "redis+sentinel://host:26379/",
        "redis+sentinel://one,,two/cache",
        "redis+sentinel://host/cache/first",
        "redis+sentinel://:p%40ss@host:port/cache/1?sentinel_password=s3cret",
    ],
)
def test_anything_else_is_refused_with_the_right_form(url: str) -> None:
    with pytest.raises(ValueError, match=r"redis\+sentinel://HOST:26379,HOST:26379/SERVICE/0") as refused:
        connect(url)
    assert "p%40ss" not in str(refused.value)
    assert "s3cret" not in str(refused.value)
