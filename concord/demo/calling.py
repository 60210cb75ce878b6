"""How the demo speaks to the services: through the gateway, as people of the demo tenant."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import httpx2

from concord.demo.ground import Ground
from concord.tokens import DEMO_TENANT_ID, Person

_TOKEN_SECONDS = 1800
ADMIN = Person("demo-admin", "Demo admin", DEMO_TENANT_ID, roles=("admin",))
PATIENCE_SECONDS, POLL_SECONDS = 300, 0.2
# Decides what others ask for.
GRACE = Person("grace", "Grace", DEMO_TENANT_ID, roles=("manager",))
Note = Callable[[str], None]


class DemoFailed(Exception):
    """The stack is up, but the demo did not go through."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Raises DemoFailed for every answer that is no success, unless its status is accepted."""

    client: httpx2.Client

    @classmethod
    def of(cls, ground: Ground, person: Person = ADMIN, *, story: uuid.UUID | None = None) -> Self:
        """`story` is the correlation id of all its calls; without one each has its own."""
        headers = {"Authorization": f"Bearer {ground.issuer.user_token(person, ttl_seconds=_TOKEN_SECONDS)}"}
        headers |= {"X-Correlation-ID": str(story)} if story else {}
        return cls(httpx2.Client(base_url=ground.address, headers=headers, timeout=60))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.client.close()

    def call(self, method: str, path: str, *, accepts: tuple[int, ...] = (), **options: Any) -> httpx2.Response:
        try:
            response = self.client.request(method, path, **options)
        except httpx2.HTTPError as error:
            raise DemoFailed(f"the gateway does not answer: {error}") from error
        if response.is_error and response.status_code not in accepts:
            what = f"{response.request.method} {response.request.url.path}"
            raise DemoFailed(f"{what}: {response.status_code} {response.text[:300]}")
        return response

    def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", path, params=parameters).json()
        return found

    def newest(self, path: str, **parameters: Any) -> dict[str, Any] | None:
        """The first row of a list."""
        found = self.get(path, limit=1, **parameters)["results"]
        return found[0] if found else None

    def follow(self, path: str, *, patience_seconds: float, every_seconds: float) -> dict[str, Any]:
        """What is read there when it is no longer pending or running, or when the patience is over."""
        deadline = time.monotonic() + patience_seconds
        while True:
            found = self.get(path)
            if found["status"] not in ("pending", "running") or time.monotonic() > deadline:
                return found
            time.sleep(every_seconds)

    def ended(self, address: str, what: str) -> dict[str, Any]:
        """What ran there, done. Raises DemoFailed if it takes too long or fails."""
        found = self.follow(address, patience_seconds=PATIENCE_SECONDS, every_seconds=POLL_SECONDS)
        if not found["status"].startswith("completed"):
            raise DemoFailed(f"{what}: {found['status']}: {found.get('error') or 'still at work'}")
        return found

    def awaited(self, path: str, what: str, **parameters: Any) -> dict[str, Any]:
        """The newest row of a list once there is one: letters between services take a moment. Raises DemoFailed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := self.newest(path, **parameters)) is None:
            if time.monotonic() > deadline:
                raise DemoFailed(f"{what} does not come")
            time.sleep(POLL_SECONDS)
        return found
