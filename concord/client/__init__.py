"""A client of the four services, for programs in Python.

    with Concord("https://concord.example", token) as concord:
        for string in concord.propagation.strings.list(status="stale"):
            answer = concord.propagation.strings.propagate(string["id"], {})
            concord.propagation.wait(answer)

Needs httpx2 and nothing else of this repository. `operations` and `documents` are made from the contracts of the
services (`services/*/openapi.json`) by `python -m docs.generate`.
"""

from collections.abc import Callable, Generator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx2

from concord.client.calling import ATTEMPTS, Document, Event, Resource, ServiceClient
from concord.client.problems import (
    CallFailed,
    Conflict,
    Invalid,
    NotAuthorised,
    NotFound,
    Problem,
    Stale,
    StillRunning,
    TooMany,
    Unavailable,
    Unreachable,
)

if TYPE_CHECKING:
    from concord.client.operations.propagation import Propagation
    from concord.client.operations.sync import Sync
    from concord.client.operations.validation import Validation
    from concord.client.operations.workflow import Workflow

__all__ = [
    "CallFailed",
    "Concord",
    "Conflict",
    "Document",
    "Event",
    "Invalid",
    "NotAuthorised",
    "NotFound",
    "Problem",
    "Resource",
    "ServiceClient",
    "Stale",
    "StillRunning",
    "TooMany",
    "Unavailable",
    "Unreachable",
]

Token = str | Callable[[], str]
Kind = TypeVar("Kind", bound=ServiceClient)


class Concord:
    """All services behind one gateway.

    `token` is one, or what gives a valid one whenever it is asked. Further `options` go to httpx2.Client: `timeout` [60
    seconds], `transport`, `verify` and the like.
    """

    def __init__(self, address: str, token: Token, *, attempts: int = ATTEMPTS, **options: Any) -> None:
        self._address = address.rstrip("/")
        self._attempts = attempts
        self._options: dict[str, Any] = {"auth": Bearer(token), "timeout": 60.0} | options
        self._opened: list[ServiceClient] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def close(self) -> None:
        for service in self._opened:
            service.close()

    @cached_property
    def propagation(self) -> "Propagation":
        from concord.client.operations.propagation import Propagation

        return self._open(Propagation)

    @cached_property
    def workflow(self) -> "Workflow":
        from concord.client.operations.workflow import Workflow

        return self._open(Workflow)

    @cached_property
    def validation(self) -> "Validation":
        from concord.client.operations.validation import Validation

        return self._open(Validation)

    @cached_property
    def sync(self) -> "Sync":
        from concord.client.operations.sync import Sync

        return self._open(Sync)

    def _open(self, kind: type[Kind]) -> Kind:
        http = httpx2.Client(base_url=f"{self._address}/api/{kind.name}/v1/", **self._options)
        service = kind(http, attempts=self._attempts)
        self._opened.append(service)
        return service


class Bearer(httpx2.Auth):
    def __init__(self, token: Token) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        token = self._token if isinstance(self._token, str) else self._token()
        request.headers["Authorization"] = f"Bearer {token}"
        yield request
