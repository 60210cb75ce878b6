"""Requests to a source: repeated where that may help, at the pace that the source wants, never beyond the limits."""

import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx2

from services.sync.clients.outside import Outside
from services.sync.domain.pages import MAX_BYTES, Traffic
from services.sync.errors import (
    BadResponse,
    ResponseTooLarge,
    SourceAddressRefused,
    SourceRefused,
    SourceUnavailable,
)
from services.sync.extractors.world import World
from shared.outbound_guard import (
    AddressRefused,
    AnswerTooLarge,
    AnswerUnreadable,
    Fetched,
    FetchFailed,
    Rules,
)

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0


class Credentials(Protocol):
    """What shows a source who asks; `ask` sends a request without them."""

    def apply(self, asker: "Asker", url: str, headers: dict[str, str], /) -> str:
        """Adds to the headers and returns the URL, with what belongs into it."""
        ...

    def renew(self) -> bool:
        """Forgets what was refused; False if there is nothing to get anew."""
        ...


class Nobody:
    """No credentials."""

    def apply(self, _asker: "Asker", url: str, _headers: dict[str, str]) -> str:
        return url

    def renew(self) -> bool:
        return False


class Asker:
    """Asks one source. Made from its section of the configuration; close it after use."""

    def __init__(self, source: Mapping[str, Any], world: World, *, base_url: str, credentials: Credentials) -> None:
        self.traffic = Traffic()
        self._world, self._credentials, self._base = world, credentials, httpx2.URL(base_url)
        retry = source.get("retry") or {}
        self._attempts, self._budget = int(retry.get("attempts", 5)), float(retry.get("budget_seconds", 900))
        rate = (source.get("rate_limit") or {}).get("requests_per_second")
        self._interval, self._next_at = (1 / float(rate) if rate else 0.0), 0.0
        seconds = float(source.get("timeout_seconds", 30))
        self._outside: Outside = world.outside(
            Rules(
                max_bytes=MAX_BYTES,
                read_seconds=seconds,
                total_seconds=max(seconds, 1.0),
                connect_seconds=min(seconds, 10.0),
            )
        )

    def close(self) -> None:
        self._outside.close()

    def ask(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Fetched:
        """The answer to a request with credentials.

        Raises SourceUnavailable, SourceRefused, BadResponse, ResponseTooLarge, SourceAddressRefused.
        """
        answer = self.answered(method, url, headers, content)
        if 400 <= answer.status < 500:
            raise SourceRefused(f"The source refused {told(url)} ({answer.status}).", answered=answer.status)
        return answer

    def answered(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Fetched:
        """The same, also where it is a refusal. Credentials stay with the origin of the base URL."""
        for may_renew in (True, False):
            given = dict(headers)
            is_home = _origin(httpx2.URL(url)) == _origin(self._base)
            asked = self._credentials.apply(self, url, given) if is_home else url
            answer = self.send(method, asked, given, content)
            if answer.status == 401 and may_renew and self._credentials.renew():
                continue
            break
        return answer

    def send(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Fetched:
        """The answer as it is, unless 5xx or nothing to the end; for logins as well."""
        started, attempt = time.monotonic(), 0
        waited = 0.0
        while True:
            attempt += 1
            answer = self._once(method, url, headers, content)
            if answer is not None and answer.status not in _PASSING:
                return self._usable(answer, url)
            wait = max(random.uniform(0, _ceiling(attempt)), _retry_after(answer))  # noqa: S311 - spreads, hides nothing
            spent = max(time.monotonic() - started, waited)
            if attempt >= self._attempts or spent + wait > self._budget:
                said = "gives no answer" if answer is None else f"answers {answer.status}"
                raise SourceUnavailable(f"The source {said} to {told(url)} ({attempt} attempts).")
            self.traffic.retries += 1
            waited += wait
            self._world.pause(wait)

    def _once(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Fetched | None:
        """None where no answer came."""
        self._keep_pace()
        status = "none"
        try:
            answer = self._outside.fetch(method, url, headers=headers, content=content)
            status = str(answer.status)
        except AddressRefused as refusal:
            raise SourceAddressRefused(f"{told(url)}: {refusal.detail}") from None
        except AnswerTooLarge:
            raise ResponseTooLarge(f"The answer to {told(url)} has more than {MAX_BYTES} bytes.") from None
        except AnswerUnreadable:
            raise BadResponse(f"The answer to {told(url)} cannot be unpacked.") from None
        except FetchFailed:
            return None
        finally:
            self.traffic.statuses[status] += 1
        self.traffic.bytes += len(answer.content)
        self._compare_clocks(answer)
        return answer

    def _usable(self, answer: Fetched, url: str) -> Fetched:
        if answer.status >= 500:
            raise SourceUnavailable(f"The source answers {answer.status} to {told(url)}.")
        if not 200 <= answer.status < 300 and answer.status < 400:
            raise BadResponse(f"The source answers {answer.status} to {told(url)}.")
        return answer

    def _keep_pace(self) -> None:
        now = time.monotonic()
        if self._interval and now < self._next_at:
            self._world.pause(self._next_at - now)
        self._next_at = max(now, self._next_at) + self._interval

    def _compare_clocks(self, answer: Fetched) -> None:
        if self.traffic.clock_behind_seconds is None and (said := _date(answer.headers.get("Date"))) is not None:
            self.traffic.clock_behind_seconds = (datetime.now(UTC) - said).total_seconds()


def told(url: str) -> str:
    """An address as messages and logs may show it: without user and query."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        return "an address"
    return str(parsed.copy_with(query=None, fragment=None, userinfo=b""))


def _ceiling(attempt: int) -> float:
    return float(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1)))


def _retry_after(answer: Fetched | None) -> float:
    text = "" if answer is None else answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = _date(text)
    return 0.0 if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
