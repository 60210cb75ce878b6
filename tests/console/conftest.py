"""One gateway, one browser, one tenant with something on every page."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from typing import Any

import pytest
from playwright.sync_api import Browser

from concord.catalogue import installed_names
from concord.stack.binaries import bundled_nginx
from concord.stream import Dispatcher
from tests.console import stage
from tests.console.stage import Visit
from tests.console.world import World
from tests.fixtures.people import Issuer
from tests.gateway.stage import free_port, start

Open = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture(scope="session")
def world(request: pytest.FixtureRequest, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    names = installed_names()
    ports = {name: free_port() for name in (*names, "stream")}
    with ExitStack() as stack:
        upstreams = {name: f"127.0.0.1:{ports[name]}" for name in names}
        gateway = start(
            bundled_nginx(),  # type: ignore[arg-type]
            tmp_path_factory.mktemp("console"),
            upstreams=upstreams,
            stream=f"127.0.0.1:{ports['stream']}",
            rate="1000r/s",
        )
        address = f"http://127.0.0.1:{stack.enter_context(gateway).port}"
        own = {"console_services": names, "public_url": address}
        made = World(address, {}, issuer, ports=ports)
        for name in names:
            settings = request.getfixturevalue(f"{name}_settings").model_copy(update=own | stage.SETTINGS.get(name, {}))
            made.apps[name] = import_module(f"services.{name}.app").create_app(settings)
            stack.callback(made.apps[name].runtime.close)
            made.serve(name)
            stack.callback(made.stop, name)
        stack.enter_context(stage.served(Dispatcher(dict(made.apps)), ports["stream"]))
        for name in names:
            made.ids[name] = import_module(f"tests.console.{name}").arrange(made)
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with stage.browser() as started:
        yield started


@pytest.fixture(scope="session")
def window(world: World, browser: Browser) -> Iterator[Visit]:
    """One window for all that only looks: what pages load is loaded once."""
    with stage.visit(browser, world.address) as visit:
        visit.page.context.add_cookies([world.cookie()])  # type: ignore[list-item]
        yield visit


@pytest.fixture(scope="session")
def plain_window(world: World, browser: Browser) -> Iterator[Visit]:
    """The same of a browser without JavaScript."""
    with stage.visit(browser, world.address, java_script_enabled=False) as visit:
        visit.page.context.add_cookies([world.cookie()])  # type: ignore[list-item]
        yield visit


@pytest.fixture
def open_console(world: World, browser: Browser) -> Open:
    """Opens a window of somebody who is logged in: `with open_console(roles=["viewer"]) as visit`."""

    @contextmanager
    def opened(options: Mapping[str, Any] | None = None, **claims: Any) -> Iterator[Visit]:
        with stage.visit(browser, world.address, **(options or {})) as visit:
            visit.page.context.add_cookies([world.cookie(**claims)])  # type: ignore[list-item]
            yield visit

    return opened
