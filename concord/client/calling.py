"""The part of the client that is written by hand: how a service is called. Operations are generated on top of it."""

import copy
import json
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import httpx2

from concord.client.problems import CallFailed, Problem, StillRunning, Unreachable

ENDED = ("completed", "partial_failure", "failed", "cancelled")
ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
POLL_SECONDS = 0.3
# A short job has ended before its stream would tell so.
SHORT_SECONDS = 2.0
# A header of the call, from the name that `using` has for it.
_HEADERS = {
    "correlation_id": "X-Correlation-ID",
    "idempotency_key": "Idempotency-Key",
    "if_match": "If-Match",
    "prefer": "Prefer",
}
_KEYED = ("POST", "PUT", "PATCH")

# Of a job: the whole of it, or what an event says.
News = Callable[[Mapping[str, Any]], None]


class Document(dict[str, Any]):
    """What was answered, with what stood beside it: `status`, and if there is one `etag` and `location`."""

    status: int
    etag: str | None
    location: str | None

    @classmethod
    def of(cls, response: httpx2.Response) -> Any:
        """Also an answer that is a list, or nothing."""
        found = response.json() if response.content else None
        if not isinstance(found, dict):
            return found
        document = cls(found)
        document.status = response.status_code
        document.etag = response.headers.get("ETag")
        document.location = response.headers.get("Location")
        return document


@dataclass(frozen=True, slots=True)
class Event:
    """One message of an event stream; with its id a later call goes on behind it."""

    id: str | None
    type: str
    data: Any


class ServiceClient:
    """One service. `http` has `/api/<service>/v1/` as its base; paths are relative to that, or absolute.

    A call is repeated, up to `attempts` times in all, if that is safe: one that did not arrive, one that was put off
    with `Retry-After`, one that may be lost on the way and either reads or carries an idempotency key. POST, PUT and
    PATCH carry one of their own, so that the service does once what is asked twice.
    """

    name = ""

    def __init__(self, http: httpx2.Client, *, attempts: int = ATTEMPTS) -> None:
        self.http = http
        self.attempts = attempts
        self._headers: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def close(self) -> None:
        self.http.close()

    def using(self, **options: Any) -> Self:
        """The same service, its calls with `correlation_id`, `idempotency_key`, `if_match` or `prefer`.

        `if_match` takes what was read, or its entity tag: the call is refused if that has changed since (`Stale`).
        """
        other = copy.copy(self)
        given = {_HEADERS[name]: _text(value) for name, value in options.items() if value is not None}
        other._headers = self._headers | given
        return other

    def call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Options are those of httpx2: `params`, `json`, `content`, `files`, `headers`. Raises Problem, Unreachable."""
        request = self._request(method, path, **options)
        return self._sent(request, lambda: self.http.send(request))

    def ask(self, method: str, path: str, *names: object, **options: Any) -> Any:
        """The answer as a Document; `{}` in the path stand for `names`."""
        return Document.of(self.call(method, _filled(path, names), **_known(options)))

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("GET", path, params=query)

    def rows(self, path: str, *names: object, params: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """All rows of a list, read page by page as they are taken; `limit` is the length of a page."""
        page = self.ask("GET", path, *names, params={"limit": 200} | dict(params or {}))
        yield from page["results"]
        while page["next"]:
            page = self.ask("GET", page["next"])
            yield from page["results"]

    def download(self, path: str, *names: object, **options: Any) -> Iterator[bytes]:
        """A file, piece by piece."""
        with self._opened(_filled(path, names), **_known(options)) as response:
            yield from response.iter_bytes()

    def listen(self, path: str, *names: object, **options: Any) -> Iterator[Event]:
        """The messages of an event stream, until the service ends it: after a minute, or with what it tells of."""
        headers = {"Accept": "text/event-stream"}
        with self._opened(_filled(path, names), headers=headers, **_known(options)) as response:
            number, kind = None, ""
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    number = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    yield Event(number, kind, json.loads(value))

    def wait(
        self,
        job: Any,
        *,
        seconds: float = 600.0,
        among: str = "jobs",
        ended: tuple[str, ...] = ENDED,
        news: News | None = None,
        short_seconds: float = SHORT_SECONDS,
    ) -> Document:
        """The job when it has ended, however that was; StillRunning after `seconds`.

        `job` is its id, or the answer of the call that began it; an answer that points to no job is one of a call that
        is done already, and comes back as it is. `among` is where it is found, `ended` its last states. `news` is told
        of it again and again, and gets what its events say where the service streams them.
        """
        if isinstance(job, Document) and job.status != 202:
            return job
        place = getattr(job, "location", None) or f"{among}/{job}"
        began = time.monotonic()
        while True:
            found: Document = self.get(place)
            if found["status"] in ended:
                return found
            if news is not None:
                news(found)
            passed = time.monotonic() - began
            if passed >= seconds:
                raise StillRunning(found, seconds)
            if passed < short_seconds or not self._heard(f"{place}/events", news, began + seconds):
                time.sleep(POLL_SECONDS)

    def _heard(self, path: str, news: News | None, deadline: float) -> bool:
        """Passes on what the stream tells until the state changes or the stream ends; False where there is none."""
        first = True
        try:
            for event in self.listen(path):
                if news is not None:
                    news(event.data)
                if (event.type == "state" and not first) or time.monotonic() > deadline:
                    return True
                first = False
        except CallFailed:
            return False
        return not first

    def _request(self, method: str, path: str, **options: Any) -> httpx2.Request:
        given = options.pop("headers", {})
        # The service names its addresses in full; they count for this connection, whatever it is called there.
        address = self.http.base_url.join(httpx2.URL(path).raw_path.decode()) if _is_absolute(path) else path
        made = {"X-Correlation-ID": str(uuid.uuid4())}
        if method in _KEYED:
            made["Idempotency-Key"] = str(uuid.uuid4())
        return self.http.build_request(method, address, headers=made | self._headers | given, **options)

    @contextmanager
    def _opened(self, path: str, **options: Any) -> Iterator[httpx2.Response]:
        request = self._request("GET", path, **options)
        with closing(self._sent(request, lambda: self.http.send(request, stream=True))) as response:
            try:
                yield response
            except httpx2.TransportError as error:
                raise Unreachable(f"{self.http.base_url} broke off: {error}") from error

    def _sent(self, request: httpx2.Request, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        for pause in self._pauses():
            failure: CallFailed
            try:
                response = send()
            except httpx2.TransportError as error:
                is_safe = isinstance(error, httpx2.ConnectError) or _may_be_repeated(request)
                wait = pause if is_safe else None
                failure = Unreachable(f"{self.http.base_url} does not answer: {error}")
            else:
                if not response.is_error:
                    return response
                response.read()
                wait = _put_off(request, response, pause)
                failure = Problem.of(response)
            if wait is None:
                raise failure
            time.sleep(wait)
        raise AssertionError("the last attempt has no pause")

    def _pauses(self) -> Iterator[float | None]:
        """Before the next attempt, in seconds; None after the last one."""
        for attempt in range(self.attempts - 1):
            yield FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - spreads, hides nothing
        yield None


class Resource:
    """Operations that belong together; see `ServiceClient` for what they all do."""

    def __init__(self, service: ServiceClient) -> None:
        self._service = service

    def using(self, **options: Any) -> Self:
        """See `ServiceClient.using`."""
        return type(self)(self._service.using(**options))


def _may_be_repeated(request: httpx2.Request) -> bool:
    """What is sent twice has effect once."""
    return request.method == "GET" or "Idempotency-Key" in request.headers


def _put_off(request: httpx2.Request, response: httpx2.Response, pause: float | None) -> float | None:
    """Seconds until the next attempt, or None: the refusal stands."""
    asked = response.headers.get("Retry-After", "")
    if pause is None:
        return None
    if response.status_code in (409, 429, 503) and asked.isdigit():
        return max(float(asked), pause) if float(asked) <= LONGEST_PAUSE_SECONDS else None
    return pause if response.status_code in (502, 503, 504) and _may_be_repeated(request) else None


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "http://", "https://"))


def _text(value: Any) -> str:
    return str(getattr(value, "etag", value))


def _filled(path: str, names: tuple[object, ...]) -> str:
    return path.format(*(quote(str(name), safe="") for name in names)) if names else path


def _known(options: Mapping[str, Any]) -> dict[str, Any]:
    """Without queries that say nothing; a name that Python keeps for itself has `_` at its end."""
    query = options.get("params") or {}
    left = {name.removesuffix("_"): value for name, value in query.items() if value is not None and value != ()}
    return {name: value for name, value in options.items() if name != "params"} | ({"params": left} if left else {})
