"""How the demo speaks to the services: through the gateway, as an admin of the demo tenant."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import httpx2

from concord.stack.plan import Plan
from concord.tokens import DEMO_TENANT_ID, Person

_TOKEN_SECONDS = 1800
Note = Callable[[str], None]


class DemoFailed(Exception):
    """The stack is up, but the demo did not go through."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Raises DemoFailed for every answer that is no success, unless its status is accepted."""

    client: httpx2.Client

    @classmethod
    def of(cls, plan: Plan) -> Self:
        person = Person("demo-admin", "Demo admin", DEMO_TENANT_ID, roles=("admin",))
        headers = {"Authorization": f"Bearer {plan.issuer.user_token(person, ttl_seconds=_TOKEN_SECONDS)}"}
        return cls(httpx2.Client(base_url=plan.address, headers=headers, timeout=60))

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

    def follow(self, path: str, *, patience_seconds: float, every_seconds: float) -> dict[str, Any]:
        """What is read there when it is no longer pending or running, or when the patience is over."""
        deadline = time.monotonic() + patience_seconds
        while True:
            found = self.get(path)
            if found["status"] not in ("pending", "running") or time.monotonic() > deadline:
                return found
            time.sleep(every_seconds)
