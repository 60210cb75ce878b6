"""Pages: what a view returns is shown by the template of its name.

The whole page is sent to a browser that opens an address, its content only to htmx, which puts it where the old
content was. A form posts, and its view answers with `done`: the page that it came from (or another one) is shown anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import flask
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from shared.access import requires, takes
from shared.console import sessions

Values = Mapping[str, Any]
View = Callable[..., Any]
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Entry:
    """One entry of a service's menu, for those who have the permission; what is wanted rarely stands under "More"."""

    path: str
    label: str
    permission: str
    rare: bool = False


class Pages(flask.Blueprint):
    """Pages of one service, below `/<service>`; their templates lie in `templates/<service>` beside the module."""

    def __init__(self, service: str, name: str, import_name: str, *, folder: str | None = None) -> None:
        super().__init__(f"{name}_pages", import_name, url_prefix=f"/{service}", template_folder="templates")
        self.service, self.folder, self.menu = service, folder or service, list[Entry]()

    def page(
        self, path: str, permission: str, *, menu: str | None = None, rare: bool = False
    ) -> Callable[[View], View]:
        """A page to look at. `menu` makes it an entry of the service's menu."""
        if menu is not None:
            self.menu.append(Entry(f"/{self.service}{path}", menu, permission, rare))
        return self._register(path, permission, "GET", _page)

    def fragment(self, path: str, permission: str) -> Callable[[View], View]:
        """A part that a page loads by itself; the template stands alone."""
        return self._register(path, permission, "GET", _alone)

    def form(self, path: str, permission: str, *, max_bytes: int | None = None) -> Callable[[View], View]:
        """Where a form is sent to; the view returns `done(...)`, or values for a template of its name (a preview)."""
        return self._register(path, permission, "POST", _alone, max_bytes)

    def _register(
        self,
        path: str,
        permission: str,
        method: str,
        finish: Callable[[flask.Response], flask.Response],
        max_bytes: int | None = None,
    ) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            @wraps(view)
            def shown(*args: Any, **kwargs: Any) -> ResponseReturnValue:
                answer = view(*args, **kwargs)
                if not isinstance(answer, Mapping):
                    return flask.make_response(answer)
                return finish(show(f"{self.folder}/{view.__name__}.html", answer))

            guarded = takes(*FORMS, max_bytes=max_bytes)(requires(permission)(shown))
            self.add_url_rule(path, f"{view.__name__}_{method.lower()}", guarded, methods=[method])
            return view

        return decorate


def is_partial() -> bool:
    """Whether htmx asks for the content alone."""
    return flask.request.headers.get("HX-Request-Type") == "partial"


def came_from() -> str:
    """The path of the page that htmx asks from."""
    return urlsplit(flask.request.headers.get("HX-Current-URL", "")).path


def show(template: str, values: Values, status: int = 200) -> flask.Response:
    answer = flask.make_response(flask.render_template(template, **values), status)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.vary.update(("Cookie", "HX-Request-Type"))
    if sessions.carried("note"):
        answer.delete_cookie("concord_note", path="/")
    return answer


def _page(answer: flask.Response) -> flask.Response:
    """Tells htmx which address belongs to the content: the present one, or, of another page, one more in history."""
    if is_partial():
        here = address_of(flask.request.path, flask.request.args)
        answer.headers["HX-Replace-Url" if came_from() == flask.request.path else "HX-Push-Url"] = here
    return answer


def _alone(answer: flask.Response) -> flask.Response:
    """A part as a page of its own, for who opened it without JavaScript."""
    if flask.request.headers.get("HX-Request"):
        return answer
    return show("console/alone.html", {"part": Markup(answer.get_data(as_text=True))})  # noqa: S704 - a template's


def address_of(path: str, query: "MultiDict[str, str]") -> str:
    """Without what a form's empty fields leave in it."""
    kept = [(name, value) for name, value in query.items(multi=True) if value]
    return f"{path}?{urlencode(kept)}" if kept else path


def at_cursor(here: str, link: str) -> str:
    """The present address, at the place of the list that a link of the API's names."""
    path, _, query = here.partition("?")
    kept = MultiDict(parse_qsl(query))
    kept["cursor"] = dict(parse_qsl(urlsplit(link).query))["cursor"]
    return address_of(path, kept)


def asked(*own: str, **defaults: Any) -> dict[str, Any]:
    """What the address asks for, as the query of a call; without empty fields and `own` names of the page."""
    given = flask.request.args
    found: dict[str, Any] = {name: [value for value in given.getlist(name) if value] for name in given}
    return defaults | {name: values for name, values in found.items() if values and name not in own}


def sent() -> dict[str, Any]:
    """What a form sent, as the body of a call. A name is the path of its field (`settings/depth`); one that ends in
    `[]` is a list. Fields left empty are left out."""
    body: dict[str, Any] = {}
    for name, values in flask.request.form.lists():
        filled = [value for value in values if value != ""]
        if not filled or name == "return_to":
            continue
        *above, last = name.removesuffix("[]").split("/")
        place = body
        for part in above:
            place = place.setdefault(part, {})
        place[last] = filled if name.endswith("[]") else filled[-1]
    return body


def done(note: str, *, to: str | None = None) -> flask.Response:
    """The end of a form that went well: the page that it came from, or `to`, with a note on top."""
    answer = flask.make_response(flask.redirect(to or return_to() or "/", 303))
    sessions.carry(answer, "note", {"text": note}, seconds=60)
    return answer


def return_to() -> str | None:
    """The page that a form came from, if it is one of this service."""
    found: str = flask.request.values.get("return_to", "")
    return found if found.startswith(f"/{flask.current_app.name}/") and not urlsplit(found).netloc else None
