"""Calls over HTTP with the standard library: a token for the store's secret, renewed when it expires."""

import gzip
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from examples.edge.client import Answer

TIMEOUT_SECONDS = 30


class HeadOffice:
    """`address` is that of the gateway, such as http://127.0.0.1:8080; `correlation_id` that of all calls, if any."""

    def __init__(self, address: str, *, store_id: str, secret: str, correlation_id: str | None = None) -> None:
        self._base = f"{address.rstrip('/')}/api/sync/v1/edge"
        self._login = {"store_id": store_id, "secret": secret}
        self._token = ""
        self._story = {"X-Correlation-ID": correlation_id} if correlation_id else {}

    def __call__(
        self, method: str, path: str, *, query: Mapping[str, str], body: Any = None, headers: Mapping[str, str]
    ) -> Answer:
        answer = self._once(method, path, query, body, headers)
        if answer.status == 401:
            granted = self._once("POST", "token", {}, self._login, {})
            self._token = granted.content().get("access_token", "")
            answer = self._once(method, path, query, body, headers)
        return answer

    def _once(self, method: str, path: str, query: Mapping[str, str], body: Any, headers: Mapping[str, str]) -> Answer:
        address = f"{self._base}/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        sent = {"Authorization": f"Bearer {self._token or 'none'}", "Accept-Encoding": "gzip", **self._story, **headers}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        request = urllib.request.Request(address, data, sent, method=method)  # noqa: S310 - the address is the operator's
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
                return _read(response.status, response.headers, response.read())
        except urllib.error.HTTPError as refusal:
            return _read(refusal.code, refusal.headers, refusal.read())


def _read(status: int, headers: Any, content: bytes) -> Answer:
    named = {name.lower(): value for name, value in headers.items()}
    body = gzip.decompress(content) if named.get("content-encoding") == "gzip" else content
    return Answer(status, named, body)
