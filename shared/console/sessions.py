"""The login of people: a cookie that says who they are, signed, and nothing else anywhere.

No store is asked, so a session holds in every process of every service that has the same key, and with Redis down.
Several keys may be given: the last one signs, all of them verify, so that a key is replaced without logging anybody
out. What ends a session before its time is `shared.sessions`.
"""

import time
import uuid
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import flask
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from shared.current import runtime
from shared.errors import DomainError

COOKIE: Final = "concord_session"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_KEPT = ("sub", "name", "tenant", "roles", "permissions", "teams", "email")
Claims = Mapping[str, Any]


class CrossSite(DomainError):
    """A page of another origin tried to act with this browser's session."""

    status = 403
    code = "cross_site"


def signer(purpose: str) -> URLSafeSerializer:
    """Signs what browsers carry for us; a text that was signed for one purpose does not hold for another."""
    settings = runtime().settings
    keys = [key.get_secret_value() for key in settings.session_keys]
    return URLSafeSerializer(keys or [settings.signing_key.decode()], salt=f"concord.{purpose}")


def read(purpose: str, text: str | None) -> dict[str, Any] | None:
    """What was signed, unless it was changed or its `exp` has passed."""
    try:
        found: dict[str, Any] = signer(purpose).loads(text or "")
    except BadSignature:
        return None
    return found if found.get("exp", 0) > time.time() else None


def signed_in() -> Claims | None:
    """The claims of this request's session, in the form of a token's. Raises CrossSite.

    Browsers send the cookie along with what other origins make them send (SameSite keeps most of that away, not what
    a sibling domain does), so whatever changes something must come from a page of ours.
    """
    claims = read("session", flask.request.cookies.get(COOKIE))
    if claims is not None and flask.request.method not in SAFE_METHODS:
        demand_same_origin()
    return claims


def demand_same_origin() -> None:
    site, origin = flask.request.headers.get("Sec-Fetch-Site"), flask.request.headers.get("Origin")
    same = site == "same-origin" if site else origin is None or urlsplit(origin).netloc == flask.request.host
    if not same:
        raise CrossSite("This was sent by a page of another origin; nothing was done.")


def start(answer: Response, claims: Claims, *, seconds: float) -> None:
    """Begins a session of whom `claims` speak of."""
    own = {name: claims[name] for name in _KEPT if claims.get(name)}
    own |= {"sid": str(uuid.uuid4()), "exp": int(time.time() + seconds)}
    _set(answer, COOKIE, str(signer("session").dumps(own)), seconds=int(seconds))


def end(answer: Response) -> None:
    answer.delete_cookie(COOKIE, path="/", samesite="Lax", httponly=True)


def carry(answer: Response, name: str, content: Mapping[str, Any], *, seconds: int) -> None:
    """A signed note to this browser, read back by `carried`."""
    signed = str(signer(name).dumps({**content, "exp": int(time.time()) + seconds}))
    _set(answer, f"concord_{name}", signed, seconds=seconds)


def carried(name: str) -> dict[str, Any] | None:
    return read(name, flask.request.cookies.get(f"concord_{name}"))


def _set(answer: Response, name: str, value: str, *, seconds: int) -> None:
    encrypted = flask.request.is_secure or runtime().settings.public_url.startswith("https://")
    answer.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=encrypted)
