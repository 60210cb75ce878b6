"""The ways to show a source who asks. What was got by a login lives in the run's memory only."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

import httpx2
import msgspec

from services.sync.clients.secrets import Secrets
from services.sync.errors import BadResponse, SourceRefused
from services.sync.extractors.asking import Asker, Credentials, Nobody, told
from shared.outbound_guard import Fetched

# A reference; what stands there instead is told by the check for literal secrets.
_REFERENCE: dict[str, Any] = {}
_TEXT = {"type": "string", "minLength": 1}


def _form(kind: str, required: list[str], **properties: Any) -> dict[str, Any]:
    members = {"type": {"const": kind}, **properties}
    return {
        "type": "object",
        "properties": members,
        "required": ["type", *required],
        "additionalProperties": False,
    }


SCHEMA: dict[str, Any] = {
    "oneOf": [
        {"const": "none"},
        _form("none", []),
        _form("bearer", ["token"], token=_REFERENCE),
        _form("basic", ["username", "password"], username={}, password=_REFERENCE),
        _form("api_key", ["name", "value"], name=_TEXT, value=_REFERENCE, **{"in": {"enum": ["header", "query"]}}),
        _form(
            "oauth2",
            ["token_url", "client_id", "client_secret"],
            token_url=_TEXT,
            client_id={},
            client_secret=_REFERENCE,
            scope=_TEXT,
        ),
        _form(
            "session",
            ["login_url"],
            login_url=_TEXT,
            method={"enum": ["GET", "POST"]},
            headers={"type": "object"},
            body={"type": "object"},
        ),
    ]
}


def credentials(auth: Any, secrets: Secrets) -> Credentials:
    """From the checked section `auth`; secrets are read when they are needed."""
    section: Mapping[str, Any] = auth if isinstance(auth, Mapping) else {"type": auth or "none"}
    kind = section["type"]
    if kind == "none":
        return Nobody()
    if kind == "bearer":
        return Header("Authorization", lambda: f"Bearer {secrets.resolve(section['token'])}")
    if kind == "basic":
        return Header("Authorization", lambda: _basic(section, secrets))
    if kind == "api_key":
        make = lambda: secrets.resolve(section["value"])  # noqa: E731 - read at the time of use
        return Query(section["name"], make) if section.get("in") == "query" else Header(section["name"], make)
    return ClientCredentials(section, secrets) if kind == "oauth2" else Session(section, secrets)


def _basic(section: Mapping[str, Any], secrets: Secrets) -> str:
    pair = f"{secrets.resolve(section['username'])}:{secrets.resolve(section['password'])}"
    return f"Basic {b64encode(pair.encode()).decode()}"


class Header:
    """A header with a secret."""

    def __init__(self, name: str, make: Callable[[], str]) -> None:
        self._name, self._make = name, make

    def apply(self, _asker: Asker, url: str, headers: dict[str, str]) -> str:
        headers[self._name] = self._make()
        return url

    def renew(self) -> bool:
        return False


class Query:
    """A query parameter with a secret."""

    def __init__(self, name: str, make: Callable[[], str]) -> None:
        self._name, self._make = name, make

    def apply(self, _asker: Asker, url: str, _headers: dict[str, str]) -> str:
        return str(httpx2.URL(url).copy_set_param(self._name, self._make()))

    def renew(self) -> bool:
        return False


class ClientCredentials:
    """OAuth 2 client credentials (RFC 6749, section 4.4)."""

    def __init__(self, section: Mapping[str, Any], secrets: Secrets) -> None:
        self._section, self._secrets = section, secrets
        self._token: str | None = None

    def apply(self, asker: Asker, url: str, headers: dict[str, str]) -> str:
        if self._token is None:
            self._token = self._get(asker)
        headers["Authorization"] = f"Bearer {self._token}"
        return url

    def renew(self) -> bool:
        self._token = None
        return True

    def _get(self, asker: Asker) -> str:
        form = {"grant_type": "client_credentials"}
        form |= {name: self._secrets.resolve(self._section[name]) for name in ("client_id", "client_secret")}
        if "scope" in self._section:
            form["scope"] = self._section["scope"]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        address = self._section["token_url"]
        answer = asker.send("POST", address, headers, str(httpx2.QueryParams(form)).encode())
        _demand_success(answer, address)
        try:
            token = msgspec.json.decode(answer.content)["access_token"]
        except (msgspec.MsgspecError, KeyError, TypeError, ValueError):
            token = None
        if not isinstance(token, str):
            raise BadResponse(f"{told(address)} gave no access token.")
        return token


class Session:
    """A login whose cookies are sent with every request after it."""

    def __init__(self, section: Mapping[str, Any], secrets: Secrets) -> None:
        self._section, self._secrets = section, secrets
        self._cookies: str | None = None

    def apply(self, asker: Asker, url: str, headers: dict[str, str]) -> str:
        if self._cookies is None:
            self._cookies = self._login(asker)
        if self._cookies:
            headers["Cookie"] = self._cookies
        return url

    def renew(self) -> bool:
        self._cookies = None
        return True

    def _login(self, asker: Asker) -> str:
        section = self._secrets.resolved({"headers": {}, **self._section})
        headers, content = dict(section["headers"]), None
        if "body" in section:
            headers["Content-Type"], content = "application/json", msgspec.json.encode(section["body"])
        answer = asker.send(section.get("method", "POST"), section["login_url"], headers, content)
        _demand_success(answer, section["login_url"])
        return cookies_of(answer)


def _demand_success(answer: Fetched, address: str) -> None:
    if answer.status >= 400:
        raise SourceRefused(f"{told(address)} refused the login ({answer.status}).", answered=answer.status)


def cookies_of(answer: Fetched) -> str:
    """What a Cookie header has to say after this answer."""
    jar = SimpleCookie()
    for line in answer.headers.get_list("Set-Cookie"):
        try:
            jar.load(line)
        except CookieError:
            continue
    return "; ".join(f"{name}={morsel.coded_value}" for name, morsel in jar.items())
