"""Log-in and log-out. A bearer token, a one-time link or an identity provider says who somebody is; the session cookie
remembers it.

Logging out tells every service, as the front-channel logout of OpenID Connect does: the last page holds one picture
of each service, whose address is a signed note that names the session.
"""

import time
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import flask
from flask.typing import ResponseReturnValue

from shared.access import open_to_everybody
from shared.auth import Authenticator, KeySet
from shared.console import identity, sessions
from shared.console.pages import FORMS, show
from shared.current import runtime
from shared.errors import DomainError, Unauthenticated
from shared.sessions import revoke
from shared.tenancy import Context, TenantMissing

_DAY = 86400
_ENDED = """<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><path fill="none" \
stroke="#2fb344" stroke-width="2" d="m3 8 3.5 3.5L13 5"/></svg>"""


class LinkUsed(Unauthenticated):
    """A log-in link works once."""

    code = "link_used"


def blueprint_of(service: str) -> flask.Blueprint:
    """Views that need no session, below `/<service>`."""
    blueprint = flask.Blueprint("login", __name__, url_prefix=f"/{service}")
    blueprint.add_url_rule("/login", "form", open_to_everybody(_form))
    blueprint.add_url_rule("/login", "token", _takes_forms(_with_token), methods=["POST"])
    blueprint.add_url_rule("/login/once", "once", open_to_everybody(_with_link))
    blueprint.add_url_rule("/login/provider", "provider", open_to_everybody(_to_provider))
    blueprint.add_url_rule("/login/callback", "callback", open_to_everybody(_from_provider))
    blueprint.add_url_rule("/logout", "logout", _takes_forms(_log_out), methods=["POST"])
    blueprint.add_url_rule("/logout/<proof>.svg", "ended", open_to_everybody(_end_elsewhere))
    return blueprint


def _takes_forms(view: Any) -> Any:
    view.accepts = FORMS
    return open_to_everybody(view)


def _form() -> ResponseReturnValue:
    return _asked()


def _asked(refusal: DomainError | None = None) -> flask.Response:
    provided = runtime().settings.oidc_issuer is not None
    values = {"next": _next(), "refusal": refusal.detail if refusal else None, "provided": provided}
    return show("console/login.html", values, refusal.status if refusal else 200)


def _with_token() -> ResponseReturnValue:
    """A bearer token becomes a session that lasts as long as the token."""
    sessions.demand_same_origin()
    try:
        context = _context_of(flask.request.form.get("token", "").strip())
    except DomainError as refusal:
        return _asked(refusal)
    return _started(context, seconds=context.claims["exp"] - time.time())


def _with_link() -> ResponseReturnValue:
    """The link that `concord up` prints: a token for this address only, which counts once."""
    service = runtime().service
    try:
        context = _context_of(flask.request.args.get("key", ""), audience=f"{service}/login")
        with _entered(context) as session:
            model = flask.current_app.parts.revoked_sessions  # type: ignore[attr-defined]
            expires_at = _time(context.claims["exp"])
            if not revoke(session, model, f"login:{context.claims['jti']}", expires_at=expires_at):
                raise LinkUsed("This link was used already; `concord login` prints a new one.")
    except DomainError as refusal:
        return _asked(refusal)
    return _started(context)


def _to_provider() -> ResponseReturnValue:
    return identity.begin(_next())


def _from_provider() -> ResponseReturnValue:
    try:
        claims, go_to = identity.finish()
        context = runtime().authenticator.admitted({"jti": "", **claims}, **_origin())
        _demand_tenant(context)
    except DomainError as refusal:
        return _asked(refusal)
    return _started(context, go_to=go_to)


def _context_of(token: str, *, audience: str | None = None) -> Context:
    settings, origin = runtime().settings, _origin()
    authenticator = runtime().authenticator
    if audience is not None:
        keys = KeySet(settings.jwks)
        authenticator = Authenticator(keys, service=audience, issuer=settings.issuer, role_permissions={})
    context = authenticator.context(f"Bearer {token}", **origin)
    _demand_tenant(context)
    return context


def _demand_tenant(context: Context) -> None:
    if context.tenant_id is None:
        raise TenantMissing("This token names no tenant: ask for one that carries the claim `tenant`.")


def _origin() -> dict[str, Any]:
    return {"correlation_id": flask.g.correlation_id, "client_address": flask.request.remote_addr}


def _entered(context: Context) -> Any:
    """A unit of work outside of the app's own, for views that nobody has logged in for yet."""
    return runtime().db.transaction(context)


def _started(context: Context, *, seconds: float | None = None, go_to: str | None = None) -> flask.Response:
    days = runtime().settings.session_days
    answer = flask.make_response(flask.redirect(go_to or _next(), 303))
    sessions.start(answer, context.claims, seconds=min(seconds or days * _DAY, days * _DAY))
    return answer


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _next() -> str:
    """Where to go after log-in: an address of this origin, never another one."""
    current = urlsplit(flask.request.headers.get("HX-Current-URL", ""))  # of the gateway's log-in page
    found = flask.request.values.get("next") or dict(parse_qsl(current.query)).get("next") or "/"
    return found if found.startswith("/") and not found.startswith(("//", "/\\")) else "/"


def _log_out() -> ResponseReturnValue:
    claims = sessions.signed_in()
    settings = runtime().settings
    values: dict[str, Any] = {"person": None, "menu": [], "ended": []}
    if claims is not None:
        proof = sessions.signer("logout").dumps({name: claims[name] for name in ("sid", "tenant", "exp", "sub")})
        services = settings.console_services or [settings.service]
        values["ended"] = [(name, f"/{name}/logout/{proof}.svg") for name in services]
        _end_here(claims)
    answer = show("console/logged-out.html", values)
    sessions.end(answer)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _end_elsewhere(proof: str) -> ResponseReturnValue:
    claims = sessions.read("logout", proof)
    if claims is None:
        flask.abort(404)
    _end_here(claims)
    return flask.Response(_ENDED, mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


def _end_here(claims: sessions.Claims) -> None:
    model = flask.current_app.parts.revoked_sessions  # type: ignore[attr-defined]
    if model is None:
        return
    context = Context(uuid.UUID(claims["tenant"]), claims["sub"], correlation_id=flask.g.correlation_id)
    with _entered(context) as session:
        revoke(session, model, claims["sid"], expires_at=_time(claims["exp"]))
