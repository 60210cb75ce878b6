"""Real services side by side: each behind an address of its own, with its own key, and a secret for each pair."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from shared.app import ServiceApp
from shared.config import Settings
from shared.db import Database
from shared.jobs.relay import RelayedService
from shared.outbox.delivering import Courier
from shared.service_tokens import ServiceTokens
from shared.signatures import new_secret
from shared.tenancy import Context
from tests.fixtures.people import Issuer
from tests.fixtures.services import running
from tests.fixtures.stand_in import pem


@dataclass
class Door:
    """An address that is there before the service behind it. While `closed` it answers like a gateway without it."""

    app: ServiceApp | None = None
    closed: int = 0
    meanwhile: Callable[[], None] = lambda: None
    passed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = make_server("127.0.0.1", 0, self, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __call__(self, environ: Any, start_response: Any) -> Any:
        if self.closed or self.app is None:
            self.closed = max(0, self.closed - 1)
            self.meanwhile()
            return Response("away", 503)(environ, start_response)
        self.passed.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return self.app(environ, start_response)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@dataclass(frozen=True)
class House:
    """What stands behind each name."""

    settings: Mapping[str, Settings]
    apps: Mapping[str, ServiceApp]
    doors: Mapping[str, Door]


# By name: settings, whom it may call, and what makes its application.
Services = Mapping[str, tuple[Settings, Mapping[str, Any], Callable[[Any], ServiceApp]]]


@contextmanager
def built(services: Services, issuer: Issuer, folder: Path) -> Iterator[House]:
    with ExitStack() as stack:
        doors = {name: Door() for name in services}
        for door in doors.values():
            stack.callback(door.stop)
        files = {name: pem(folder / f"{name}.pem", ec.generate_private_key(ec.SECP256R1())) for name in services}
        keys = [ServiceTokens(name, key_file=file, calls={}).public_jwk() for name, file in files.items()]
        jwks = folder / "jwks.json"
        jwks.write_text(json.dumps({"keys": [*json.loads(issuer.jwks.read_text())["keys"], *keys]}))
        secrets = {frozenset(pair): new_secret() for pair in combinations(services, 2)}
        settings, apps = {}, {}
        for name, (plain, calls, create) in services.items():
            known = {
                "jwks": str(jwks),
                "service_key_file": files[name],
                "siblings": {callee: doors[callee].url for callee in calls.keys() & services.keys()},
                "pair_secrets": {other: secrets[frozenset((name, other))] for other in services if other != name},
            }
            settings[name] = type(plain).model_validate(plain.model_dump() | known)
            apps[name] = doors[name].app = stack.enter_context(running(create, settings[name]))
        yield House(settings, apps, doors)


@contextmanager
def courier(relayed: RelayedService, outbox: Any, settings: Settings) -> Iterator[Courier]:
    """The relay's, with nothing to deliver: it sees the letters of all tenants."""
    assert settings.relay_url is not None
    relay = Database(settings.relay_url.get_secret_value(), pooled=False)
    with relay.transaction(Context(tenant_id=None)) as session:
        session.execute(delete(outbox))
    relay.dispose()
    workers = [getattr(loop, "__self__", None) for loop in relayed.loops]
    (found,) = (worker for worker in workers if isinstance(worker, Courier))
    yield found
    found.close()
