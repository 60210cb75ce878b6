"""The console of one tenant, with all services behind one gateway."""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.app import ServiceApp
from tests.console import stage
from tests.fixtures.people import Issuer, Person


@dataclass
class World:
    """The console of one tenant, and the ids of what stands in it."""

    address: str
    apps: dict[str, ServiceApp]
    issuer: Issuer
    tenant_id: uuid.UUID = field(default_factory=uuid.uuid4)
    ids: dict[str, dict[str, object]] = field(default_factory=dict)
    servers: dict[str, AbstractContextManager[None]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def person(self, service: str, **claims: Any) -> Person:
        token = self.issuer.token(self.tenant_id, **claims)
        return Person(self.apps[service].test_client(), f"/api/{service}/v1", token)

    def address_of(self, path: str) -> str:
        """With the ids that the service of this page has arranged."""
        return path.format(**self.ids.get(path.split("/")[1], {}))

    def serve(self, name: str) -> None:
        self.servers[name] = stage.served(self.apps[name], self.ports[name])
        self.servers[name].__enter__()

    def stop(self, name: str) -> None:
        self.servers.pop(name).__exit__(None, None, None)

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """As when the service's process is gone."""
        self.stop(name)
        try:
            yield
        finally:
            self.serve(name)

    def cookie(self, **claims: Any) -> dict[str, Any]:
        """Of a session of this person, as logging in makes it."""
        app = next(iter(self.apps.values()))
        client = app.test_client()
        token = self.issuer.token(self.tenant_id, **claims)
        client.post(f"/{app.name}/login", data={"token": token})
        found = client.get_cookie("concord_session")
        assert found is not None
        return {"name": found.key, "value": found.value, "url": self.address}
