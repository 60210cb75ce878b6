"""Failures on pages: in words, with the status that the API would have answered.

A form that failed is not lost: the page that it was sent from is shown again, in a unit of work of its own, with what
was typed, the failure on top and each complaint at its field.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import flask
from werkzeug.test import EnvironBuilder

from shared.console.pages import address_of, is_partial, return_to, show

Respond = Callable[[Exception], flask.Response]
_KEPT_HEADERS = ("Cookie", "Hx-Request", "Hx-Request-Type", "Hx-Current-Url", "X-Forwarded-Proto")


def shown(error: Exception, respond: Respond) -> flask.Response:
    """A problem document, or on a page what people read instead."""
    told = respond(error)
    if not flask.request.path.startswith(f"/{flask.current_app.name}/"):
        return told
    problem: dict[str, Any] = told.get_json()
    if problem["status"] == 401:
        answer = _log_in()
    else:
        answer = _instead_of_preview(problem) or _form_again(problem, respond) or _panel(problem)
    answer.headers["Cache-Control"] = "no-store"
    if "Retry-After" in told.headers:
        answer.headers["Retry-After"] = told.headers["Retry-After"]
    return answer


def _log_in() -> flask.Response:
    """To this service's log-in form, and back here afterwards."""
    form = f"/{flask.current_app.name}/login"
    asked_here = flask.request.method == "GET" and not flask.request.headers.get("HX-Request")
    back = address_of(flask.request.path, flask.request.args)
    if flask.request.headers.get("HX-Request"):  # a part of a page: the page as a whole has to log in
        current = urlsplit(flask.request.headers.get("HX-Current-URL", ""))
        back = f"{current.path}?{current.query}" if current.query else current.path
        return flask.Response(status=401, headers={"HX-Redirect": f"{form}?next={quote(back or '/')}"})
    return flask.make_response(flask.redirect(f"{form}?next={quote(back)}" if asked_here else form, 303))


def _instead_of_preview(problem: dict[str, Any]) -> flask.Response | None:
    """What is wrong with what stands in a form, where its preview would stand."""
    if not flask.request.headers.get("HX-Target", "").endswith("#preview"):
        return None
    flask.g.problem = problem
    return show("console/no-preview.html", {}, problem["status"])


def _form_again(problem: dict[str, Any], respond: Respond) -> flask.Response | None:
    app, back = flask.current_app, return_to()
    if flask.request.method != "POST" or back is None or "context" not in flask.g:
        return None
    kept = [(name, value) for name, value in flask.request.headers if name.title() in _KEPT_HEADERS]
    again = EnvironBuilder(path=back, base_url=flask.request.host_url, headers=kept)
    flask.g.problem, flask.g.typed = problem, flask.request.form
    with app.request_context(again.get_environ()):
        try:
            answer = app.make_response(app.dispatch_request())
        except Exception as failure:  # then the page itself has a problem
            respond(failure)
            return None
    answer.status_code = problem["status"]
    return answer


def _panel(problem: dict[str, Any]) -> flask.Response:
    flask.g.problem = problem
    answer = show("console/failure.html", {}, problem["status"])
    if is_partial() and flask.request.method == "GET":
        answer.headers["HX-Push-Url"] = "false"
    return answer
