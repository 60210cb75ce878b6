"""How a page asks its own service: by the service's API, in this process and within the same unit of work.

`api.get("orders", status=["open"])` goes through the route of that address with its arguments, its permission and its
schemas, so a page can do nothing that the API cannot, and says it in the same words. Failures are raised.
"""

from collections.abc import Mapping
from typing import Any

import flask
from werkzeug.test import EnvironBuilder

Query = Mapping[str, Any]


class Document(dict[str, Any]):
    """What the API answered. In templates `job.status` would find an attribute before the key, so there are few."""

    answer: flask.Response

    @property
    def etag(self) -> str:
        return self.answer.headers.get("ETag", "")

    @property
    def made_id(self) -> str:
        """The id at the end of `Location`: of what was created, or of the job that works."""
        return self.answer.headers.get("Location", "").rpartition("/")[2]

    @property
    def is_pending(self) -> bool:
        """Whether a job does it: its id is `made_id`."""
        return self.answer.status_code == 202


def get(path: str, query: Query | None = None, /, **more: Any) -> Document:
    """`path` is what follows `/api/<service>/v1/`. Arguments that are None are not sent; lists are repeated."""
    return call("GET", path, query={**(query or {}), **more})


def post(path: str, body: Any = None, *, if_match: str | None = None, query: Query | None = None) -> Document:
    return call("POST", path, body={} if body is None else body, if_match=if_match, query=query)


def upload(path: str, form: Mapping[str, Any]) -> Document:
    """Sends a form with files."""
    return call("POST", path, form=form)


def put(path: str, body: Any, *, if_match: str | None = None) -> Document:
    return call("PUT", path, body=body, if_match=if_match)


def patch(path: str, body: Any, *, if_match: str | None = None) -> Document:
    return call("PATCH", path, body=body, if_match=if_match)


def delete(path: str, *, if_match: str | None = None, query: Query | None = None) -> Document:
    return call("DELETE", path, if_match=if_match, query=query)


def call(
    method: str,
    path: str,
    *,
    query: Query | None = None,
    body: Any = None,
    form: Mapping[str, Any] | None = None,
    if_match: str | None = None,
) -> Document:
    """A body that is a text is sent as YAML, anything else as JSON."""
    app, is_text = flask.current_app, isinstance(body, str)
    builder = EnvironBuilder(
        path=f"/api/{app.name}/v1/{path.lstrip('/')}",
        method=method,
        base_url=flask.request.host_url,
        query_string={name: value for name, value in (query or {}).items() if value not in (None, "", [])},
        json=None if is_text else body,
        data=body.encode() if is_text else form,
        content_type="application/yaml" if is_text else None,
        headers=[("If-Match", if_match)] if if_match else [],
    )
    # The context of the inner request shares `flask.g` with the outer one: its session, its caller. Past the unit of
    # work that the app puts around a request: there is one already.
    with app.request_context(builder.get_environ()):
        flask.request.max_content_length = None  # what came from outside has been measured
        response = app.make_response(flask.Flask.dispatch_request(app))
    # Where there is nothing to tell, the text is empty, or that of null.
    found = Document((response.get_json() if response.is_json and response.data else None) or {})
    found.answer = response
    return found
