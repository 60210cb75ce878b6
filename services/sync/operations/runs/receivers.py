"""Whom an http target talks to: a sibling with this service's own token, or an address outside through the guard."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
import orjson

from services.sync.clients.secrets import Secrets
from services.sync.errors import SourceUnavailable, TargetUnavailable
from services.sync.extractors.asking import Asker
from services.sync.extractors.credentials import credentials
from services.sync.extractors.http_pages import below, with_params
from services.sync.extractors.world import World
from shared.outbound import Refused, ServiceClient, Unreachable
from shared.tenancy import Context

_ATTEMPTS, _FIRST_WAIT, _LONGEST_WAIT = 8, 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is null where it is no JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def problem(self) -> Mapping[str, Any]:
        return self.body if isinstance(self.body, Mapping) else {}

    @property
    def told(self) -> tuple[str, str]:
        """Code and text of a refusal."""
        code, detail = self.problem.get("code") or f"status_{self.status}", self.problem.get("detail")
        return str(code), str(detail or f"The target refused the row ({self.status}).")


class Receiver(Protocol):
    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Whatever is answered but 5xx and 429, which are tried again. Raises TargetUnavailable."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Sibling:
    """`pause` waits and ends the run when its time is over."""

    name: str
    client: ServiceClient | None
    context: Context
    pause: Callable[[float], None] = time.sleep

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        if self.client is None:
            raise TargetUnavailable(f"There is no service {self.name} here.")
        address = path if path.startswith("/api/") else below(f"/api/{self.name}/v1", path)
        given = dict(headers or {})
        key, wait = given.pop("Idempotency-Key", None), _FIRST_WAIT
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self.client.call(
                    method,
                    address,
                    context=self.context,
                    json=body,
                    params=params,
                    headers=given,
                    idempotency_key=key,
                )
                return Reply(answer.status, answer.headers, _json(answer.content))
            except Unreachable as failure:
                reason = failure.detail
            except Refused as refusal:
                if not refusal.may_pass and refusal.answered < 500:
                    return Reply(refusal.answered, {}, refusal.problem)
                reason = refusal.detail
            if attempt < _ATTEMPTS:
                self.pause(wait)
                wait = min(_LONGEST_WAIT, wait * 2)
        raise TargetUnavailable(reason)

    def close(self) -> None:
        """The client is that of the process."""


class OutsideReceiver:
    """Made from the configuration of a target with `base_url`."""

    def __init__(self, config: Mapping[str, Any], world: World, secrets: Secrets) -> None:
        shown = credentials(config.get("auth"), secrets)
        self._asker = Asker({"config": config}, world, base_url=config["base_url"], credentials=shown)
        self._base = config["base_url"]

    def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        url = str(httpx2.URL(self._base).join(path)) if path.startswith(("/", "http")) else below(self._base, path)
        content = None if body is None else orjson.dumps(body)
        given = {"Accept": "application/json", **(headers or {})}
        given |= {} if content is None else {"Content-Type": "application/json"}
        try:
            answer = self._asker.answered(method, with_params(url, params or {}), given, content)
        except SourceUnavailable as failure:
            raise TargetUnavailable(failure.detail.replace("source", "target")) from failure
        return Reply(answer.status, answer.headers, _json(answer.content))

    def close(self) -> None:
        self._asker.close()


def _json(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
