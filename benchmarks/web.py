"""Services as their web processes run them, called in this process: a database, a Redis, an admin with a token."""

import importlib
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import redis
from sqlalchemy import make_url

from benchmarks.server import free_port
from concord.stack import binaries
from shared import migrations
from shared.app import ServiceApp
from shared.migrations import Roles
from tests.fixtures.people import Issuer, Person

PASSWORDS = {"owner": "bench-owner", "app": "bench-app", "relay": "bench-relay"}


@contextmanager
def running_redis() -> Iterator[str]:
    """The address of a Redis-compatible server of its own, without persistence."""
    with TemporaryDirectory() as folder:
        port = free_port()
        command = [str(binaries.valkey()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        address = f"redis://127.0.0.1:{port}/0"
        try:
            _wait_for(address)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            redis.Redis.from_url(address).ping()
        except redis.RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def migrate(admin_url: str, service: str) -> str:
    """A database of the service on this server; the address for its processes."""
    migrations.bootstrap(admin_url, service, PASSWORDS)
    roles = Roles.of(service)
    owner, app = (
        make_url(admin_url)
        .set(username=role, password=PASSWORDS[name], database=f"concord_{service}")
        .render_as_string(hide_password=False)
        for name, role in (("owner", roles.owner), ("app", roles.app))
    )
    migrations.upgrade(service, owner)
    return app


def application(service: str, database_url: str, redis_url: str, issuer: Issuer, **settings: Any) -> ServiceApp:
    """With the quotas of production, but for their height."""
    config, module = (importlib.import_module(f"services.{service}.{name}") for name in ("config", "app"))
    common = {
        "database_url": database_url,
        "redis_url": redis_url,
        "jwks": str(issuer.jwks),
        "log_level": "ERROR",
        "secret_key": "only-for-benchmarks-" * 3,
        "rate_limit_per_minute": 10_000_000,
    }
    app: ServiceApp = module.create_app(config.Settings.model_validate(common | settings))
    return app


def admin(app: ServiceApp, issuer: Issuer, tenant_id: uuid.UUID) -> Person:
    return Person(app.test_client(), f"/api/{app.name}/v1", issuer.token(tenant_id, exp=int(time.time()) + 86400))


@contextmanager
def issuing() -> Iterator[Issuer]:
    with TemporaryDirectory() as folder:
        yield Issuer.make(Path(folder))
